import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { runSteps, type Step } from "./check-everything.ts";

function step(name: string, code: string): Step {
  return { name, command: [process.execPath, "-e", code] };
}

async function run(
  t: TestContext,
  lanes: readonly (readonly Step[])[],
  last: readonly Step[],
): Promise<[boolean, string]> {
  const lines: string[] = [];
  t.mock.method(console, "log", (line: string) => lines.push(line));
  const passed = await runSteps(lanes, last);
  t.mock.restoreAll();
  return [passed, lines.join("\n")];
}

test("all steps pass", async (t) => {
  const [passed, output] = await run(
    t,
    [[step("a", "0")], [step("b", "0")]],
    [step("c", 'console.log("7 passed, 0 failed")')],
  );
  assert.ok(passed);
  assert.match(output, /c \(.* s\): 7 passed, 0 failed/);
  assert.match(output, /3 steps in .* s\n3 passed, 0 failed$/);
});

test("a step that fails is shown with what it said, and the others run", async (t) => {
  const lanes = [[step("a", 'console.error("the cause"); process.exit(3)'), step("b", "0")]];
  const [passed, output] = await run(t, lanes, [step("c", "process.kill(process.pid)")]);
  assert.ok(!passed);
  assert.match(output, /the cause/);
  assert.match(output, /1 passed, 2 failed: a, c$/);
});

test("a program that is not there is a failure", async (t) => {
  const [passed, output] = await run(t, [[{ name: "a", command: ["no-such-program"] }]], []);
  assert.ok(!passed);
  assert.match(output, /no-such-program.*run it as npm run ok/);
});
