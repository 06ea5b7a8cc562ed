import assert from "node:assert/strict";
import { test } from "node:test";
import { Jid } from "../../xmpp/jid.ts";
import { storageContract } from "../contract.ts";
import { MemoryStorage } from "./memory-storage.ts";
import { byCodePoint } from "./owner-table.ts";

storageContract("memory", async () => ({ open: async () => new MemoryStorage(), clear: async () => {} }), {
  persists: false,
});

test("what has queued is committed when `soon` says so", async () => {
  const actions: (() => void)[] = [];
  const storage = new MemoryStorage({ soon: (action) => actions.push(action) });
  const cards = storage.document<number>("vcard");
  const romeo = Jid.parse("romeo@montague.example")!;
  const commits = [storage.commit([cards.set(romeo, 1)]), storage.commit([cards.set(romeo, 2)])];
  assert.equal(await cards.get(romeo), undefined);
  assert.equal(actions.length, 1);
  actions[0]?.();
  assert.equal(await cards.get(romeo), 2);
  await Promise.all(commits);
});

test("code points above U+FFFF come last", () => {
  const sorted = ["", "a", "ab", "b", "\u{fffd}", "\u{10000}", "\u{10ffff}"];
  assert.deepEqual([...sorted].reverse().sort(byCodePoint), sorted);
  for (const a of sorted)
    for (const b of sorted)
      assert.equal(Math.sign(byCodePoint(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)));
});
