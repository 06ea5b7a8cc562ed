import assert from "node:assert/strict";
import { createCipheriv, createHash } from "node:crypto";
import { test } from "node:test";
import { memoryStorage } from "../../test/support/memory-store.ts";
import { jid } from "../../test/support/stanzas.ts";
import { SteppedWorld } from "../../test/support/stepped-world.ts";
import { ArchiveIds } from "./archive-ids.ts";

const romeo = jid("romeo@h.test");
const juliet = jid("juliet@h.test");

function idsWith(secret: Buffer): ArchiveIds {
  const ids = new ArchiveIds();
  ids.use("h.test", secret);
  return ids;
}

test("an id is one block of AES over account and key", () => {
  const secret = Buffer.alloc(16, 7);
  const block = Buffer.alloc(16);
  createHash("sha256").update("romeo@h.test").digest().copy(block, 0, 0, 8);
  block.writeBigUInt64BE(1_764_000_000_000_123n, 8);
  const cipher = createCipheriv("aes-128-ecb", secret, null);
  const expected = cipher.update(block).toString("base64url");
  const ids = idsWith(secret);
  for (let n = 0; n < 3; n++) {
    assert.equal(ids.id(romeo, 1_764_000_000_000_123), expected);
    assert.equal(ids.keyOf(romeo, expected), 1_764_000_000_000_123);
  }
});

test("an id is read by its own archive alone", () => {
  const ids = idsWith(Buffer.alloc(16, 7));
  const other = idsWith(Buffer.alloc(16, 8));
  for (const key of [0, 1, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1]) {
    const id = ids.id(romeo, key);
    assert.equal(ids.keyOf(romeo, id), key);
    assert.equal(ids.keyOf(juliet, id), undefined);
    assert.equal(other.keyOf(romeo, id), undefined);
  }
});

test("what is no id has no key", () => {
  const ids = idsWith(Buffer.alloc(16, 7));
  const id = ids.id(romeo, 5);
  // The last two would decode to the same bytes as an id.
  for (const text of [
    "",
    "5",
    id.slice(1),
    `${id}A`,
    `${id}=`,
    ` ${id}`,
    id.replace(/.$/, "B"),
    "a".repeat(9999),
  ])
    assert.equal(ids.keyOf(romeo, text), undefined, text);
});

test("the secret outlives the server", async () => {
  const storage = memoryStorage();
  const first = new ArchiveIds();
  const second = new ArchiveIds();
  await first.start(storage, new SteppedWorld(0), ["h.test", "other.test"]);
  await second.start(storage, new SteppedWorld(0), ["other.test", "h.test"]);
  assert.equal(second.keyOf(romeo, first.id(romeo, 77)), 77);
  assert.notEqual(first.id(jid("romeo@other.test"), 77), first.id(romeo, 77));
});
