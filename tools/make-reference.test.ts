import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import * as argument from "../src/kernel/command-arguments.ts";
import * as result from "../src/kernel/command-results.ts";
import { command } from "../src/kernel/commands.ts";
import { integer, options, section } from "../src/kernel/options.ts";
import { main, pages, stale } from "./make-reference.ts";
import { commandsPage, optionsPage, schemaText } from "./reference-text.ts";

const declared = options({
  limit: integer({ default: 3, min: 0, doc: "How many | how few." }),
  inner: section(options({ depth: integer({ default: 7, doc: "How deep." }) }), { doc: "What is inside." }),
});

test("the page of options has every option with its default and doc", () => {
  const page = optionsPage(declared);
  assert.match(
    page,
    /\n\| `limit` \| a whole number, at least 0 \| `3` \| at a restart \| How many \\\| how few\. \|\n/,
  );
  assert.match(
    page,
    /\n## `.*inner`\n\nWhat is inside\.\n\n\| option .*\n.*\n\| `depth` \| a whole number \| `7` \| at a restart \| How deep\. \|\n/,
  );
});

test("the schema is JSON with the same", () => {
  const schema = JSON.parse(schemaText(declared));
  assert.equal(schema.properties.inner.properties.depth.default, 7);
  assert.equal(schema.properties.inner.additionalProperties, false);
});

test("the page of commands has every command", () => {
  const add = command({
    name: "add_user",
    tags: ["accounts"],
    summary: "Add a user",
    doc: "More about it.",
    args: { user: argument.text("Who.") },
    result: result.code(),
    permission: "change",
    run() {},
  });
  const page = commandsPage([add]);
  assert.match(
    page,
    /\n## add_user\n\n {4}tercetctl add_user user\n\nAdd a user\. More about it\.\n\n\| argument .*\n.*\n\| `user` \| string \| Who\. \|\n/,
  );
});

test("what the server has is in the pages, and no page names anything twice", () => {
  const made = pages();
  assert.match(made.get("docs/reference/options.md")!, /allow_unencrypted_loopback/);
  assert.match(made.get("docs/reference/commands.md")!, /\n## registered_users\n/);
  for (const text of made.values()) assert.doesNotMatch(text, /undefined|\[object|NaN/);
  const headings = made.get("docs/reference/options.md")!.match(/^#+ .*$/gm)!;
  assert.equal(new Set(headings).size, headings.length);
});

test("the check refuses a page that is missing or stale, and writes nothing", (t) => {
  const said = t.mock.method(console, "log", () => {});
  const root = mkdtempSync(join(tmpdir(), "tercet-reference-"));
  const made = new Map([["docs/page.md", "new\n"]]);
  try {
    assert.equal(main(root, true, made), 1);
    assert.match(String(said.mock.calls[0]?.arguments), /page\.md: stale, run node tools/);
    assert.deepEqual(stale(root, made), ["docs/page.md"]);
    assert.equal(main(root, false, made), 0);
    assert.equal(main(root, true, made), 0);
    writeFileSync(join(root, "docs/page.md"), "old\n");
    assert.equal(main(root, true, made), 1);
    assert.equal(readFileSync(join(root, "docs/page.md"), "utf8"), "old\n");
  } finally {
    rmSync(root, { recursive: true });
  }
});
