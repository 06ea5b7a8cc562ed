import assert from "node:assert/strict";
import { test } from "node:test";
import { PendingMessages } from "./pending-messages.ts";

/** `keys` wait. */
function waiting(...keys: number[]): PendingMessages {
  const pending = new PendingMessages();
  pending.load(keys);
  return pending;
}

test("a message is pending until its bytes have left for one session", () => {
  const pending = waiting(1, 2);
  pending.add(3);
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
  pending.add(5);
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
  assert.deepEqual([first.since, first.keys], [20, [30]]);
  // Until the store has done it, reading the store again would bring them back.
  assert.equal(pending.idle, false);
  pending.trimmed(first, true);
  assert.equal(pending.idle, true);
  pending.settle(20);
  pending.settle(40);
  const second = pending.takeSettled();
  assert.deepEqual([second.since, second.keys], [41, []]);
  pending.trimmed(second, false);
  assert.equal(pending.takeSettled().since, 41);
});

test("a message whose commit failed was never there", () => {
  const pending = waiting();
  pending.add(5);
  pending.withdraw(5);
  assert.equal(pending.size, 0);
  assert.equal(pending.idle, true);
});
