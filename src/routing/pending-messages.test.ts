import assert from "node:assert/strict";
import { test } from "node:test";
import { PendingMessages } from "./pending-messages.ts";

test("a message is pending until its bytes have left for one session", () => {
  const pending = new PendingMessages();
  pending.load([1, 2]);
  pending.add(3);
  assert.deepEqual(pending.waiting(), [1, 2, 3]);
  pending.sent(1);
  pending.sent(1);
  assert.deepEqual(pending.waiting(), [2, 3]);
  assert.equal(pending.size, 3);
  pending.left(1);
  assert.equal(pending.size, 2);
  // It went to a second session too, whose stream dies: nobody needs it any more.
  assert.equal(pending.returned(1), false);
});

test("a message whose only stream died waits again", () => {
  const pending = new PendingMessages();
  pending.load([1]);
  pending.sent(1);
  pending.sent(1);
  assert.equal(pending.returned(1), false);
  assert.equal(pending.returned(1), true);
  assert.deepEqual(pending.waiting(), [1]);
});

test("what the store may forget: all below the first that waits, and those above it one by one", () => {
  const pending = new PendingMessages();
  pending.load([10, 20, 30, 40]);
  pending.settle(10);
  pending.settle(30);
  assert.equal(pending.idle, false);
  assert.deepEqual(pending.takeSettled(), { since: 20, keys: [30] });
  assert.equal(pending.idle, true);
  pending.settle(20);
  pending.settle(40);
  assert.deepEqual(pending.takeSettled(), { since: 41, keys: [] });
});

test("a message whose commit failed was never there", () => {
  const pending = new PendingMessages();
  pending.load([]);
  pending.add(5);
  pending.withdraw(5);
  assert.equal(pending.size, 0);
  assert.equal(pending.idle, true);
});
