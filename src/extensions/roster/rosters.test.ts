import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryStorage } from "../../../test/support/memory-store.ts";
import { jid, stanza } from "../../../test/support/stanzas.ts";
import type { Storage } from "../../kernel/storage.ts";
import { StanzaError } from "../../xmpp/errors.ts";
import type { Stanza } from "../../xmpp/stanza.ts";
import { AccountRoster } from "./account-roster.ts";
import type { StoredHistory } from "./roster-history.ts";
import { BLANK, type StoredItem, storedForm } from "./roster-item.ts";
import { type RosterStores, Rosters } from "./rosters.ts";

interface Fixture {
  readonly stores: RosterStores;
  readonly storage: Storage;
  reads(): number;
}

function fixture(): Fixture {
  const storage = memoryStorage();
  const roster = storage.map<StoredItem>("roster");
  let reads = 0;
  const all = roster.all.bind(roster);
  roster.all = (owner) => {
    reads++;
    return all(owner);
  };
  const stores = {
    roster,
    requests: storage.map<Stanza>("roster-requests"),
    history: storage.document<StoredHistory>("roster-history"),
  };
  return { stores, storage, reads: () => reads };
}

test("a roster is read once, also when two ask at the same time; then it is there at once", async () => {
  const { stores, storage, reads } = fixture();
  await storage.commit([
    stores.roster.set(jid("a@h.test"), "b@h.test", storedForm({ ...BLANK, subscription: "both" }, 1)),
  ]);
  const rosters = new Rosters(stores, () => false);
  const [first, second] = await Promise.all([rosters.of(jid("a@h.test")), rosters.of(jid("a@h.test"))]);
  assert.equal(first, second);
  assert.equal(rosters.of(jid("a@h.test")), first);
  assert.equal(reads(), 1);
  assert.deepEqual([...first.subscribers()].map(String), ["b@h.test"]);
});

test("a read that fails is not remembered", async () => {
  const { stores } = fixture();
  let broken = true;
  const failing = {
    ...stores,
    history: Object.assign(Object.create(stores.history), {
      get: (owner: Parameters<typeof stores.history.get>[0]) =>
        broken ? Promise.reject(new Error("disk")) : stores.history.get(owner),
    }) as typeof stores.history,
  };
  const rosters = new Rosters(failing, () => false);
  await assert.rejects(Promise.resolve(rosters.of(jid("a@h.test"))), /disk/);
  broken = false;
  assert.equal((await rosters.of(jid("a@h.test"))).size, 0);
});

test("idle rosters leave when there are too many, those in use stay", async () => {
  const { stores, reads } = fixture();
  const used = new Set(["u0@h.test", "u1@h.test"]);
  const rosters = new Rosters(stores, (account) => used.has(account.toString()), 80);
  const first = await rosters.of(jid("u0@h.test"));
  await rosters.of(jid("u1@h.test"));
  for (let n = 0; n < 100; n++) await rosters.of(jid(`idle${n}@h.test`));
  assert.ok(rosters.size <= 11, `${rosters.size} are kept`);
  const before = reads();
  assert.equal(rosters.of(jid("u0@h.test")), first);
  assert.ok(!(rosters.of(jid("u1@h.test")) instanceof Promise));
  assert.ok(!(rosters.of(jid("idle99@h.test")) instanceof Promise));
  await rosters.of(jid("idle0@h.test"));
  assert.equal(reads(), before + 1);
});

test("a roster that is being changed stays: two of one account would not know of each other's changes", async () => {
  const { stores } = fixture();
  const rosters = new Rosters(stores, () => false, 80);
  const roster = await rosters.of(jid("a@h.test"));
  const { promise, resolve } = Promise.withResolvers<void>();
  const change = roster.alone(() => promise);
  const fill = async (): Promise<void> => {
    for (let n = 0; n < 30; n++) await rosters.of(jid(`idle${n}@h.test`));
  };
  await fill();
  assert.equal(rosters.of(jid("a@h.test")), roster);
  resolve();
  await change;
  await fill();
  assert.notEqual(await rosters.of(jid("a@h.test")), roster);
});

test("what is cleared is empty at once, and a read that was under way does not bring it back", async () => {
  const { stores, storage } = fixture();
  await storage.commit([stores.roster.set(jid("a@h.test"), "b@h.test", storedForm(BLANK, 1))]);
  const rosters = new Rosters(stores, () => false);
  const reading = rosters.of(jid("a@h.test"));
  rosters.clear(jid("a@h.test"));
  assert.equal((await reading).size, 0);
  assert.equal((await rosters.of(jid("a@h.test"))).size, 0);
});

test("a change that waits when its account goes does not happen", async () => {
  const { stores } = fixture();
  const rosters = new Rosters(stores, () => false);
  const roster = await rosters.of(jid("a@h.test"));
  const { promise, resolve } = Promise.withResolvers<void>();
  const first = roster.alone(() => promise);
  let happened = false;
  const second = roster.alone(async () => {
    happened = true;
  });
  await Promise.resolve();
  rosters.clear(jid("a@h.test"));
  resolve();
  await first;
  await assert.rejects(second, StanzaError);
  assert.equal(happened, false);
  await (await rosters.of(jid("a@h.test"))).alone(async () => {});
});

test("a request that waits holds nothing but its own bytes", () => {
  const roster = new AccountRoster(jid("a@h.test"));
  roster.setRequest(
    jid("b@h.test"),
    stanza("b@h.test", "<presence type='subscribe'><status>hi</status></presence>"),
  );
  const [request] = roster.requests();
  assert.equal(request!.inner.buffer.byteLength, request!.bytes().length);
});
