// What parts of the server cost, in microseconds of CPU of all threads.
//   npm run bench [-- [NAME]... [--against DIR] [--rounds N]]
// With --against the same benchmarks run on the sources of another checkout (of the main branch, say) as well, the two in turns, and the ratios are
// those of neighbours in time: figures of two different hours compare nothing but the hours.
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { arch, cpus, platform } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

type Figures = Readonly<Record<string, number>>;

/** What is no file of benchmarks. */
const OTHERS = new Set(["benchmark.ts", "measure.ts", "run.ts"]);

const here = resolve(import.meta.dirname, "../..");

/** Empty where the other checkout has not what the file measures. */
async function measured(file: string, root: string): Promise<Figures> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "measure.ts"), file, root], {
    stdio: ["ignore", "pipe", root === here ? "inherit" : "ignore"],
  });
  let text = "";
  child.stdout.on("data", (part: Buffer) => {
    text += part.toString();
  });
  const status = await new Promise<number | null>((done) => child.on("close", done));
  if (status === 0) return JSON.parse(text) as Figures;
  if (root === here) throw new Error(`${file} ended with status ${status}`);
  return {};
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function cell(values: readonly number[]): string {
  return values.length === 0 ? "–" : median(values).toFixed(2);
}

async function runFile(file: string, other: string | undefined, rounds: number): Promise<void> {
  const ours: Figures[] = [];
  const theirs: Figures[] = [];
  for (let round = 0; round < rounds; round++) {
    const both: [Figures[], string][] = [[ours, here]];
    if (other !== undefined) both.push([theirs, other]);
    for (const [list, root] of round % 2 === 0 ? both : both.toReversed())
      list.push(await measured(file, root));
  }
  for (const name of Object.keys(ours[0]!)) {
    const mine = ours.map((figures) => figures[name]!);
    const other_ = theirs.map((figures) => figures[name]).filter((value) => value !== undefined);
    const ratios = other_.map((value, at) => mine[at]! / value);
    const columns = [cell(mine), ...(other === undefined ? [] : [cell(other_), cell(ratios)])];
    console.log(`| ${[name.padEnd(52), ...columns.map((text) => text.padStart(8))].join(" | ")} |`);
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { against: { type: "string" }, rounds: { type: "string", default: "3" } },
  });
  const other = values.against === undefined ? undefined : resolve(values.against);
  if (other !== undefined && !existsSync(join(other, "src"))) throw new Error(`${other} is no checkout`);
  const files = readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith(".ts") && !OTHERS.has(file))
    .filter((file) => positionals.length === 0 || positionals.some((word) => file.startsWith(word)));
  console.log(
    `Node ${process.version}, ${platform()} ${arch()}, ${cpus().length} × ${cpus()[0]?.model.trim()}\n`,
  );
  const heads = ["µs of CPU", "here", ...(other === undefined ? [] : ["there", "ratio"])];
  console.log(`| ${[heads[0]!.padEnd(52), ...heads.slice(1).map((head) => head.padStart(8))].join(" | ")} |`);
  console.log(
    `|---|${heads
      .slice(1)
      .map(() => "---:")
      .join("|")}|`,
  );
  for (const file of files) await runFile(join(import.meta.dirname, file), other, Number(values.rounds));
}

await main();
