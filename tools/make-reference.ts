// Makes docs/reference/ from the declarations of options and commands.
//   node tools/make-reference.ts            writes the pages that have changed
//   node tools/make-reference.ts --check    writes nothing, names the pages that are stale, and fails then

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { configurationOptions } from "../src/server/configuration-options.ts";
import { declaredCommands } from "../src/server/declared-commands.ts";
import { extensions } from "../src/server/extensions.ts";
import { declaredMetrics } from "../src/server/metrics.ts";
import { readVersion } from "../src/server/version.ts";
import { commandTestsPage, testFiles } from "./command-tests.ts";
import { ejabberdPage } from "./ejabberd-page.ts";
import { manPage } from "./man-page.ts";
import { commandsPage, metricsPage, openApiText, optionsPage, schemaText } from "./reference-text.ts";

const ROOT = join(import.meta.dirname, "..");

/** A path below the root → what should stand there. */
export type Pages = ReadonlyMap<string, string>;

export function pages(): Pages {
  const options = configurationOptions(extensions) as unknown as Parameters<typeof optionsPage>[0];
  const commands = declaredCommands(extensions);
  return new Map([
    ["docs/reference/options.md", optionsPage(options)],
    ["docs/reference/commands.md", commandsPage(commands)],
    ["docs/reference/tercet.schema.json", schemaText(options)],
    ["docs/man/tercetctl.1", manPage(commands, readVersion())],
    ["docs/reference/metrics.md", metricsPage(declaredMetrics())],
    ["docs/reference/ejabberd-commands.md", ejabberdPage(commands)],
    ["docs/reference/command-tests.md", commandTestsPage(commands, testFiles(ROOT))],
    ["docs/reference/openapi.json", openApiText(commands, readVersion())],
  ]);
}

/** The pages that are missing below `root` or differ. */
export function stale(root: string, made: Pages): readonly string[] {
  return [...made].filter(([path, text]) => read(join(root, path)) !== text).map(([path]) => path);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** The exit code. */
export function main(root: string, check: boolean, made: Pages = pages()): number {
  const old = stale(root, made);
  for (const path of check ? [] : old) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), made.get(path)!);
  }
  const verb = check ? "stale, run node tools/make-reference.ts" : "written";
  for (const path of old) console.log(`${path}: ${verb}`);
  console.log(`reference: ${made.size} pages, ${old.length} ${check ? "stale" : "written"}`);
  return check && old.length > 0 ? 1 : 0;
}

if (import.meta.main) {
  process.exitCode = main(ROOT, process.argv.includes("--check"));
}
