import assert from "node:assert/strict";
import { test } from "node:test";
import { SteppedWorld } from "../../../test/support/stepped-world.ts";
import { Executions } from "./executions.ts";

test("an execution belongs to who began it and to its command, until it ends or nobody has answered for long", () => {
  const world = new SteppedWorld();
  const executions = new Executions(world);
  const id = executions.begin("a@h/1", "stats");
  assert.equal(executions.has(id, "a@h/1", "stats"), true);
  assert.equal(executions.has(id, "b@h/1", "stats"), false);
  assert.equal(executions.has(id, "a@h/1", "stop"), false);
  world.pass(14 * 60_000);
  const later = executions.begin("a@h/1", "stats");
  assert.equal(executions.has(id, "a@h/1", "stats"), true);
  world.pass(60_000);
  assert.equal(executions.has(id, "a@h/1", "stats"), false);
  assert.equal(executions.has(later, "a@h/1", "stats"), true);
  executions.end(later);
  assert.equal(executions.has(later, "a@h/1", "stats"), false);
});

test("nobody has more than twenty forms open, and all together have a thousand", () => {
  const executions = new Executions(new SteppedWorld());
  for (let n = 0; n < 20; n++) executions.begin("a@h/1", "stats");
  assert.throws(() => executions.begin("a@h/1", "stats"), { condition: "resource-constraint" });
  for (let n = 0; n < 980; n++) executions.begin(`b@h/${n}`, "stats");
  assert.throws(() => executions.begin("c@h/1", "stats"), { condition: "resource-constraint" });
});
