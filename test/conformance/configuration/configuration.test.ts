import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ConfigurationError } from "../../../src/kernel/configuration-control.ts";
import { extension } from "../../../src/kernel/extension.ts";
import { choice, integer, options } from "../../../src/kernel/options.ts";
import { type Configuration, readConfiguration } from "../../../src/server/configuration.ts";

// Each case of cases.json is a broken file with everything that `tercet check` says about it, line by line.

interface Case {
  readonly name: string;
  readonly file?: readonly string[];
  /** Hexadecimal, for what is no text. */
  readonly bytes?: string;
  readonly says: readonly string[];
}

const cases = JSON.parse(readFileSync(new URL("cases.json", import.meta.url), "utf8")) as readonly Case[];

const example = extension({
  name: "example",
  doc: "Stands for any extension.",
  xeps: {},
  features: [],
  config: options({
    access: choice(["none", "all"], { default: "none", doc: "Who may." }),
    limit: integer({ default: 10, min: 0, doc: "How many." }),
  }),
  setup() {},
});

let folder = "";
before(() => {
  folder = mkdtempSync(join(tmpdir(), "tercet-configuration-"));
  mkdirSync(join(folder, "folder"));
});
after(() => rmSync(folder, { recursive: true }));

function read(contents: string | Uint8Array): Promise<Configuration> {
  const file = join(folder, "tercet.yml");
  writeFileSync(file, contents);
  return readConfiguration({ file, extensions: [example] });
}

for (const { name, file, bytes, says } of cases) {
  test(`refused: ${name}`, async () => {
    const contents = bytes === undefined ? file!.join("\n") : Buffer.from(bytes, "hex");
    await assert.rejects(read(contents), (error) => {
      assert.ok(error instanceof ConfigurationError, String(error));
      const problems = error.problems.map((problem) => problem.replaceAll(`${folder}/`, ""));
      assert.deepEqual(problems, says);
      return true;
    });
  });
}

test("there are at least twenty cases, and none says nothing", () => {
  assert.ok(cases.length >= 20);
  assert.deepEqual(
    cases.filter(({ says }) => says.length === 0),
    [],
  );
});
