import assert from "node:assert/strict";
import { test } from "node:test";
import { systemWorld } from "../../base/world.ts";
import { inSlices } from "./slices.ts";

const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

test("a few are done at once", () => {
  const seen: number[] = [];
  assert.equal(
    inSlices(numbers(250), systemWorld(), (n) => void seen.push(n)),
    undefined,
  );
  assert.deepEqual(seen, numbers(250));
});

test("many are done in order, and others get their turn in between", async () => {
  const seen: number[] = [];
  const after: number[] = [];
  let over = false;
  const watch = (): void => {
    after.push(seen.length);
    if (!over) setImmediate(watch);
  };
  const done = inSlices(numbers(600), systemWorld(), (n) => void seen.push(n));
  setImmediate(watch);
  await done;
  over = true;
  assert.deepEqual(seen, numbers(600));
  assert.ok(after.includes(500), `others saw ${after}`);
});
