// Makes docs/reference/ from the declarations of options and commands.
//   node tools/make-reference.ts            writes the pages that have changed
//   node tools/make-reference.ts --check    writes nothing, names the pages that are stale, and fails then

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { accountCommands } from "../src/admin/accounts.ts";
import { backupCommands } from "../src/admin/backups.ts";
import { serverCommands } from "../src/admin/server.ts";
import { sessionCommands } from "../src/admin/sessions.ts";
import { CommandRegistry } from "../src/kernel/commands.ts";
import { configurationOptions } from "../src/server/configuration-options.ts";
import { extensions } from "../src/server/extensions.ts";
import { commandsPage, optionsPage, schemaText } from "./reference-text.ts";

/** A path below the root → what should stand there. */
export type Pages = ReadonlyMap<string, string>;

/** Anything at all that is asked of it: a command's declaration needs no services, only its `run` does. */
function nothing(): never {
  const target = (): unknown => proxy;
  const proxy: unknown = new Proxy(target, {
    get: (_, name) => (name === Symbol.iterator ? undefined : proxy),
  });
  return proxy as never;
}

function commands(): CommandRegistry {
  const registry = new CommandRegistry();
  registry.add(
    ...accountCommands(nothing()),
    ...backupCommands(nothing()),
    ...sessionCommands(nothing()),
    ...serverCommands(nothing()),
    ...extensions.flatMap((extension) => extension.commands?.(nothing()) ?? []),
  );
  return registry;
}

export function pages(): Pages {
  const options = configurationOptions(extensions) as unknown as Parameters<typeof optionsPage>[0];
  return new Map([
    ["docs/reference/options.md", optionsPage(options)],
    ["docs/reference/commands.md", commandsPage(commands().all())],
    ["docs/reference/tercet.schema.json", schemaText(options)],
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
  process.exitCode = main(join(import.meta.dirname, ".."), process.argv.includes("--check"));
}
