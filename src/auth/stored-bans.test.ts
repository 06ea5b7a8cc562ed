import assert from "node:assert/strict";
import { test } from "node:test";
import { DocumentStorage } from "../../test/support/auth-fixture.ts";
import { jid } from "../../test/support/stanzas.ts";
import { StorageError } from "../kernel/storage.ts";
import { StoredBans } from "./stored-bans.ts";

const romeo = jid("romeo@h.test");
const ban = { reason: "noise", at: 1000 };

test("a ban is known before it is in the store, also to who has begun to read before", async () => {
  const storage = new DocumentStorage();
  const ended: string[] = [];
  const bans = new StoredBans(storage, async (account, reason) => void ended.push(`${account} ${reason}`));
  const { promise, resolve } = Promise.withResolvers<void>();
  storage.gate = promise;
  const reading = bans.of(romeo);
  const banning = bans.ban(romeo, ban);
  resolve();
  assert.equal(await banning, true);
  assert.deepEqual((await reading) ?? bans.of(romeo), ban);
  assert.deepEqual(ended, ["romeo@h.test noise"]);
  assert.equal(await bans.ban(romeo, { ...ban, reason: "other" }), false);
  assert.deepEqual(await bans.of(romeo), ban);
});

test("what is remembered needs no reading, and is true after a restart", async () => {
  const storage = new DocumentStorage();
  const bans = new StoredBans(storage, async () => {});
  assert.equal(await bans.of(romeo), undefined);
  const { reads } = storage;
  assert.equal(bans.of(romeo), undefined);
  await bans.ban(romeo, ban);
  assert.deepEqual(bans.of(romeo), ban);
  assert.equal(storage.reads, reads);
  const later = new StoredBans(storage, async () => {});
  assert.deepEqual(await later.of(romeo), ban);
  assert.equal(await later.lift(romeo), true);
  assert.equal(await later.lift(romeo), false);
  assert.equal(await new StoredBans(storage, async () => {}).of(romeo), undefined);
});

test("a ban that the store refuses is none", async () => {
  const storage = new DocumentStorage();
  const ended: string[] = [];
  const bans = new StoredBans(storage, async (account) => void ended.push(account.toString()));
  await bans.of(romeo);
  storage.fault = new StorageError("full", "no room");
  await assert.rejects(bans.ban(romeo, ban), { fault: "full" });
  storage.fault = undefined;
  assert.equal(await bans.of(romeo), undefined);
  assert.deepEqual(ended, []);
});
