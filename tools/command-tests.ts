import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "../src/kernel/commands.ts";

/** A test file and what is written in it. */
export interface TestFile {
  /** Below the root. */
  readonly path: string;
  readonly text: string;
}

/** Stories come first: they see what a command does from a client. */
export function testFiles(root: string): readonly TestFile[] {
  const files: TestFile[] = [];
  const visit = (folder: string): void => {
    const entries = readdirSync(join(root, folder), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory() && entry.name !== "node_modules") visit(path);
      else if (entry.name.endsWith(".test.ts"))
        files.push({ path, text: readFileSync(join(root, path), "utf8") });
    }
  };
  for (const folder of ["test/stories", "test/attacks", "test/conformance", "src"]) visit(folder);
  return files;
}

/** Command → the files that call it. @throws Error with the names of those that nothing calls */
export function testsOf(
  commands: readonly Command[],
  files: readonly TestFile[],
): ReadonlyMap<string, readonly string[]> {
  const found = new Map(
    commands.map(({ name }) => [
      name,
      files
        .filter(({ text }) => text.includes(`"${name}"`) || text.includes(`'${name}'`))
        .map(({ path }) => path),
    ]),
  );
  const untested = [...found].filter(([, paths]) => paths.length === 0).map(([name]) => name);
  if (untested.length > 0) throw new Error(`no test calls ${untested.join(", ")}`);
  return found;
}

/** docs/reference/command-tests.md */
export function commandTestsPage(commands: readonly Command[], files: readonly TestFile[]): string {
  // One of each: the page changes with the commands, and not with every test.
  const rows = Array.from(
    testsOf(commands, files),
    ([name, [path]]) => `| \`${name}\` | [${path}](../../${path}) |\n`,
  );
  return `<!-- Made by tools/make-reference.ts from the declarations in the code and the tests. -->

# Commands and their tests

A test that calls each command; a story, which sees what it does from a client, where there is one.

| command | test |
|---|---|
${rows.join("")}`;
}
