// Measures the benchmarks of one file on one checkout and writes the figures as JSON: node bench/micro/measure.ts FILE ROOT. Started by run.ts.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Benchmark, BenchmarkFile, Load } from "./benchmark.ts";

const WARM_MS = 400;
/** Microseconds of CPU that a sample should take. */
const SAMPLE = 20_000;
const SAMPLES = 9;

/** Of all threads: what the collector and the storage do is part of it, what other processes take is not. */
function cpu(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

async function sample(benchmark: Benchmark, count: number): Promise<number> {
  const before = cpu();
  await benchmark.run(count);
  return (cpu() - before) / count;
}

/** The median, in microseconds of CPU. */
async function measure(benchmark: Benchmark): Promise<number> {
  let count = 200;
  let cost = 0;
  for (const start = performance.now(); performance.now() - start < WARM_MS; ) {
    cost = await sample(benchmark, count);
    count = Math.max(200, Math.min(count * 4, Math.ceil(SAMPLE / Math.max(cost, 0.001))));
  }
  const costs: number[] = [];
  for (let at = 0; at < SAMPLES; at++) costs.push(await sample(benchmark, count));
  return costs.sort((a, b) => a - b)[SAMPLES >> 1]!;
}

const [file, root] = process.argv.slice(2);
const load: Load = (path) => import(pathToFileURL(join(root!, path)).href);
const { benchmarks } = (await import(pathToFileURL(file!).href)) as BenchmarkFile;
const figures: Record<string, number> = {};
const list = await benchmarks(load);
for (const benchmark of list) figures[benchmark.name] = await measure(benchmark);
for (const { end } of list) await end?.();
console.log(JSON.stringify(figures));
// Timers of the product may still run.
process.exit();
