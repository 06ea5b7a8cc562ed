import assert from "node:assert/strict";
import { test } from "node:test";
import { SteppedWorld } from "../../test/support/stepped-world.ts";
import { Deadlines } from "./deadlines.ts";

test("an action comes when its time is over, once", () => {
  const world = new SteppedWorld();
  const deadlines = new Deadlines(world);
  const came: string[] = [];
  deadlines.set({}, 2000, () => came.push("two"));
  deadlines.set({}, 5000, () => came.push("five"));
  world.pass(1999);
  assert.deepEqual(came, []);
  world.pass(1);
  world.pass(1000);
  assert.deepEqual(came, ["two"]);
});

test("setting again replaces, clearing removes, closing ends all", () => {
  const world = new SteppedWorld();
  const deadlines = new Deadlines(world);
  const owner = {};
  const other = {};
  const came: string[] = [];
  deadlines.set(owner, 1000, () => came.push("first"));
  deadlines.set(owner, 3000, () => came.push("second"));
  deadlines.set(other, 1000, () => came.push("other"));
  deadlines.clear(other);
  world.pass(2000);
  assert.deepEqual(came, []);
  assert.equal(deadlines.has(owner), true);
  deadlines.close();
  assert.equal(world.timers, 0);
  world.pass(5000);
  assert.deepEqual(came, []);
});
