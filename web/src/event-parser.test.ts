import assert from "node:assert/strict";
import { test } from "node:test";
import { EventParser } from "./event-parser.ts";

test("events come out whole, however they were cut", () => {
  const text = ': open\n\ndata: {"a":1}\n\n: still here\n\ndata: {"b":"\\n"}\n\ndata: {"c';
  for (const size of [1, 2, 3, 7, text.length]) {
    const parser = new EventParser();
    const found: string[] = [];
    for (let at = 0; at < text.length; at += size) found.push(...parser.push(text.slice(at, at + size)));
    assert.deepEqual(found, ['{"a":1}', '{"b":"\\n"}'], String(size));
  }
});
