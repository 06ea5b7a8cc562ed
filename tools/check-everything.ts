// Everything that a commit has to pass, in under a minute: `npm run ok`. With --static only what runs no code of the product.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { styleText } from "node:util";

export interface Step {
  readonly name: string;
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

interface Result {
  readonly name: string;
  readonly seconds: number;
  readonly status: number;
  readonly output: string;
}

/** The pages see a browser and what they are built with, which an installation that is older than the lock file does not have. */
function webSteps(): readonly Step[] {
  return existsSync("node_modules/preact")
    ? [{ name: "types of the web admin", command: ["tsc", "-p", "web"] }]
    : [];
}

/** One after the other in each lane; the lanes run side by side, one for each of two cores. */
const staticLanes: readonly (readonly Step[])[] = [
  [{ name: "types", command: ["tsc"] }, ...webSteps()],
  [
    {
      name: "format and lint",
      command: ["biome", "ci", "--error-on-warnings", "--diagnostic-level=warn", "--colors=off"],
    },
    { name: "lint by oxlint", command: ["oxlint", "--deny-warnings"] },
    { name: "layers", command: ["node", "tools/check-layers.ts"] },
    { name: "rules", command: ["node", "tools/check-rules.ts"] },
    { name: "docs", command: ["node", "tools/check-docs.ts"] },
    { name: "reference", command: ["node", "tools/make-reference.ts", "--check"] },
    { name: "delivery table", command: ["node", "tools/make-delivery-table.ts", "--check"] },
  ],
];

/** These use both cores themselves. */
const testLane: readonly Step[] = [
  { name: "unit tests", command: ["node", "tools/run-tests.ts", "unit"] },
  {
    name: "stories on memory",
    command: ["node", "tools/run-tests.ts", "stories"],
    environment: { STORIES_DRIVERS: "memory" },
  },
];

function runStep({ name, command, environment }: Step): Promise<Result> {
  const started = performance.now();
  const [program, ...args] = command;
  return new Promise((resolve) => {
    const child = spawn(program!, args, {
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const parts: Buffer[] = [];
    const end = (status: number, text = ""): void => {
      const output = Buffer.concat(parts).toString() + text;
      resolve({ name, seconds: (performance.now() - started) / 1000, status, output });
    };
    child.stdout.on("data", (part: Buffer) => parts.push(part));
    child.stderr.on("data", (part: Buffer) => parts.push(part));
    child.on("error", (error) => end(1, `${error.message}: run it as npm run ok`));
    child.on("close", (status) => end(status ?? 1));
  });
}

async function runLane(steps: readonly Step[]): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const step of steps) {
    const result = await runStep(step);
    results.push(result);
    if (result.status !== 0) console.log(`${result.output.trimEnd()}\n`);
    const mark = result.status === 0 ? styleText("green", "✓") : styleText("red", "✗");
    const last = result.output.trimEnd().split("\n").at(-1) ?? "";
    console.log(
      `${mark} ${result.name} (${result.seconds.toFixed(1)} s)${result.status === 0 && / passed/.test(last) ? `: ${last}` : ""}`,
    );
  }
  return results;
}

/** Runs the lanes side by side and what is `last` after them, prints what took how long, and tells whether nothing failed. */
export async function runSteps(lanes: readonly (readonly Step[])[], last: readonly Step[]): Promise<boolean> {
  const started = performance.now();
  const results = (await Promise.all(lanes.map(runLane))).flat();
  results.push(...(await runLane(last)));
  const failed = results.filter(({ status }) => status !== 0).map(({ name }) => name);
  console.log(`\n${results.length} steps in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  const names = failed.length > 0 ? `: ${failed.join(", ")}` : "";
  console.log(`${results.length - failed.length} passed, ${failed.length} failed${names}`);
  return failed.length === 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  if (webSteps().length === 0)
    console.log("left out: types of the web admin; npm ci installs what they need");
  const passed = await runSteps(staticLanes, process.argv.includes("--static") ? [] : testLane);
  process.exitCode = passed ? 0 : 1;
}
