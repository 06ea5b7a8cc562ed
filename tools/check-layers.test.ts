import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { checkLayers, checkPage } from "./check-layers.ts";
import { drawing, type Layer, layers, rankOf } from "./layers.ts";
import { withTree } from "./planted-tree.ts";

const clean: Readonly<Record<string, string>> = {
  "src/base/clock.ts": "export interface Clock { now(): number }",
  "src/xmpp/jid.ts": 'import type { Clock } from "../base/clock.ts"; export class Jid { clock?: Clock }',
  "src/kernel/router.ts": 'export type { Jid } from "../xmpp/jid.ts";',
  "src/extensions/ping.ts": 'import type { Jid } from "../kernel/router.ts"; export const ping: Jid[] = [];',
  "src/extensions/ping.test.ts":
    'import { ping } from "./ping.ts"; import { clock } from "../../test/support/clock.ts"; ping; clock;',
  "src/extensions/muc/room.ts": "export const room = 1;",
  "src/extensions/muc/history.ts": 'import { room } from "./room.ts"; export const history = room;',
  "src/storage/contract.ts": "export const suite = 1;",
  "src/storage/memory/memory-storage.ts":
    'import { suite } from "../contract.ts"; export const memory = suite;',
  "src/server/start.ts":
    'import { ping } from "../extensions/ping.ts"; import { memory } from "../storage/memory/memory-storage.ts"; ping; memory;',
  "src/server/version.ts": 'import manifest from "../../package.json" with { type: "json" }; manifest;',
  "test/support/clock.ts": 'import type { Clock } from "../../src/base/clock.ts"; export let clock: Clock;',
  "test/support/rows.json": "[]",
  "test/conformance/rows.test.ts": 'import rows from "../support/rows.json" with { type: "json" }; rows;',
  "test/stories/chat.test.ts": 'import { clock } from "../support/clock.ts"; clock;',
};

function messages(planted: Readonly<Record<string, string>>): readonly string[] {
  return withTree({ ...clean, ...planted }, (root) =>
    checkLayers(root).faults.map(({ path, line, message }) => `${path}:${line}: ${message}`),
  );
}

test("a clean tree passes", () => {
  assert.deepEqual(messages({}), []);
  assert.equal(
    withTree(clean, (root) => checkLayers(root).checked),
    Object.keys(clean).filter((path) => path.endsWith(".ts")).length,
  );
});

const faults: readonly [what: string, planted: Readonly<Record<string, string>>, expected: RegExp][] = [
  [
    "an import upwards",
    { "src/base/queue.ts": '\nimport "../xmpp/jid.ts";' },
    /^src\/base\/queue.ts:2: base may not import xmpp/,
  ],
  [
    "an import of a type upwards",
    { "src/xmpp/iq.ts": 'import type { Jid } from "../kernel/router.ts"; export type I = Jid;' },
    /^src\/xmpp\/iq.ts:1: xmpp may not import kernel/,
  ],
  [
    "an import between peers",
    { "src/auth/login.ts": 'import "../storage/contract.ts";' },
    /auth may not import storage/,
  ],
  [
    "a re-export between peers",
    { "src/net/x.ts": 'export * from "../auth/y.ts";', "src/auth/y.ts": "" },
    /net may not/,
  ],
  [
    "a dynamic import between peers",
    { "src/routing/table.ts": 'await import("../extensions/ping.ts");' },
    /routing may not import extensions/,
  ],
  ["a computed import", { "src/server/load.ts": "await import(name);" }, /computed name/],
  [
    "a member that imports a member",
    { "src/extensions/roster.ts": 'import { ping } from "./ping.ts"; ping;' },
    /members of extensions are strangers: roster imports ping/,
  ],
  [
    "the test of a member that imports another",
    { "src/extensions/roster.test.ts": 'import "./muc/room.ts";' },
    /strangers: roster imports muc/,
  ],
  [
    "a driver that imports another",
    { "src/storage/sqlite/writer.ts": 'import "../memory/memory-storage.ts";' },
    /strangers: sqlite imports memory/,
  ],
  [
    "a thread started across the layers",
    { "src/xml/x.ts": 'new Worker(new URL("../net/y.ts", import.meta.url));', "src/net/y.ts": "" },
    /xml may not import net/,
  ],
  [
    "src that imports a test",
    { "src/kernel/x.ts": 'import "../../test/support/clock.ts";' },
    /src never imports test/,
  ],
  [
    "src that imports a unit test",
    { "src/server/x.ts": 'import "../extensions/ping.test.ts";' },
    /a test is never imported/,
  ],
  [
    "src that imports a tool",
    { "src/kernel/x.ts": 'import "../../tools/t.ts";', "tools/t.ts": "" },
    /never imports tools/,
  ],
  [
    "a story that knows the inside",
    { "test/stories/x.test.ts": 'import "../../src/base/clock.ts";' },
    /test\/stories may not import src\/base/,
  ],
  [
    "a benchmark that imports a tool",
    { "bench/b.ts": 'import "../tools/t.ts";', "tools/t.ts": "" },
    /bench may not import tools/,
  ],
  [
    "a manifest read below the server",
    { "src/net/v.ts": 'import m from "../../package.json" with { type: "json" }; m;' },
    /outside/,
  ],
  ["a file of no layer", { "src/plugins/x.ts": "" }, /src\/plugins is no layer/],
  ["a file beside the layers", { "src/main.ts": "" }, /src is no layer/],
  ["a test of no kind", { "test/misc/x.test.ts": "" }, /has no place for it/],
  [
    "an import of a missing file",
    { "src/base/x.ts": 'import "./y.ts";' },
    /src\/base\/y.ts, which is not there/,
  ],
  [
    "a circle",
    {
      "src/base/a.ts": 'import "./b.ts";',
      "src/base/b.ts": 'import "./c.ts";',
      "src/base/c.ts": 'import "./a.ts";',
    },
    /circle: src\/base\/a.ts → src\/base\/b.ts → src\/base\/c.ts → src\/base\/a.ts/,
  ],
  [
    "a circle of types",
    {
      "src/base/a.ts": 'import type { B } from "./b.ts";',
      "src/base/b.ts": 'export type { A as B } from "./a.ts";',
    },
    /circle: /,
  ],
];

for (const [what, planted, expected] of faults) {
  test(`${what} is refused`, () => {
    const found = messages(planted);
    assert.equal(found.length, 1, found.join("\n"));
    assert.match(found[0]!, expected);
  });
}

test("the command fails when it read no file, or none of src", () => {
  for (const tree of [{ "README.md": "" }, { "tools/t.ts": "" }]) {
    const status = withTree(tree, (root) => {
      const result = spawnSync(process.execPath, [join(import.meta.dirname, "check-layers.ts"), root], {
        encoding: "utf8",
      });
      assert.match(result.stderr, /no file read/);
      return result.status;
    });
    assert.equal(status, 1);
  }
});

const page = "docs/ARCHITECTURE.md";
const markers = "a\n<!-- layers --><!-- end layers -->\nb\n<!-- folders --><!-- end folders -->\nc";

test("the page is written, and compared with the layers that are there", () => {
  withTree({ ...clean, [page]: markers }, (root) => {
    assert.match(checkPage(root, false)[0]!.message, /shows other layers/);
    assert.deepEqual(checkPage(root, true), []);
    assert.deepEqual(checkPage(root, false), []);
    const text = readFileSync(join(root, page), "utf8");
    assert.match(text, /\| `src\/extensions\/` \|.*\| base, xmpp, kernel \|/);
    assert.doesNotMatch(text, /routing/);
  });
});

test("a page without markers, and no page, are faults", () => {
  withTree({ ...clean, [page]: "a" }, (root) => assert.match(checkPage(root, true)[0]!.message, /markers/));
  withTree(clean, (root) => assert.match(checkPage(root, true)[0]!.message, /is missing/));
});

test("the table itself has no circle and no unknown name", () => {
  for (const layer of layers) assert.ok(rankOf(layer.name) >= 0);
  const a: Layer = { name: "a", home: "", imports: ["b"] };
  assert.throws(() => rankOf("a", [a, { ...a, name: "b", imports: ["a"] }]), /a → b → a/);
  assert.throws(() => rankOf("a", [a]), /a names the unknown layer b/);
});

test("the drawing shows a row for each rank", () => {
  const names = drawing()
    .split("\n")
    .map((row) =>
      row
        .trim()
        .split(/[\s│┌┬┐└┴┘─┼]+/)
        .filter((name) => name !== ""),
    );
  const rows = names.filter((row) => row.length > 0);
  assert.deepEqual(rows[0], ["cli"]);
  assert.deepEqual(rows.at(-1), ["base"]);
  assert.deepEqual(
    rows[2],
    layers.filter(({ name }) => rankOf(name) === 4).map(({ name }) => name),
  );
});
