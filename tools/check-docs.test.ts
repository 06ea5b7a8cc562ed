import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { checkDocs } from "./check-docs.ts";
import { withTree } from "./planted-tree.ts";

// In two pieces, because the check reads this file too.
const machine = `/${"work"}/x`;
const record = (number: string): string =>
  `# ${number} A\n\n## Context\n\nx\n\n## Decision\n\nx\n\n## Consequences\n\nx\n`;

const clean: Readonly<Record<string, string>> = {
  "package.json": '{ "scripts": { "start": "x", "ok": "x" } }',
  "README.md": `# A server

See [the map](docs/ARCHITECTURE.md#where-state-lives), [the web](https://example.org/x) and \`src/xml/scanner.ts\`.
Messages go to \`./data\`, a path like \`src/*/x.ts\` is a pattern.

\`\`\`sh
npm ci && npm start    # and see docs/nothing.md
$ bin/tercetctl help
node tools/check.ts | less
\`\`\`

\`\`\`text
a [link](nowhere.md), npm run nothing
\`\`\`
`,
  "docs/ARCHITECTURE.md": `# Architecture

## Where state lives

<!-- journey -->
1. \`src/xml/scanner.ts\` reads.
2. \`src/net/socket.ts\` writes.
<!-- end journey -->
`,
  "docs/decisions/README.md":
    "<!-- records -->\n\n- [0001 A](0001-one.md)\n- [0020 A](0020-two.md)\n\n<!-- end records -->",
  "docs/decisions/0001-one.md": record("0001"),
  "docs/decisions/0020-two.md": `${record("0020")}\nWe no longer do this.`,
  "src/xml/scanner.ts": "",
  "src/net/socket.ts": "",
  "bin/tercetctl": "",
  "tools/check.ts": "",
};

function messages(planted: Readonly<Record<string, string>>): readonly string[] {
  return withTree({ ...clean, ...planted }, (root) =>
    checkDocs(root).faults.map(({ path, line, message }) => `${path}:${line}: ${message}`),
  );
}

test("clean pages pass", () => {
  assert.deepEqual(messages({}), []);
});

const lines: readonly [what: string, text: string, expected: RegExp][] = [
  ["a link to a missing page", "[x](missing.md)", /missing.md is not there/],
  ["a link to a missing heading", "[x](ARCHITECTURE.md#nothing)", /no heading/],
  ["a heading missing on the page itself", "[x](#nothing)", /no heading/],
  ["a missing file in backticks", "in `src/xml/lexer.ts`", /src\/xml\/lexer.ts is not there/],
  ["a missing script", "run `npm run nothing`", /no script nothing/],
  ["a missing script in a block", "```sh\nnpm ci && npm test\n```", /no script test/],
  ["a missing program", "```console\n$ bin/tercet start\n```", /bin\/tercet is not there/],
  ["a missing tool", "```sh\nnode tools/nothing.ts --write\n```", /tools\/nothing.ts is not there/],
  ["a promise", "Rooms are coming soon.", /coming soon/],
  ["a memory", "This was previously slow.", /previously/],
  ["a place of one machine", `as in ${machine}/design`, /one machine/],
];

for (const [what, text, expected] of lines) {
  test(`${what} is refused`, () => {
    const found = messages({ "docs/page.md": text });
    assert.equal(found.length, 1, found.join("\n"));
    assert.match(found[0]!, expected);
  });
}

const trees: readonly [what: string, planted: Readonly<Record<string, string>>, expected: RegExp][] = [
  ["a number used twice", { "docs/decisions/0001-x.md": record("0001") }, /is not the only record 0001/],
  ["a title with another number", { "docs/decisions/0001-one.md": record("0002") }, /not the same number/],
  ["a record that is not listed", { "docs/decisions/0003-x.md": record("0003") }, /lists other records/],
  [
    "a record without its parts",
    { "docs/decisions/0001-one.md": "# 0001 A\n\n## Context\n\n## Decision\n" },
    /Consequences/,
  ],
  [
    "a place of one machine in a source",
    { "src/net/socket.ts": `// see "${machine}"` },
    /socket.ts:1: names a place/,
  ],
  [
    "steps out of order",
    { "docs/ARCHITECTURE.md": clean["docs/ARCHITECTURE.md"]!.replace("2. ", "3. ") },
    /:7: is step 2/,
  ],
  [
    "a step without a file",
    { "docs/ARCHITECTURE.md": clean["docs/ARCHITECTURE.md"]!.replace("`src/net/socket.ts`", "it") },
    /names the file/,
  ],
];

for (const [what, planted, expected] of trees) {
  test(`${what} is refused`, () => {
    const found = messages(planted);
    assert.ok(
      found.some((message) => expected.test(message)),
      found.join("\n"),
    );
  });
}

test("the list of records is written from their titles", () => {
  withTree({ ...clean, "docs/decisions/0021-x.md": "# 0021 A new one\n" }, (root) => {
    checkDocs(root, true);
    const text = readFileSync(join(root, "docs/decisions/README.md"), "utf8");
    assert.match(text, /- \[0020 A\]\(0020-two.md\)\n- \[0021 A new one\]\(0021-x.md\)\n/);
  });
});

test("a long journey, an empty one and none are refused", () => {
  const files = Array.from({ length: 9 }, (_, at) => `src/xml/f${at}.ts`);
  const steps = files.map((file, at) => `${at + 1}. \`${file}\``).join("\n");
  const planted = Object.fromEntries(files.map((file) => [file, ""]));
  const page = (text: string): string => `## Where state lives\n\n${text}`;
  const journey = (text: string): string => page(`<!-- journey -->\n${text}\n<!-- end journey -->`);
  assert.match(messages({ ...planted, "docs/ARCHITECTURE.md": journey(steps) })[0]!, /9 files; 8 may be/);
  assert.match(messages({ "docs/ARCHITECTURE.md": journey("") })[0]!, /no steps/);
  assert.match(messages({ "docs/ARCHITECTURE.md": page("") })[0]!, /lacks/);
});

test("missing pages are refused, and the command fails when it read none", () => {
  withTree({ "package.json": "{}" }, (root) => {
    assert.equal(checkDocs(root).faults.length, 2);
    const result = spawnSync(process.execPath, [join(import.meta.dirname, "check-docs.ts"), root], {
      encoding: "utf8",
    });
    assert.equal(result.status, 1);
    assert.match(result.stderr, /no file read/);
  });
});
