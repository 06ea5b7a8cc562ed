import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryStorage } from "../../test/support/memory-store.ts";
import { SteppedWorld } from "../../test/support/stepped-world.ts";
import { AccountError } from "../kernel/accounts.ts";
import type { Storage } from "../kernel/storage.ts";
import { Jid } from "../xmpp/jid.ts";
import { ApiTokens, shortName } from "./api-tokens.ts";

const admin = Jid.parse("admin@h.test")!;
const bob = Jid.parse("bob@h.test")!;
const accounts = { exists: (account: Jid) => account.local !== "nobody" };

function setting(): { storage: Storage; world: SteppedWorld; tokens: ApiTokens } {
  const storage = memoryStorage();
  const world = new SteppedWorld();
  return { storage, world, tokens: new ApiTokens({ storage, accounts, world }) };
}

test("a token is found by itself until it expires, also after a restart; the store does not hold it", async () => {
  const { storage, world, tokens } = setting();
  const text = await tokens.issue(Jid.parse("admin@h.test/phone")!, 60, ["status"]);
  assert.match(text, /^tct_[\w-]{43}$/);
  const other = new ApiTokens({ storage, accounts, world });
  await other.load(["h.test"]);
  for (const one of [tokens, other]) {
    const found = one.find(text);
    assert.deepEqual([found?.account.toString(), found?.scopes], ["admin@h.test", ["status"]]);
  }
  const kept = JSON.stringify([...(await storage.map("api-tokens").all(admin))]);
  assert.doesNotMatch(kept, new RegExp(text.slice(4)));
  assert.match(kept, new RegExp(tokens.find(text)!.hash));
  world.pass(59_999);
  assert.ok(other.find(text));
  world.pass(1);
  assert.equal(other.find(text), undefined);
  assert.deepEqual(other.list(), []);
  // What has expired leaves the store with the next one.
  await other.issue(bob, 1, ["status"]);
  assert.equal((await storage.map("api-tokens").all(admin)).size, 0);
});

test("what is no token is none", async () => {
  const { tokens } = setting();
  const text = await tokens.issue(admin, 60, ["status"]);
  const { hash } = tokens.find(text)!;
  for (const wrong of ["", "tct_", text.slice(0, -1), text.slice(4), `${text} `, hash, `tct_${hash}`])
    assert.equal(tokens.find(wrong), undefined, wrong);
});

test("a revoked token is gone, by itself or by its name", async () => {
  const { storage, world, tokens } = setting();
  const [first, second, third] = [
    await tokens.issue(admin, 60, ["status"]),
    await tokens.issue(admin, 60, ["status"]),
    await tokens.issue(bob, 60, ["status"]),
  ];
  assert.equal(await tokens.revoke(first), true);
  assert.equal(await tokens.revoke(first), false);
  assert.equal(await tokens.revoke(shortName(tokens.find(second)!)), true);
  assert.equal(await tokens.revoke("0123456789abcdef"), false);
  assert.equal(await tokens.revoke(""), false);
  const other = new ApiTokens({ storage, accounts, world });
  await other.load(["h.test"]);
  assert.deepEqual(
    [first, second, third].map((one) => other.find(one)?.account.toString()),
    [undefined, undefined, "bob@h.test"],
  );
});

test("tokens go with their account, and nobody gets one for an account that is not there", async () => {
  const { storage, tokens } = setting();
  const text = await tokens.issue(admin, 60, ["status"]);
  await storage.commit(tokens.removal(admin));
  assert.equal(tokens.find(text), undefined);
  assert.equal((await storage.map("api-tokens").all(admin)).size, 0);
  await assert.rejects(tokens.issue(Jid.parse("nobody@h.test")!, 60, ["status"]), AccountError);
});

test("an account has a hundred tokens at most", async () => {
  const { tokens } = setting();
  for (let count = 0; count < 100; count++) await tokens.issue(admin, 60, ["status"]);
  await assert.rejects(tokens.issue(admin, 60, ["status"]), RangeError);
  assert.equal(new Set(tokens.list().map(({ hash }) => hash)).size, 100);
  await tokens.issue(bob, 60, ["status"]);
});
