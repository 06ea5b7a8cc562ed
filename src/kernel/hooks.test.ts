import assert from "node:assert/strict";
import { test } from "node:test";
import { StanzaError } from "../xmpp/errors.ts";
import { type CrashPolicy, Drop, Hooks, hook } from "./hooks.ts";

interface Value {
  seen: string[];
}

const point = hook<Value>()("test-point", "first", "second");
const never: CrashPolicy = (error) => {
  throw error;
};

test("handlers run by stage, within a stage in the order of loading", () => {
  const hooks = new Hooks();
  hooks.on(point, "second", "a", ({ seen }) => void seen.push("a second"));
  hooks.on(point, "first", "b", ({ seen }) => void seen.push("b first"));
  hooks.on(point, "first", "c", ({ seen }) => void seen.push("c first"));
  const value: Value = { seen: [] };
  assert.equal(hooks.run(point, value, never), undefined);
  assert.deepEqual(value.seen, ["b first", "c first", "a second"]);
});

test("nothing is asynchronous until a handler is, and then what follows waits for it", async () => {
  const hooks = new Hooks();
  const value: Value = { seen: [] };
  hooks.on(point, "first", "slow", async ({ seen }) => {
    await Promise.resolve();
    seen.push("slow");
  });
  hooks.on(point, "second", "quick", ({ seen }) => void seen.push("quick"));
  const verdict = hooks.run(point, value, never);
  assert.ok(verdict instanceof Promise);
  assert.deepEqual(value.seen, []);
  assert.equal(await verdict, undefined);
  assert.deepEqual(value.seen, ["slow", "quick"]);
});

test("a drop ends the way, at once or late", async () => {
  const hooks = new Hooks();
  const drop = new Drop("dropped:blocked");
  const value: Value = { seen: [] };
  hooks.on(point, "first", "guard", () => drop);
  hooks.on(point, "second", "late", ({ seen }) => void seen.push("late"));
  assert.equal(hooks.run(point, value, never), drop);
  const slow = new Hooks();
  slow.on(point, "first", "guard", async () => drop);
  slow.on(point, "second", "late", ({ seen }) => void seen.push("late"));
  assert.equal(await slow.run(point, value, never), drop);
  assert.deepEqual(value.seen, []);
});

test("what a handler throws goes to the policy with its stage and extension, and undefined from there goes on", async () => {
  for (const crash of [
    (): never => {
      throw new Error("broken");
    },
    (): Promise<never> => Promise.reject(new Error("broken")),
  ]) {
    const hooks = new Hooks();
    const value: Value = { seen: [] };
    hooks.on(point, "first", "broken-one", crash);
    hooks.on(point, "second", "after", ({ seen }) => void seen.push("after"));
    const crashes: string[] = [];
    const verdict = await hooks.run(point, value, (error, stage, extension) => {
      crashes.push(`${extension} ${stage} ${(error as Error).message}`);
      return undefined;
    });
    assert.equal(verdict, undefined);
    assert.deepEqual(crashes, ["broken-one first broken"]);
    assert.deepEqual(value.seen, ["after"]);
    const refusal = new StanzaError("forbidden");
    assert.equal(await hooks.run(point, value, () => refusal), refusal);
    assert.deepEqual(value.seen, ["after"]);
  }
});
