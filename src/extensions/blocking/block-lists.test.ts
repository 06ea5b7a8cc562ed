import assert from "node:assert/strict";
import { test } from "node:test";
import { gate } from "../../../test/support/gate.ts";
import { jid } from "../../../test/support/stanzas.ts";
import { BlockLists } from "./block-lists.ts";

const juliet = jid("juliet@h.test");

test("a list is read once and then there", async () => {
  let reads = 0;
  const lists = new BlockLists(
    async () => {
      reads++;
      return ["b.test"];
    },
    () => false,
  );
  const [first, second] = await Promise.all([lists.of(juliet), lists.of(juliet)]);
  assert.equal(first, second);
  assert.equal(lists.of(juliet), first);
  assert.equal(reads, 1);
  assert.equal(first.blocks(jid("romeo@b.test")), true);
});

test("a list that could not be read is read again", async () => {
  let reads = 0;
  const lists = new BlockLists(
    async () => {
      if (++reads === 1) throw new Error("the disk");
      return [];
    },
    () => false,
  );
  await assert.rejects(async () => lists.of(juliet), /the disk/);
  await lists.of(juliet);
  assert.equal(reads, 2);
});

test("idle lists leave when there are too many, those in use and those that change stay", async () => {
  const used = jid("used@h.test");
  const lists = new BlockLists(
    async () => ["a.test", "b.test"],
    (account) => account.equals(used),
    60,
  );
  const kept = await lists.of(used);
  const changing = await lists.of(jid("changing@h.test"));
  const store = gate();
  const change = changing.alone(() => store.wait());
  for (let count = 0; count < 100; count++) await lists.of(jid(`u${count}@h.test`));
  assert.ok(lists.size <= 11, `${lists.size} lists are kept`);
  assert.equal(lists.of(used), kept);
  assert.equal(lists.of(jid("changing@h.test")), changing);
  await store.open();
  await change;
});

test("changes happen one after the other, and one that fails does not hold up the next", async () => {
  const lists = new BlockLists(
    async () => [],
    () => false,
  );
  const blocks = await lists.of(juliet);
  const done: string[] = [];
  const store = gate();
  const first = blocks.alone(async () => {
    await store.wait();
    done.push("first");
    throw new Error("full");
  });
  const second = blocks.alone(async () => void done.push("second"));
  assert.equal(blocks.idle, false);
  await store.open();
  await assert.rejects(first, /full/);
  await second;
  assert.deepEqual(done, ["first", "second"]);
  assert.equal(blocks.idle, true);
});

test("the list of an account that has gone is empty, also where it was just being read", async () => {
  const store = gate();
  const lists = new BlockLists(
    async () => {
      await store.wait();
      return ["b.test"];
    },
    () => false,
  );
  const reading = lists.of(juliet);
  lists.clear(juliet);
  await store.open();
  assert.deepEqual([...(await reading).list.items], []);
  const old = await lists.of(juliet);
  lists.clear(juliet);
  await assert.rejects(
    old.alone(async () => {}),
    { condition: "service-unavailable" },
  );
});
