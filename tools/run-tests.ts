// Finds the tests by kind and runs each file in a process of its own.
//   node tools/run-tests.ts [KIND | FILE | FOLDER]...      kinds: unit, stories, conformance, attacks; without any, all of them
// The last line says how many passed and failed. Fails also when a file holds no test, or when nothing ran at all.

import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { relative, resolve } from "node:path";
import { run } from "node:test";
import { pathToFileURL } from "node:url";
import { inspect, styleText } from "node:util";
import { filesUnder, isTest } from "./source-tree.ts";

const kinds: ReadonlyMap<string, readonly string[]> = new Map([
  ["unit", ["src", "web/src", "tools", "test/support", "bench"]],
  ["stories", ["test/stories"]],
  ["conformance", ["test/conformance"]],
  ["attacks", ["test/attacks"]],
]);

/** A test that has not ended after this many milliseconds has hung. */
const longestTest = 60_000;

/** The test files that these words (kinds, files, folders) name under `root`. Throws on a word that names nothing. */
export function testFiles(root: string, words: readonly string[]): readonly string[] {
  const wanted = words.length > 0 ? words : [...kinds.keys()];
  const found = wanted.flatMap((word) => {
    const folders = kinds.get(word) ?? [relative(root, resolve(root, word))];
    if (kinds.has(word)) return filesUnder(root, folders, [".test.ts"]);
    if (!existsSync(resolve(root, word))) {
      throw new Error(`no kind of test, file or folder "${word}" (kinds: ${[...kinds.keys()].join(", ")})`);
    }
    return isTest(word) ? folders : filesUnder(root, folders, [".test.ts"]);
  });
  return [...new Set(found)];
}

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

interface Failure {
  readonly file: string;
  readonly name: string;
  readonly error: unknown;
}

function printFailure({ file, name, error }: Failure): void {
  console.log(`\n${styleText("red", "✗")} ${file}: ${name}`);
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  console.log(inspect(cause, { depth: 4 }).replace(/^/gm, "    "));
}

/** Runs the files, prints a line for each and every failure, and counts. */
export async function runTests(root: string, files: readonly string[]): Promise<Counts> {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  const failures: Failure[] = [];
  const tests = new Map<string, number>();
  const nameOf = (file: string | undefined): string => relative(root, file ?? "");
  const stream = run({
    cwd: root,
    files: files.map((file) => resolve(root, file)),
    // One more than there are cores: some tests wait for a process that they started.
    concurrency: availableParallelism() + 1,
    timeout: longestTest,
  });
  stream.on("test:pass", ({ file, entryFile, details, skip, name }) => {
    const entry = nameOf(entryFile ?? file);
    // A file without a test is reported as a test with the name of the file.
    if (details.type === "suite" || resolve(root, name) === resolve(root, entry)) return;
    if (skip === undefined || skip === false) counts.passed++;
    else {
      counts.skipped++;
      console.log(
        `${styleText("yellow", "–")} ${entry}: ${name}: left out${skip === true ? "" : `, ${skip}`}`,
      );
    }
    tests.set(entry, (tests.get(entry) ?? 0) + 1);
  });
  stream.on("test:fail", ({ file, entryFile, details, name }) => {
    // A suite fails when one of its tests does; that one is reported by itself.
    if (details.error.message.match(/^\d+ subtests? failed$/)) return;
    counts.failed++;
    const entry = nameOf(entryFile ?? file);
    tests.set(entry, (tests.get(entry) ?? 0) + 1);
    failures.push({ file: entry, name, error: details.error });
  });
  stream.on("test:summary", ({ file, duration_ms, success }) => {
    if (file === undefined) return;
    const mark = success ? styleText("green", "✓") : styleText("red", "✗");
    console.log(
      `${mark} ${nameOf(file)} ${tests.get(nameOf(file)) ?? 0} (${(duration_ms / 1000).toFixed(1)} s)`,
    );
  });
  for (const type of ["test:stdout", "test:stderr"] as const) {
    stream.on(type, ({ message }) => process.stdout.write(message));
  }
  for await (const event of stream) void event;
  for (const file of files) {
    if (tests.has(file)) continue;
    failures.push({ file, name: "the file", error: "holds no test" });
    counts.failed++;
  }
  for (const failure of failures) printFailure(failure);
  return counts;
}

async function main(): Promise<number> {
  // Stories run once on each of these drivers; a caller may name fewer.
  process.env["STORIES_DRIVERS"] ??= "memory,sqlite";
  process.env["NODE_COMPILE_CACHE"] ??= resolve("node_modules/.cache/compiled-tests");
  const started = performance.now();
  const files = testFiles(".", process.argv.slice(2));
  const { passed, failed, skipped } =
    files.length === 0 ? { passed: 0, failed: 0, skipped: 0 } : await runTests(".", files);
  if (passed + failed === 0) console.log("no test ran");
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`\n${files.length} files in ${seconds} s${skipped > 0 ? `, ${skipped} tests skipped` : ""}`);
  console.log(`${passed} passed, ${failed} failed`);
  return failed > 0 || passed === 0 ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) process.exitCode = await main();
