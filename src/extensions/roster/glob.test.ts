import assert from "node:assert/strict";
import { test } from "node:test";
import { glob } from "./glob.ts";

test("patterns fit whole texts", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["any", "whatever", true],
    ["*@h.test", "romeo@h.test", true],
    ["*@h.test", "romeo@h.test.other", false],
    ["*@*icq*", "a@icq.example", true],
    ["*@*icq*", "icq.example", false],
    ["r?meo@*", "romeo@h", true],
    ["r?meo@*", "rmeo@h", false],
    ["[a-c]x", "bx", true],
    ["[a-c]x", "dx", false],
    ["[!a-c]x", "dx", true],
    ["[!a-c]x", "ax", false],
    ["a.c", "abc", false],
    ["a:b", "b", true],
    ["a:b", "a:b", false],
    ["", "", true],
    ["**a*", "bbbab", true],
  ];
  for (const [pattern, text, expected] of cases) {
    assert.equal(glob(pattern)!(text), expected, `${pattern} ${text}`);
  }
  assert.equal(glob("[a"), undefined);
});

test("no pattern is dear", () => {
  assert.equal(glob(`${"*a".repeat(200)}b`)!("a".repeat(2000)), false);
});
