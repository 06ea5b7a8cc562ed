// Holds src/ to the house rules of rules.ts: what only few files may use, empty names, comparison of secrets, state of a
// module, private members, one file for each package, the share of long functions. What Biome and oxlint check is not repeated here.
//   node tools/check-rules.ts [ROOT]

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { emptyNames, longFunctions, reserved, secretName, secretsElsewhere } from "./rules.ts";
import type { Token } from "./source-tokens.ts";
import { type Fault, filesUnder, isTest, readSources, report, type SourceFile } from "./source-tree.ts";

function isAmong(path: string, files: readonly string[]): boolean {
  return files.some((file) => (file.endsWith("/") ? path.startsWith(file) : path === file));
}

function isMember(tokens: readonly Token[], at: number): boolean {
  const before = tokens[at - 1]?.text;
  return before === "." || before === "?.";
}

/** Whether the word at `at` declares a member: `setTimeout(): void` in an interface, `{ fetch: … }`, `async fetch() {`. */
function isDeclared(tokens: readonly Token[], at: number): boolean {
  if (!/^(?:[{},;]|async|readonly)$/.test(tokens[at - 1]?.text ?? "")) return false;
  if (tokens[at + 1]?.text !== "(") return /^[:?]$/.test(tokens[at + 1]?.text ?? "");
  const { depth } = tokens[at]!;
  const close = tokens.findIndex((token, i) => i > at + 1 && token.depth === depth && token.text === ")");
  return /^[:{]$/.test(tokens[close + 1]?.text ?? "");
}

function usesOf(file: SourceFile, name: string): readonly number[] {
  const { tokens } = file;
  if (name.startsWith("node:")) {
    return file.imports
      .filter(({ specifier }) => `node:${specifier?.replace(/^node:/, "")}` === name)
      .map(({ line }) => line);
  }
  const [head, member] = name.split(".");
  return tokens.flatMap((token, at) => {
    if (token.kind !== "word" || token.text !== head || isDeclared(tokens, at)) return [];
    if (isMember(tokens, at) && tokens[at - 2]?.text !== "globalThis" && tokens[at - 2]?.text !== "crypto")
      return [];
    if (member !== undefined && !(isMember(tokens, at + 2) && tokens[at + 2]?.text === member)) return [];
    return [token.line];
  });
}

function reservedFaults(file: SourceFile): readonly Fault[] {
  const faults = reserved
    .filter(({ files }) => !isAmong(file.path, files))
    .flatMap(({ what, names, instead }) =>
      names.flatMap((name) =>
        usesOf(file, name).map((line) => ({
          path: file.path,
          line,
          message: `${name}: ${what} is not for this file; take ${instead}`,
        })),
      ),
    );
  return faults;
}

/** `new Date()` without an argument reads the clock. */
function clockFaults(file: SourceFile): readonly Fault[] {
  const { tokens } = file;
  if (isAmong(file.path, reserved[0]!.files)) return [];
  return tokens.flatMap((token, at) => {
    const made = token.text === "Date" && tokens[at - 1]?.text === "new";
    if (!made || (tokens[at + 1]?.text === "(" && tokens[at + 2]?.text !== ")")) return [];
    return [{ path: file.path, line: token.line, message: "new Date() reads the clock; take World.now()" }];
  });
}

const operandEnd = /^(?:[;,{}:?]|=>|=|&&|\|\||\?\?|return|if|while|case)$/;

/** The tokens of one side of a comparison, from `at` in the direction `step`. */
function operand(tokens: readonly Token[], at: number, step: 1 | -1): readonly Token[] {
  const depth = tokens[at - step]!.depth;
  const found: Token[] = [];
  for (let i = at; tokens[i] !== undefined; i += step) {
    const token = tokens[i]!;
    if (token.depth < depth || (token.depth === depth && operandEnd.test(token.text))) break;
    found.push(token);
  }
  return step === 1 ? found : found.toReversed();
}

function isConstant(side: readonly Token[]): boolean {
  if (side[0]?.text === "typeof" || side.at(-1)?.text === "length" || side.at(-1)?.text === "byteLength")
    return true;
  const [only] = side;
  return side.length === 1 && (only!.kind !== "word" || /^(?:undefined|null|true|false)$/.test(only!.text));
}

function namesSecret(side: readonly Token[]): boolean {
  return side.some((token) => token.kind === "word" && secretName.test(token.text));
}

/** Comparing what is secret takes a time that tells how much of it was right. */
function secretFaults(file: SourceFile): readonly Fault[] {
  const { tokens } = file;
  if (isAmong(file.path, secretsElsewhere)) return [];
  return tokens.flatMap((token, at) => {
    const equality = token.kind === "punctuation" && /^[=!]==?$/.test(token.text);
    const method = token.kind === "word" && /^(?:equals|compare)$/.test(token.text) && isMember(tokens, at);
    if (!equality && !method) return [];
    const left = operand(tokens, at - 1, -1);
    const right = operand(tokens, at + 1, 1);
    if (equality && (isConstant(left) || isConstant(right))) return [];
    // `jid.equals(other)` compares no secret unless one of the two is named as one.
    if (!namesSecret(left) && !namesSecret(right)) return [];
    const message = `compares a secret with ${token.text}: take timingSafeEqual`;
    return [{ path: file.path, line: token.line, message }];
  });
}

/** A variable of the module outlives the server that it belongs to, and two servers in one process would share it. */
function stateFaults(file: SourceFile): readonly Fault[] {
  return file.tokens.flatMap((token, at) => {
    const declares = token.kind === "word" && token.depth === 0 && /^(?:let|var)$/.test(token.text);
    if (!declares || isMember(file.tokens, at)) return [];
    return [
      {
        path: file.path,
        line: token.line,
        message: `${token.text} at the top of a module: no module has state`,
      },
    ];
  });
}

/** What is private is private at run time too, where the types are gone; a constructor has no other way. */
function privacyFaults(file: SourceFile): readonly Fault[] {
  return file.tokens.flatMap((token, at) => {
    const next = file.tokens[at + 1];
    const declares = token.kind === "word" && token.text === "private" && next?.kind === "word";
    if (!declares || next.text === "constructor" || isMember(file.tokens, at)) return [];
    return [{ path: file.path, line: token.line, message: "a private member: take a # name" }];
  });
}

function nameFaults(path: string): readonly Fault[] {
  const empty = path.split("/").find((part) => emptyNames.includes(part.replace(/\..*$/s, "")));
  return empty === undefined ? [] : [{ path, line: 1, message: `"${empty}" does not say what is inside` }];
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** A package stands behind one file of ours, so that changing it is a change of that file. */
function packageFaults(root: string, files: readonly SourceFile[]): readonly Fault[] {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;
  const homes = new Map<string, string>();
  const faults: Fault[] = [];
  for (const { path, imports } of files) {
    for (const { specifier, line } of imports) {
      if (specifier === undefined || specifier.startsWith(".") || isBuiltin(specifier)) continue;
      const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
      const home = homes.get(name) ?? path;
      homes.set(name, home);
      if (manifest.dependencies?.[name] === undefined) {
        faults.push({ path, line, message: `${name} is not among the dependencies of package.json` });
      } else if (home !== path) {
        faults.push({ path, line, message: `${name} stands behind ${home}: take it from there` });
      }
    }
  }
  const idle = Object.keys(manifest.dependencies ?? {}).filter((name) => !homes.has(name));
  return [
    ...faults,
    ...idle.map((name) => ({ path: "package.json", line: 1, message: `nobody imports ${name}` })),
  ];
}

/** Lines of code of each function body of two lines or more, as Biome counts them, with its place. */
function functionLengths(
  root: string,
  paths: readonly string[],
): readonly (Fault & { readonly length: number })[] {
  const folder = mkdtempSync(join(tmpdir(), "rules-"));
  try {
    const rule = { level: "error", options: { maxLines: 1 } };
    const rules = { preset: "none", complexity: { noExcessiveLinesPerFunction: rule } };
    writeFileSync(join(folder, "biome.json"), JSON.stringify({ root: true, linter: { rules } }));
    const options = ["--reporter=json", "--max-diagnostics=none", `--config-path=${folder}`];
    const program = resolve(import.meta.dirname, "../node_modules/.bin/biome");
    const result = spawnSync(program, ["lint", ...options, ...paths], {
      cwd: root,
      encoding: "utf8",
      maxBuffer: 2 ** 28,
    });
    const diagnostics = (JSON.parse(result.stdout) as BiomeReport).diagnostics;
    return diagnostics.flatMap(({ message, location }) => {
      const length = Number(/too many lines \((\d+)\)/.exec(message)?.[1]);
      return Number.isNaN(length)
        ? []
        : [{ path: location.path, line: location.start.line, message, length }];
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface BiomeReport {
  readonly diagnostics: readonly {
    readonly message: string;
    readonly location: { readonly path: string; readonly start: { readonly line: number } };
  }[];
}

/** The long functions of `src/` under `root`, when there are too many of them. */
export function checkLengths(root: string): readonly Fault[] {
  const paths = filesUnder(root, ["src"], [".ts"]).filter((path) => !/\.(?:test|generated)\.ts$/.test(path));
  const all = paths.length === 0 ? [] : functionLengths(root, paths);
  const long = all.filter(({ length }) => length > longFunctions.lines);
  const allowed = Math.floor((all.length * longFunctions.percent) / 100);
  if (long.length <= allowed || all.length === 0) return [];
  return long.map(({ path, line, length }) => ({
    path,
    line,
    message: `a function of ${length} lines; ${long.length} of ${all.length} are above ${longFunctions.lines}, ${allowed} may be`,
  }));
}

/** All faults of `src/` under `root` against the house rules but the lengths, and how many files were read. */
export function checkRules(root: string): { readonly checked: number; readonly faults: readonly Fault[] } {
  const files = readSources(root, ["src"]).filter(({ path }) => !isTest(path));
  const named = filesUnder(root, ["src", "test", "bench", "tools", "bin"], [""]);
  const faults = files.flatMap((file) => [
    ...reservedFaults(file),
    ...clockFaults(file),
    ...secretFaults(file),
    ...stateFaults(file),
    ...privacyFaults(file),
  ]);
  const rest = [...named.flatMap(nameFaults), ...packageFaults(root, files)];
  return { checked: files.length, faults: [...faults, ...rest] };
}

function main(): number {
  const root = process.argv[2] ?? ".";
  const { checked, faults } = checkRules(root);
  return report("rules", checked, [...faults, ...checkLengths(root)]);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) process.exitCode = main();
