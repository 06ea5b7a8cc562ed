import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { checkLengths, checkRules } from "./check-rules.ts";
import { withTree } from "./planted-tree.ts";

const clean: Readonly<Record<string, string>> = {
  "package.json": '{ "dependencies": { "yaml": "2.0.0" }, "devDependencies": { "saxes": "6.0.0" } }',
  "src/base/world.ts": "export const now = () => Date.now(); setTimeout(now, 5);",
  "src/kernel/world-user.ts": `
    // Date.now() and Math.random() in a comment, "process.env" in a string
    export interface Timers { setTimeout(): void; fetch?: string }
    export function at(world: { now(): number }): Date { return new Date(world.now()); }
    export const name = (a: string) => a.length === 3 && "Math.random()" !== a;`,
  "src/kernel/world-user.test.ts":
    'import { SaxesParser } from "saxes"; setTimeout(() => Date.now(), 1); SaxesParser;',
  "src/server/configuration.ts":
    'import { parse } from "yaml"; import { readFileSync } from "node:fs"; parse; readFileSync;',
  "src/auth/scram.ts": `
    if (password === undefined || password === "" || typeof token === "string" || proof.length !== 20) fail();
    if (mechanism === other.mechanism && jid.equals(from) && a && storedKey) go(timingSafeEqual(proof, expected));`,
};

function messages(planted: Readonly<Record<string, string>>): readonly string[] {
  return withTree({ ...clean, ...planted }, (root) =>
    checkRules(root).faults.map(({ path, message }) => `${path}: ${message}`),
  );
}

function assertRefused(text: string, expected: RegExp, path = "src/kernel/x.ts"): void {
  const found = messages({ [path]: text });
  assert.equal(found.length, 1, `${text}\n${found.join("\n")}`);
  assert.match(found[0]!, expected);
}

test("a clean tree passes", () => {
  assert.deepEqual(messages({}), []);
});

test("clock, chance, timers, sockets, disk and environment are for few files", () => {
  const uses = [
    "Date.now()",
    "globalThis.Date.now()",
    "performance.now()",
    "new Date()",
    "new Date",
    "Math.random()",
    "Math\n  .random()",
    "randomBytes(16)",
    "crypto.randomUUID()",
    "setTimeout(f, 1)",
    "const { a } = { a: setInterval }",
    "setImmediate(f)",
    "process.env",
    "process.env.HOME",
    "fetch(url)",
    'import net from "node:net"',
    'import { connect } from "tls"',
    'import { readFile } from "node:fs/promises"',
    'import { readFileSync } from "fs"',
    'import type { Resolver } from "node:dns"',
    'import { Worker } from "node:worker_threads"',
    'const sqlite = await import("node:sqlite")',
    'createRequire(import.meta.url)("node:net")',
  ];
  for (const use of uses) assertRefused(use, /not for this file|reads the clock/);
});

test("the files that are World may, but Math.random is for nobody", () => {
  assert.deepEqual(messages({ "src/net/listener.ts": 'import net from "node:net"; net;' }), []);
  assert.deepEqual(messages({ "src/admin/control-socket.ts": 'import net from "node:net"; net;' }), []);
  assertRefused('import net from "node:net"; net;', /sockets/, "src/admin/accounts.ts");
  assertRefused("Math.random()", /guessable/, "src/base/world.ts");
});

test("secrets are compared in constant time", () => {
  const uses = [
    "if (proof === expected) ok();",
    "return a.password !== b.password;",
    "x = credentials.storedKey.toString('hex') == given ? 1 : 2;",
    "storedKey.equals(candidate)",
    "Buffer.compare(candidate, serverKey)",
    "given === token && more",
  ];
  for (const use of uses) assertRefused(use, /compares a secret/, "src/auth/x.ts");
});

test("a variable at the top of a module is refused", () => {
  assertRefused(
    "export let count = 0; function f() { let inner = 1; return inner; } f();",
    /no module has state/,
  );
});

test("members are private by #, constructors by the word", () => {
  for (const member of [
    "private count = 0;",
    "private readonly list: number[] = [];",
    "private async go() {}",
  ])
    assertRefused(`class A { ${member} }`, /private member/);
  assert.deepEqual(
    messages({
      "src/kernel/x.ts":
        "class A { #count = 0; private constructor() {} } stores.private; f({ private: 1 });",
    }),
    [],
  );
});

test("a package stands behind one file and is a dependency", () => {
  assertRefused('import { parse } from "yaml"; parse;', /yaml stands behind/, "src/server/other.ts");
  assertRefused('import { a } from "saxes/lib"; a;', /saxes is not among the dependencies/);
  assertRefused('import "@scope/name/sub";', /@scope\/name is not among/);
  assertRefused(
    '{ "dependencies": { "yaml": "2.0.0", "pino": "10.0.0" } }',
    /nobody imports pino/,
    "package.json",
  );
});

test("empty names are refused, of files and folders, everywhere", () => {
  for (const path of [
    "src/base/utils.ts",
    "src/xmpp/helpers/x.ts",
    "test/support/common.ts",
    "src/net/index.test.ts",
  ]) {
    assertRefused("", /does not say what is inside/, path);
  }
});

function functionOf(lines: number): string {
  return `(a: number[]): void => {\n${"a.push(1);\n".repeat(lines)}}`;
}

test("at most five of a hundred functions may be long", () => {
  const short = (count: number): string =>
    Array.from({ length: count }, (_, at) => `export const f${at} = ${functionOf(3)};`).join("\n");
  const lengths = (count: number): readonly string[] => {
    const text = `${short(count)}\nexport const g = ${functionOf(31)};`;
    return withTree({ "src/base/x.ts": text }, (root) => checkLengths(root).map(({ message }) => message));
  };
  assert.deepEqual(lengths(19), []);
  assert.deepEqual(lengths(18), ["a function of 31 lines; 1 of 19 are above 30, 0 may be"]);
});

test("the command fails when it read no file", () => {
  withTree({ "package.json": "{}" }, (root) => {
    const result = spawnSync(process.execPath, [join(import.meta.dirname, "check-rules.ts"), root], {
      encoding: "utf8",
    });
    assert.equal(result.status, 1);
    assert.match(result.stderr, /no file read/);
  });
});
