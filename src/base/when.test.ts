import assert from "node:assert/strict";
import { test } from "node:test";
import { when } from "./when.ts";

test("a value that is there goes on in the same turn", () => {
  assert.equal(
    when(2, (value) => value * 2),
    4,
  );
});

test("a promised one goes on when it is there, and its failure is passed on", async () => {
  assert.equal(await when(Promise.resolve(2), (value) => value * 2), 4);
  await assert.rejects(async () => when(Promise.reject(new Error("gone")), () => 1), /gone/);
});
