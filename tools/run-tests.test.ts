import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { withTree } from "./planted-tree.ts";
import { testFiles } from "./run-tests.ts";

const passing = 'import { test } from "node:test"; test("a", () => {}); test("b", { skip: true }, () => {});';
const failing = `import { describe, test } from "node:test";
  describe("suite", () => { test("good", () => {}); test("bad", () => { throw new Error("the cause"); }); });`;

function runOn(
  files: Readonly<Record<string, string>>,
  ...args: string[]
): { status: number | null; output: string; last: string } {
  return withTree(files, (root) => {
    const environment: NodeJS.ProcessEnv = { ...process.env, FORCE_COLOR: "0" };
    // Set by the runner of this very test; with it the inner runner would think that it is a child.
    delete environment["NODE_TEST_CONTEXT"];
    const command = [join(import.meta.dirname, "run-tests.ts"), ...args];
    const result = spawnSync(process.execPath, command, { cwd: root, env: environment, encoding: "utf8" });
    const output = result.stdout + result.stderr;
    return { status: result.status, output, last: result.stdout.trimEnd().split("\n").at(-1) ?? "" };
  });
}

test("tests of every kind are counted, suites and skipped ones are not", () => {
  const { status, output, last } = runOn({
    "src/base/a.test.ts": passing,
    "test/stories/b.test.ts": passing,
  });
  assert.equal(last, "2 passed, 0 failed", output);
  assert.match(output, /2 files in .*, 2 tests skipped/);
  assert.equal(status, 0);
});

test("a failing test is shown with its cause", () => {
  const { status, output, last } = runOn(
    { "src/base/a.test.ts": failing, "src/base/b.test.ts": passing },
    "unit",
  );
  assert.equal(last, "2 passed, 1 failed");
  assert.match(output, /src\/base\/a.test.ts: bad\n\s+Error: the cause/);
  assert.equal(status, 1);
});

test("a file that breaks, a file without a test, and no file at all fail", () => {
  const broken = runOn({ "src/base/a.test.ts": 'throw new Error("boom");' });
  assert.equal(broken.last, "0 passed, 1 failed");
  assert.match(broken.output, /boom/);
  assert.equal(broken.status, 1);
  const empty = runOn({ "src/base/a.test.ts": "export {};", "src/base/b.test.ts": passing });
  assert.equal(empty.last, "1 passed, 1 failed");
  assert.equal(empty.status, 1);
  const none = runOn({ "README.md": "" });
  assert.equal(none.last, "0 passed, 0 failed");
  assert.equal(none.status, 1);
});

test("kinds, folders and files choose", () => {
  const tree = {
    "src/base/a.test.ts": "",
    "src/net/b.test.ts": "",
    "test/attacks/c.test.ts": "",
    "test/interop/d.test.ts": "",
  };
  withTree(tree, (root) => {
    assert.deepEqual(testFiles(root, []), [
      "src/base/a.test.ts",
      "src/net/b.test.ts",
      "test/attacks/c.test.ts",
    ]);
    assert.deepEqual(testFiles(root, ["attacks"]), ["test/attacks/c.test.ts"]);
    assert.deepEqual(testFiles(root, ["src/net", "src/net/b.test.ts"]), ["src/net/b.test.ts"]);
    assert.throws(() => testFiles(root, ["storys"]), /no kind of test, file or folder "storys"/);
  });
});
