import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { around, diffLines } from "./line-diff.ts";
import { completions, placeAt, type Schema } from "./yaml-place.ts";

const schema = JSON.parse(
  readFileSync(new URL("../../docs/reference/tercet.schema.json", import.meta.url), "utf8"),
) as Schema;

/** Words for the place of the |. */
function offered(marked: string): readonly string[] {
  const cursor = marked.indexOf("|");
  const place = placeAt(marked.replace("|", ""), cursor);
  return place === undefined ? [] : completions(schema, place).map(({ word }) => word);
}

test("names of options at the top, by what is written of them", () => {
  assert.ok(offered("|").includes("hosts"));
  assert.ok(offered("hosts: [h.test]\n|").includes("listen"));
  assert.deepEqual(offered("adm|"), ["admins"]);
  assert.deepEqual(offered("# adm|"), []);
  assert.deepEqual(offered("nothing_like_this|"), []);
});

test("names within a section, by its indentation", () => {
  const limits = "limits:\n  client:\n    resources: 3\n";
  assert.ok(offered(`${limits}    pend|`).includes("pending_messages"));
  assert.ok(offered(`${limits}  bef|`).includes("before_login"));
  assert.ok(offered(`${limits}adm|`).includes("admins"));
  assert.ok(offered("listen:\n  client:\n    |").includes("port"));
  assert.deepEqual(offered("hosts:\n  - a\n  own_name:\n    |"), []);
});

test("words of a value", () => {
  assert.deepEqual(offered("storage: |"), ["sqlite", "memory"]);
  assert.deepEqual(offered("log:\n  level: w|"), ["warn"]);
  assert.deepEqual(offered("allow_unencrypted_loopback: t|"), ["true"]);
});

test("a completion takes the place of what is written", () => {
  const text = "log:\n  lev";
  const place = placeAt(text, text.length)!;
  assert.deepEqual([place.path, text.slice(place.from), place.isValue], [["log"], "lev", false]);
  assert.equal(completions(schema, place)[0]!.insert, "level: ");
});

test("a difference is what was taken away and what came, and gives both texts again", () => {
  const before = "a\nb\nc\nd\ne";
  for (const after of [
    "a\nb\nc\nd\ne",
    "a\nB\nc\nd\ne\nf",
    "",
    "b\nd",
    "x\na\nb\nc\nd\ne",
    "e\nd\nc\nb\na",
  ]) {
    const lines = diffLines(before, after);
    const side = (kind: "added" | "removed"): string =>
      lines
        .filter((line) => line.kind === "same" || line.kind === kind)
        .map(({ text }) => text)
        .join("\n");
    assert.equal(side("removed"), before, after);
    assert.equal(side("added"), after, after);
  }
  assert.deepEqual(
    around(diffLines(before, "a\nb\nc\nd\nE"), 1).map(({ kind, text }) => `${kind} ${text}`),
    ["same d", "removed e", "added E"],
  );
});
