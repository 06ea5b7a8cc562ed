import assert from "node:assert/strict";
import { test } from "node:test";
import { RateLimit } from "./rate-limit.ts";

test("some at once, then so many a second, each counted apart", () => {
  let now = 0;
  const limit = new RateLimit({ monotonic: () => now }, { perSecond: 10, atOnce: 3 });
  assert.deepEqual(
    [1, 2, 3, 4].map(() => limit.take("a")),
    [0, 0, 0, 100],
  );
  assert.equal(limit.take("b"), 0);
  now += 50;
  assert.equal(limit.take("a"), 50);
  now += 50;
  assert.deepEqual([limit.take("a"), limit.take("a")], [0, 100]);
  now += 60_000;
  assert.deepEqual(
    [1, 2, 3, 4].map(() => limit.take("a")),
    [0, 0, 0, 100],
  );
});
