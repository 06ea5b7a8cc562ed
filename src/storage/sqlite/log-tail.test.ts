import assert from "node:assert/strict";
import { test } from "node:test";
import { LogTail, putU32, u32 } from "./log-tail.ts";

/** Entries 1…count, each with as many owners as its key says modulo 3, plus one. */
function filled(count: number): LogTail {
  const tail = new LogTail();
  for (let key = 1; key <= count; key++) {
    const owners = new Uint8Array(8 * (1 + (key % 3)));
    for (let at = 0; at < owners.length; at += 8) {
      putU32(owners, at, key * 10 + at / 8);
      putU32(owners, at + 4, 2 ** 32 - key);
    }
    tail.push(key, owners);
  }
  return tail;
}

function rows(tail: LogTail): number[][] {
  return Array.from({ length: tail.length }, (_, at) => [tail.owners[at]!, tail.peers[at]!, tail.keys[at]!]);
}

test("numbers are packed as 32 bits", () => {
  const bytes = new Uint8Array(8);
  for (const value of [0, 1, 0x01020304, 2 ** 31, 2 ** 32 - 1]) {
    putU32(bytes, 3, value);
    assert.equal(u32(bytes, 3), value);
    assert.equal(Buffer.from(bytes.buffer).readUInt32LE(3), value);
  }
});

test("forgetting the first entries leaves the others as they are", () => {
  for (const through of [0, 1, 2, 50, 99, 100, 1000]) {
    const tail = filled(100);
    const rest = rows(tail).filter(([, , key]) => key! > through);
    tail.dropThrough(through);
    assert.deepEqual(rows(tail), rest);
    assert.equal(tail.entries, Math.max(0, 100 - through));
  }
});

test("taking back the last entries, and positions by key", () => {
  const tail = filled(10);
  const { length, entries } = tail;
  const before = rows(tail);
  tail.push(11, new Uint8Array(16));
  tail.truncate(length, entries);
  assert.deepEqual(rows(tail), before);
  assert.equal(tail.entries, 10);
  assert.equal(tail.firstAfter(0), 0);
  assert.equal(tail.firstAfter(1), 2);
  assert.equal(tail.firstAfter(10), tail.length);
});
