import assert from "node:assert/strict";
import { test } from "node:test";
import { LeapingWorld } from "./leaping-world.ts";

test("a leap calls what falls due, in order, each at its own moment", () => {
  const world = new LeapingWorld();
  const start = world.monotonic();
  const seen: string[] = [];
  const note = (what: string) => () => seen.push(`${what} ${Math.round((world.monotonic() - start) / 1000)}`);
  world.after(5000, note("once"));
  const stop = world.every(2000, note("every"));
  world.after(3000, () => world.after(1500, note("nested")));
  world.leap(6500);
  assert.deepEqual(seen, ["every 2", "every 4", "nested 5", "once 5", "every 6"]);
  assert.ok(world.monotonic() - start >= 6500);
  assert.equal(world.timers, 1);
  stop();
  world.leap(10_000);
  assert.equal(seen.length, 5);
  assert.equal(world.timers, 0);
});

test("without a leap time passes as it does", async () => {
  const world = new LeapingWorld();
  const before = world.now();
  await new Promise<void>((resolve) => {
    world.after(20, resolve);
    // A world's timers do not keep a process alive.
    setTimeout(() => {}, 1000);
  });
  assert.ok(world.now() - before >= 19);
  assert.equal(world.timers, 0);
});
