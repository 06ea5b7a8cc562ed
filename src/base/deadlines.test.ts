import assert from "node:assert/strict";
import { test } from "node:test";
import { Deadlines } from "./deadlines.ts";
import { systemWorld, type World } from "./world.ts";

function heldWorld(): { world: World; advance(milliseconds: number): void } {
  let now = 0;
  let tick = (): void => {};
  const world: World = {
    ...systemWorld(),
    monotonic: () => now,
    every(_milliseconds, action) {
      tick = action;
      return () => {
        tick = () => {};
      };
    },
  };
  return {
    world,
    advance(milliseconds) {
      now += milliseconds;
      tick();
    },
  };
}

test("an action comes when its time is over, once", () => {
  const { world, advance } = heldWorld();
  const deadlines = new Deadlines(world);
  const came: string[] = [];
  deadlines.set({}, 2000, () => came.push("two"));
  deadlines.set({}, 5000, () => came.push("five"));
  advance(1999);
  assert.deepEqual(came, []);
  advance(1);
  advance(1000);
  assert.deepEqual(came, ["two"]);
});

test("setting again replaces, clearing removes, closing ends all", () => {
  const { world, advance } = heldWorld();
  const deadlines = new Deadlines(world);
  const owner = {};
  const other = {};
  const came: string[] = [];
  deadlines.set(owner, 1000, () => came.push("first"));
  deadlines.set(owner, 3000, () => came.push("second"));
  deadlines.set(other, 1000, () => came.push("other"));
  deadlines.clear(other);
  advance(2000);
  assert.deepEqual(came, []);
  assert.equal(deadlines.has(owner), true);
  deadlines.close();
  advance(5000);
  assert.deepEqual(came, []);
});
