import assert from "node:assert/strict";
import { test } from "node:test";
import { PendingMessages } from "./pending-messages.ts";

/** `keys` wait, none of them archived. */
function waiting(...keys: number[]): PendingMessages {
  const pending = new PendingMessages();
  pending.load(
    keys.map((key) => ({ key, archived: false })),
    0,
  );
  return pending;
}

test("a message is pending until its bytes have left for one session", () => {
  const pending = waiting(1, 2);
  pending.add(3, false);
  pending.putDown(3);
  pending.sent(1);
  pending.sent(1);
  assert.equal(pending.size, 3);
  pending.left(1);
  assert.equal(pending.size, 2);
  // It went to a second session too, whose stream dies: nobody needs it any more.
  pending.putDown(1);
  assert.deepEqual(pending.claim(), [2, 3]);
});

test("a message waits again when the last who had it has it no more", () => {
  const pending = waiting(1);
  pending.sent(1);
  pending.sent(1);
  pending.putDown(1);
  assert.deepEqual(pending.claim(), []);
  pending.putDown(1);
  assert.deepEqual(pending.claim(), [1]);
  assert.deepEqual(pending.claim(), []);
});

test("a message is in hand from its commit until somebody has it or it waits", () => {
  const pending = waiting();
  pending.add(5, false);
  assert.equal(pending.idle, false);
  assert.deepEqual(pending.claim(), []);
  pending.putDown(5);
  assert.equal(pending.idle, true);
  assert.deepEqual(pending.claim(), [5]);
});

test("what the store may forget: all below the first that waits, and those above it one by one", () => {
  const pending = waiting(10, 20, 30, 40);
  pending.settle(10);
  pending.settle(30);
  assert.equal(pending.idle, false);
  const first = pending.takeSettled();
  assert.deepEqual(first.passing, { since: 20, keys: [30] });
  // Until the store has done it, reading the store again would bring them back.
  assert.equal(pending.idle, false);
  pending.written(first, true);
  assert.equal(pending.idle, true);
  pending.settle(20);
  pending.settle(40);
  const second = pending.takeSettled();
  assert.deepEqual(second.passing, { since: 41, keys: [] });
  pending.written(second, false);
  assert.equal(pending.takeSettled().passing?.since, 41);
});

test("a message whose commit failed was never there", () => {
  const pending = waiting();
  pending.add(5, false);
  pending.withdraw(5);
  assert.equal(pending.size, 0);
  assert.equal(pending.idle, true);
});

test("the mark of what was delivered goes as far as the archive, with what still waits as exceptions", () => {
  const pending = new PendingMessages();
  const archived = (key: number) => ({ key, archived: true });
  pending.load([archived(10), { key: 15, archived: false }, archived(20), archived(30)], 35);
  assert.equal(pending.firstArchived, 10);
  pending.settle(20);
  assert.equal(pending.idle, false);
  const first = pending.takeSettled();
  assert.deepEqual([first.mark, first.passing], [{ through: 35, waiting: [10, 30] }, undefined]);
  pending.written(first, false);
  // What is being committed waits too.
  pending.add(40, true);
  const second = pending.takeSettled();
  assert.deepEqual(second.mark, { through: 40, waiting: [10, 30, 40] });
  pending.written(second, true);
  assert.equal(pending.takeSettled().mark, undefined);
});

test("an account that only sends has its mark moved now and then", () => {
  const pending = waiting();
  let due = 0;
  for (let key = 1; key <= 500; key++) if (pending.pass(key)) due = key;
  assert.equal(due, 500);
  assert.deepEqual(pending.takeSettled().mark, { through: 500, waiting: [] });
  assert.equal(pending.pass(501), false);
});
