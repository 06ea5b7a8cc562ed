import assert from "node:assert/strict";
import { test } from "node:test";
import { importsOf, tokensOf } from "./source-tokens.ts";

function importNames(source: string): (string | undefined)[] {
  return importsOf(tokensOf(source)).map(({ specifier }) => specifier);
}

function words(source: string): string[] {
  return tokensOf(source)
    .filter(({ kind }) => kind === "word")
    .map(({ text }) => text);
}

test("every way to name a module is found", () => {
  const source = `
    import "./a.ts";
    import b from './b.ts';
    import type { C } from "./c.ts";
    import { d, type D as E, from } from "./d.ts";
    import * as e from
      "./e.ts";
    export { f } from "./f.ts";
    export * as g from "./g.ts";
    export type { H } from "./h.ts";
    const i = await import("./i.ts");
    let j: import("./j.ts").J, k: typeof import(\`./k.ts\`);
    const l = require("./l.ts");
    new Worker(new URL("./m.ts", import.meta.url));`;
  assert.deepEqual(
    importNames(source),
    [..."abcdefghijklm"].map((letter) => `./${letter}.ts`),
  );
});

test("a computed name is an import without a specifier", () => {
  assert.deepEqual(importNames("await import(`./\x24{name}.ts`); import(name);"), [undefined, undefined]);
});

test("comments, strings, templates and regular expressions are no code", () => {
  const source = `
    // import "./comment.ts";
    /* import "./comment.ts"; */
    const text = 'import "./text.ts"', other = "it's // no comment";
    const long = \`import "./template.ts" \${inner(\`\${deep}\`)} import "./tail.ts"\`;
    const pattern = /["'\`/*]/g.test(x) && y / 2 / z;
    if (x) /'/.exec(y);
    value! / count / '';
    i++ / 2;`;
  assert.deepEqual(importNames(source), []);
  assert.ok(words(source).includes("deep"));
  assert.ok(!words(source).includes("template"));
});

test("what only looks like an import is none", () => {
  assert.deepEqual(importNames('export const a = { from: "./x.ts" }; export type B = "./y.ts";'), []);
  assert.deepEqual(
    importNames('export { a }; f("./z.ts"); x.import("./v.ts"); x.require("./w.ts"); import.meta.url'),
    [],
  );
  assert.deepEqual(
    importNames('new URL("../data.json", import.meta.url); new URL("..", import.meta.url)'),
    [],
  );
  assert.deepEqual(importNames("class A { require(name: string): Command {} }"), []);
});

test("lines and depths are told", () => {
  const source = "a;\n/* \n */ { b(`\n`, c) }";
  const places = tokensOf(source)
    .filter(({ kind }) => kind === "word")
    .map(({ text, line, depth }) => [text, line, depth]);
  assert.deepEqual(places, [
    ["a", 1, 0],
    ["b", 3, 1],
    ["c", 4, 2],
  ]);
});
