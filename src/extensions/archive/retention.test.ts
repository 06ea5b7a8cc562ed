import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryArchive } from "../../../test/support/memory-archive.ts";
import { SteppedWorld } from "../../../test/support/stepped-world.ts";
import { createLog } from "../../base/log.ts";
import { StorageError } from "../../kernel/storage.ts";
import { type Limits, Retention } from "./retention.ts";

const HOUR = 3_600_000;
const NOW = 1000 * HOUR;

/** `perAccount` messages, an hour apart and the last one of this moment, for each of the accounts. */
function filled(accounts: readonly string[], perAccount = 5): MemoryArchive {
  const archive = new MemoryArchive();
  for (const account of accounts) {
    for (let n = perAccount - 1; n >= 0; n--)
      archive.add(account, (NOW - n * HOUR) * 1000, "a@h.test", account);
  }
  return archive;
}

interface Run {
  readonly archive: MemoryArchive;
  readonly world: SteppedWorld;
  readonly lines: string[];
  hour(): Promise<void>;
}

function start(archive: MemoryArchive, limits: Partial<Limits>): Run {
  const world = new SteppedWorld(NOW);
  const lines: string[] = [];
  const write = (line: string): void => void lines.push(line);
  const log = createLog({ level: "warn", format: "json", now: () => NOW, write });
  const all = { age: undefined, messages: undefined, ...limits };
  new Retention(archive, { hosts: ["h.test", "g.test"] }, world, log, () => all).start();
  const hour = async (): Promise<void> => {
    world.pass(HOUR);
    while (world.timers === 0) await new Promise(setImmediate);
  };
  return { archive, world, lines, hour };
}

test("without limits nothing is looked at", async () => {
  const { archive, hour } = start(filled(["a@h.test"]), {});
  await hour();
  assert.deepEqual([archive.pages, archive.trims], [0, []]);
});

test("what is older goes, every hour, and what is not old is not touched", async () => {
  const run = start(filled(["a@h.test", "b@g.test"]), { age: 5 * HOUR });
  await run.hour();
  assert.deepEqual(run.archive.trims, []);
  await run.hour();
  const since = (NOW - 3 * HOUR) * 1000;
  assert.deepEqual(run.archive.trims, [
    ["a@h.test", { since }],
    ["b@g.test", { since }],
  ]);
});

test("what is too much goes, of all accounts", async () => {
  const names = Array.from({ length: 250 }, (_one, n) => `u${1000 + n}@h.test`);
  const archive = filled(names, 3);
  archive.add("u1007@h.test", NOW * 1000 + 1, "a@h.test", "u1007@h.test");
  archive.add("u1249@h.test", NOW * 1000 + 1, "a@h.test", "u1249@h.test");
  const run = start(archive, { messages: 3, age: 100 * HOUR });
  await run.hour();
  assert.deepEqual(run.archive.trims, [
    ["u1007@h.test", { newest: 3 }],
    ["u1249@h.test", { newest: 3 }],
  ]);
});

test("a store that fails is tried again an hour later; one that is closed is the end", async () => {
  const archive = filled(["a@h.test"]);
  const run = start(archive, { age: HOUR });
  const { trim } = archive;
  archive.trim = () => Promise.reject(new StorageError("full", "no room"));
  await run.hour();
  assert.equal(run.lines.length, 1);
  archive.trim = () => Promise.reject(new StorageError("closed", "closed"));
  await run.hour();
  assert.equal(run.lines.length, 1);
  archive.trim = trim;
  await run.hour();
  assert.equal(archive.trims.length, 1);
});
