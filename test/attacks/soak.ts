// The attacks with the figures of their invariants: each case many times, the full counts, and C12. Takes long; wants a quiet machine.
//   node test/attacks/soak.ts [SECTION | ROW]... [--times N]      all rows, 100 times
// A row that fails, a control message that is late, memory that does not come back: each is a line, and the exit status is 1.
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Romeo } from "../support/romeo.ts";
import { Arena, turn } from "./arena.ts";
import { codes } from "./code.ts";
import { play } from "./play.ts";
import { type Case, type Row, readRows } from "./row.ts";
import { guesses, likelihood } from "./user-timing.ts";

/** Milliseconds within which 99 of 100 control messages must arrive. */
const LATE = 100;
/** Bytes of memory that repetitions may leave behind. */
const LEFT_BEHIND = 5_000_000;
/** Below this likelihood the time of an answer tells who is there. */
const TELLING = 0.01;

process.env["ATTACKS_IN_FULL"] = "1";
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Two more sessions that talk all the time, whatever happens beside them. */
class Control {
  readonly delays: number[] = [];
  #running = true;
  #ended: Promise<void> = Promise.resolve();

  static async begin(arena: Arena): Promise<Control> {
    await arena.ensure("ada", "ben");
    const [ada, ben] = await Promise.all(["ada", "ben"].map((user) => Romeo.login(arena.server, user)));
    const control = new Control();
    control.#ended = control.#talk(ada!, ben!);
    await arena.rebase();
    return control;
  }

  async end(): Promise<void> {
    this.#running = false;
    await this.#ended;
  }

  /** The 99th percentile since the last call, in milliseconds. */
  take(): number {
    const sorted = this.delays.splice(0).sort((one, other) => one - other);
    return sorted[Math.floor(sorted.length * 0.99)] ?? 0;
  }

  async #talk(ada: Romeo, ben: Romeo): Promise<void> {
    for (let count = 0; this.#running; count++) {
      const started = performance.now();
      ada.send(`<message to='${ben.jid}' id='${count}'><body>x</body></message>`);
      await ben.expect("message", { id: String(count) });
      this.delays.push(performance.now() - started);
      ada.stream.received = "";
      ben.stream.received = "";
      await turn(20);
    }
    ada.destroy();
    ben.destroy();
  }
}

async function memory(): Promise<{ heap: number; resident: number }> {
  for (let round = 0; round < 3; round++) {
    collect();
    await turn(50);
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, resident: rss };
}

async function repeat(arena: Arena, cases: readonly Case[], times: number): Promise<void> {
  for (let count = 0; count < times; count++) {
    for (const one of cases) {
      await play(arena, one);
      await arena.settle(true);
    }
    for (const { stream } of [arena.alice, arena.bob]) stream.received = "";
    // The test keeps the log, a server does not.
    if (arena.server.errors.length === 0) arena.server.lines.length = 0;
  }
}

type Memory = Awaited<ReturnType<typeof memory>>;

function grown(before: Memory, after: Memory): string {
  const megabytes = (bytes: number): string => `${bytes < 0 ? "" : "+"}${(bytes / 1e6).toFixed(1)} MB`;
  return `${megabytes(after.heap - before.heap)} heap ${megabytes(after.resident - before.resident)} resident`;
}

/** Faults of one row, a line each. */
async function soakRow(row: Row, times: number): Promise<readonly string[]> {
  const faults: string[] = [];
  const started = performance.now();
  const arena = await Arena.open({ driver: row.drivers[0]!, configuration: row.configuration });
  const control = await Control.begin(arena);
  const figures: string[] = [];
  try {
    await arena.ensure(...row.accounts);
    const repeatable = row.cases.filter(({ once }) => !once);
    // What is built once, such as code that the engine has optimised, is no leak.
    await repeat(arena, row.cases, 1);
    await repeat(arena, repeatable, times / 2);
    const before = await memory();
    await repeat(arena, repeatable, times);
    const between = await memory();
    for (const name of row.code) {
      await codes.get(name)!(arena);
      await arena.settle(true);
    }
    const after = await memory();
    figures.push(`repetitions ${grown(before, between)}, code ${grown(between, after)}`);
    if (between.heap - before.heap > LEFT_BEHIND) faults.push("repetitions leave memory behind");
    if (after.heap - between.heap > LEFT_BEHIND) faults.push("code leaves memory behind");
    const late = control.take();
    figures.push(`99 % of control messages within ${late.toFixed(1)} ms`);
    if (late > LATE) faults.push(`control messages took ${late.toFixed(0)} ms`);
  } catch (error) {
    faults.push(error instanceof Error ? error.message : String(error));
  } finally {
    await control.end();
    await arena[Symbol.asyncDispose]();
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(
    `${faults.length === 0 ? "✓" : "✗"} ${row.id} ${row.attack} (${seconds} s): ${figures.join("; ")}`,
  );
  for (const fault of faults) console.log(`    ${fault}`);
  return faults;
}

async function soakTiming(times: number): Promise<readonly string[]> {
  const arena = await Arena.open({ driver: "memory", configuration: "" });
  const faults: string[] = [];
  for (const mechanism of ["PLAIN", "SCRAM-SHA-256"] as const) {
    const p = likelihood(await guesses(arena, mechanism, times));
    console.log(`${p > TELLING ? "✓" : "✗"} C12 ${mechanism}: p = ${p.toFixed(3)} of ${times} guesses each`);
    if (p <= TELLING) faults.push(`${mechanism} tells by its time who is there`);
  }
  await arena[Symbol.asyncDispose]();
  return faults;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { times: { type: "string", default: "100" } },
  });
  const times = Number(values.times);
  const named = (id: string): boolean =>
    positionals.length === 0 || positionals.some((word) => id.startsWith(word));
  let faults = 0;
  for (const row of readRows().filter(({ id }) => named(id))) faults += (await soakRow(row, times)).length;
  if (named("C12")) faults += (await soakTiming(times * 10)).length;
  console.log(`\n${faults} faults`);
  return faults === 0 ? 0 : 1;
}

process.exitCode = await main();
