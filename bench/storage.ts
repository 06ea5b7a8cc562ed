// What a message costs in the SQLite storage: `node bench/storage.ts [messages] [accounts]`. Appends messages of 390 bytes, each in the logs of two
// accounts and in a commit of its own, so many in a turn of the loop; every commit is synced. Prints µs of CPU per message for the thread of the
// sessions and for all other threads, then what reading costs. The temporary directory should lie on a disk: in memory a sync costs nothing.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Codec, LogStore } from "../src/kernel/storage.ts";
import { SqliteStorage } from "../src/storage/sqlite/sqlite-storage.ts";
import { Jid } from "../src/xmpp/jid.ts";

const BATCHES = [1, 10, 50, 200];
const STANZA = new Uint8Array(390).fill(0x61);

const raw: Codec<Uint8Array> = { encode: (value) => value, decode: (bytes) => bytes };

interface Cost {
  readonly main: number;
  readonly others: number;
  readonly elapsed: number;
}

function accounts(count: number): readonly Jid[] {
  return Array.from({ length: count }, (_, at) => Jid.parse(`user${at}@example.org`)!);
}

/** Two accounts for a message, spread over all of them. */
function pair(people: readonly Jid[], key: number): readonly [Jid, Jid] {
  const at = Math.imul(key, 2654435761) >>> 0;
  return [people[at % people.length]!, people[(at >>> 7) % people.length]!];
}

/** CPU of this thread and of the others, in µs. */
function clocks(): readonly [number, number, number] {
  const mine = process.threadCpuUsage();
  const all = process.cpuUsage();
  const main = mine.user + mine.system;
  return [main, all.user + all.system - main, performance.now()];
}

async function measure(count: number, body: () => Promise<void>): Promise<Cost> {
  const before = clocks();
  await body();
  const after = clocks();
  return {
    main: (after[0] - before[0]) / count,
    others: (after[1] - before[1]) / count,
    elapsed: ((after[2] - before[2]) * 1000) / count,
  };
}

/** One turn after the other, each waiting for its commits: as many messages are in flight as there are in a batch. */
async function append(
  storage: SqliteStorage,
  log: LogStore<Uint8Array>,
  people: readonly Jid[],
  keys: readonly [first: number, end: number],
  batch: number,
): Promise<void> {
  for (let key = keys[0]; key < keys[1]; ) {
    let last: Promise<void> | undefined;
    for (let at = 0; at < batch && key < keys[1]; at++, key++) {
      const [from, to] = pair(people, key);
      const owners = [
        { owner: from, with: to },
        { owner: to, with: from },
      ];
      last = storage.commit([log.append(owners, key, STANZA)]);
    }
    // The last of a turn resolves after all before it.
    await last;
  }
}

function line(title: string, { main, others, elapsed }: Cost): void {
  const columns = [main, others, elapsed].map((value) => value.toFixed(2).padStart(10));
  console.log(`${title.padEnd(28)}${columns.join("")}`);
}

const messages = Number(process.argv[2] ?? 40_000);
const people = accounts(Number(process.argv[3] ?? 5000));
const directory = mkdtempSync(join(tmpdir(), "tercet-bench-"));
const storage = await SqliteStorage.open(directory);
const log = storage.log<Uint8Array>("messages", raw);
const warm = 2000;
await append(storage, log, people, [1, warm], 50);

console.log(
  `${"µs per message".padEnd(28)}${["main", "others", "elapsed"].map((name) => name.padStart(10)).join("")}`,
);
let key = warm;
for (const batch of BATCHES) {
  const count = batch === 1 ? messages / 20 : messages;
  const keys = [key, key + count] as const;
  key += count;
  const cost = await measure(count, () => append(storage, log, people, keys, batch));
  line(`append, ${batch} in a turn`, cost);
}

const reads = 500;
for (const [title, query] of [
  ["read 50 newest", { limit: 50, newest: true }],
  ["read 50 newest, one peer", { limit: 50, newest: true, with: people[1]! }],
] as const) {
  await log.page(people[0]!, query);
  const cost = await measure(reads, async () => {
    for (let at = 0; at < reads; at++) await log.page(people[(at * 37) % people.length]!, query);
  });
  line(title, cost);
}
await storage.close();
rmSync(directory, { recursive: true });
