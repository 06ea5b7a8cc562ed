import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { type Import, importsOf, type Token, tokensOf } from "./source-tokens.ts";

export interface SourceFile {
  /** Relative to the root, with slashes: `src/xml/scanner.ts`. */
  readonly path: string;
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly imports: readonly Import[];
}

/** What is wrong, and where. */
export interface Fault {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

/** Every file under `root` whose name ends in one of `endings`, in order; folders named `node_modules` or starting with a dot are left out. */
export function filesUnder(
  root: string,
  folders: readonly string[],
  endings: readonly string[],
): readonly string[] {
  const found: string[] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = posix.join(folder, entry.name);
      if (entry.name === "node_modules" || entry.name.startsWith(".")) continue;
      if (entry.isDirectory()) walk(path);
      else if (endings.some((ending) => entry.name.endsWith(ending))) found.push(path);
    }
  };
  for (const folder of folders) if (existsSync(join(root, folder))) walk(folder);
  return found.sort();
}

export function readSources(root: string, folders: readonly string[]): readonly SourceFile[] {
  return filesUnder(root, folders, [".ts"]).map((path) => {
    const text = readFileSync(join(root, path), "utf8");
    const tokens = tokensOf(text);
    return { path, text, tokens, imports: importsOf(tokens) };
  });
}

/** The file that a relative specifier names, relative to the root; undefined for packages and `node:` modules. */
export function resolveImport(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  return posix.join(posix.dirname(from), specifier);
}

export function isTest(path: string): boolean {
  return path.endsWith(".test.ts");
}

/** Prints the faults as `path:line: message`, one a line; gives the exit status. */
export function report(name: string, checked: number, faults: readonly Fault[]): number {
  if (checked === 0) {
    console.error(`${name}: no file read; run it from the root of the repository`);
    return 1;
  }
  for (const fault of faults) console.error(`${fault.path}:${fault.line}: ${fault.message}`);
  console.log(`${name}: ${checked} files, ${faults.length} faults`);
  return faults.length === 0 ? 0 : 1;
}
