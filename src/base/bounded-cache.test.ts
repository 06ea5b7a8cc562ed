import assert from "node:assert/strict";
import { test } from "node:test";
import { BoundedCache } from "./bounded-cache.ts";

test("the entry that was not used for the longest time makes room", () => {
  const cache = new BoundedCache<string, number>(3);
  for (const [key, value] of Object.entries({ a: 1, b: 2, c: 3 })) cache.set(key, value);
  assert.equal(cache.get("a"), 1);
  cache.set("d", 4);
  assert.deepEqual(
    ["a", "b", "c", "d"].map((key) => cache.get(key)),
    [1, undefined, 3, 4],
  );
  assert.equal(cache.size, 3);
});

test("setting a key again renews it and does not grow the cache", () => {
  const cache = new BoundedCache<string, number>(2);
  cache.set("a", 1);
  cache.set("b", 2);
  cache.set("a", 3);
  cache.set("c", 4);
  assert.equal(cache.has("b"), false);
  assert.equal(cache.get("a"), 3);
});

test("asking whether a key is there does not count as a use", () => {
  const cache = new BoundedCache<string, number>(2);
  cache.set("a", 1);
  cache.set("b", 2);
  assert.equal(cache.has("a"), true);
  cache.set("c", 3);
  assert.equal(cache.has("a"), false);
});

test("a stored undefined is an entry like any other", () => {
  const cache = new BoundedCache<string, undefined>(2);
  cache.set("a", undefined);
  cache.set("b", undefined);
  assert.equal(cache.get("a"), undefined);
  cache.set("c", undefined);
  assert.equal(cache.has("a"), true);
  assert.equal(cache.has("b"), false);
});

test("keys are removed one by one and all at once", () => {
  const cache = new BoundedCache<string, number>(2);
  cache.set("a", 1);
  assert.equal(cache.delete("a"), true);
  assert.equal(cache.delete("a"), false);
  cache.set("b", 2);
  cache.clear();
  assert.equal(cache.size, 0);
});

test("a cache without room is refused", () => {
  for (const limit of [0, -1, 1.5, Number.NaN]) assert.throws(() => new BoundedCache(limit), RangeError);
});
