import assert from "node:assert/strict";
import { test } from "node:test";
import { TokenBucket } from "./token-bucket.ts";

test("a burst is free, what is beyond it is paid by waiting", () => {
  const bucket = new TokenBucket({ bytesPerSecond: 1000, burst: 500 }, 0);
  assert.equal(bucket.take(500, 0), 0);
  assert.equal(bucket.take(250, 0), 250);
  assert.equal(bucket.take(0, 250), 0);
});

test("quiet time earns no more than the burst", () => {
  const bucket = new TokenBucket({ bytesPerSecond: 1000, burst: 500 }, 0);
  assert.equal(bucket.take(600, 1_000_000), 100);
});

test("over a long time the rate holds", () => {
  const bucket = new TokenBucket({ bytesPerSecond: 4096, burst: 8192 }, 0);
  let now = 0;
  let bytes = 0;
  while (now < 60_000) {
    now += bucket.take(1500, now);
    bytes += 1500;
  }
  assert.ok(Math.abs(bytes - (60 * 4096 + 8192)) <= 3000, `${bytes} bytes in a minute`);
});
