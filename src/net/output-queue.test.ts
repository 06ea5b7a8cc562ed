import assert from "node:assert/strict";
import { test } from "node:test";
import { OutputQueue } from "./output-queue.ts";

test("text and bytes come out as one exactly sized buffer, in order", () => {
  const queue = new OutputQueue();
  queue.push("<a>é");
  queue.push(Buffer.from("🎈"));
  queue.push("");
  queue.push("</a>");
  assert.equal(queue.size, 13);
  const bytes = queue.take();
  assert.equal(bytes?.length, 13);
  assert.equal(Buffer.from(bytes ?? []).toString(), "<a>é🎈</a>");
  assert.equal(queue.size, 0);
  assert.equal(queue.take(), undefined);
});

test("a single buffer is passed on without a copy", () => {
  const queue = new OutputQueue();
  const bytes = Buffer.from("stanza");
  queue.push(bytes);
  assert.equal(queue.take(), bytes);
});

test("a backlog leaves in pieces, never splitting a part, always making progress", () => {
  const queue = new OutputQueue();
  for (const part of ["aaaa", "bbbb", "cc", "dddddddddddd", "e"]) queue.push(part);
  const pieces: string[] = [];
  for (let bytes = queue.take(10); bytes !== undefined; bytes = queue.take(10)) {
    pieces.push(Buffer.from(bytes).toString());
  }
  assert.deepEqual(pieces, ["aaaabbbbcc", "dddddddddddd", "e"]);
  assert.equal(queue.size, 0);
});

test("lone surrogates are counted as they are written", () => {
  const queue = new OutputQueue();
  queue.push("\ud800");
  queue.push("x");
  assert.equal(queue.size, 4);
  assert.deepEqual([...(queue.take() ?? [])], [0xef, 0xbf, 0xbd, 0x78]);
});
