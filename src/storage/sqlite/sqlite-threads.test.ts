import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Worker } from "node:worker_threads";
import type { StorageError } from "../../kernel/storage.ts";
import { fault, juliet, outcome, owner, raw, romeo, text } from "../contract/subject.ts";
import { faultOf } from "./sqlite-faults.ts";
import { type SqliteOptions, SqliteStorage } from "./sqlite-storage.ts";

interface Opened {
  readonly storage: SqliteStorage;
  readonly directory: string;
  /** The threads of the storage: writer, reader. */
  readonly threads: readonly Worker[];
}

async function opened(t: TestContext, options: SqliteOptions = {}): Promise<Opened> {
  const directory = mkdtempSync(join(tmpdir(), "tercet-threads-"));
  const threads: Worker[] = [];
  const note = (worker: Worker): void => void threads.push(worker);
  process.on("worker", note);
  const storage = await SqliteStorage.open(directory, options);
  process.off("worker", note);
  t.after(async () => {
    await storage.close();
    rmSync(directory, { recursive: true });
  });
  return { storage, directory, threads };
}

/** Waits until a statement gives this number, as another program would see it. */
async function settles(directory: string, sql: string, expected: number): Promise<void> {
  const db = new DatabaseSync(join(directory, "tercet.db"), { readOnly: true });
  try {
    for (let tries = 0; tries < 200; tries++) {
      if (db.prepare(sql).get()?.n === expected) return;
      await sleep(10);
    }
    assert.equal(db.prepare(sql).get()?.n, expected, sql);
  } finally {
    db.close();
  }
}

test("when the writer dies everything that waits is rejected, and the server is told once", async (t) => {
  const failures: StorageError[] = [];
  const { storage, threads } = await opened(t, { onFailure: (error) => failures.push(error) });
  const cards = storage.document<number>("vcard");
  await storage.commit([cards.set(romeo, 1)]);
  const [writer] = threads;
  const dead = once(writer!, "exit");
  await writer?.terminate();
  const waiting = [1, 2, 3].map((value) => outcome(storage.commit([cards.set(romeo, value)])));
  await dead;
  assert.deepEqual(await Promise.all(waiting), ["failed", "failed", "failed"]);
  await assert.rejects(storage.commit([cards.set(romeo, 4)]), fault("failed"));
  assert.deepEqual(
    failures.map((error) => error.fault),
    ["failed"],
  );
  assert.equal(await cards.get(romeo), 1);
});

test("when the reader dies reads are rejected and commits go on", async (t) => {
  const failures: StorageError[] = [];
  const { storage, threads } = await opened(t, { onFailure: (error) => failures.push(error) });
  const cards = storage.document<number>("vcard");
  await threads[1]?.terminate();
  await assert.rejects(cards.get(romeo), fault("failed"));
  await storage.commit([cards.set(romeo, 1)]);
  assert.equal(failures.length, 1);
});

test("a queue that the disk does not keep up with is full, and empties", async (t) => {
  const { storage } = await opened(t, { maxQueued: 1000 });
  const blobs = storage.document<Uint8Array>("blobs", raw);
  const commit = (): Promise<string> => outcome(storage.commit([blobs.set(romeo, new Uint8Array(800))]));
  assert.deepEqual(await Promise.all([commit(), commit(), commit(), commit()]), [
    "done",
    "done",
    "full",
    "full",
  ]);
  assert.equal(await commit(), "done");
});

test("what is committed while a commit is under way goes together", async (t) => {
  const { storage, directory, threads } = await opened(t);
  const values = storage.map<string>("values");
  await storage.commit([values.set(romeo, "a", "0")]);
  const answers: { readonly packets: number; readonly commits: number }[] = [];
  threads[0]!.on("message", (answer) => answers.push(answer));
  const other = new DatabaseSync(join(directory, "tercet.db"));
  other.exec("BEGIN IMMEDIATE");
  const commits: Promise<void>[] = [];
  // Each in a turn of its own, and none can be done before the other connection lets go.
  for (let at = 0; at < 10; at++) {
    commits.push(storage.commit([values.set(romeo, "a", `${at}`)]));
    await sleep(at === 0 ? 20 : 1);
  }
  other.exec("ROLLBACK");
  other.close();
  await Promise.all(commits);
  assert.deepEqual(
    answers.map(({ packets, commits }) => [packets, commits]),
    [
      [1, 1],
      [1, 9],
    ],
  );
  assert.equal(await values.get(romeo, "a"), "9");
});

test("a commit that cannot be packed is refused alone", async (t) => {
  const { storage } = await opened(t);
  const values = storage.map<number>("values");
  const outcomes = await Promise.all([
    outcome(storage.commit([values.set(romeo, "a", 1)])),
    outcome(storage.commit([values.set(romeo, "b", 2), values.set(null as never, "b", 2)])),
    outcome(storage.commit([values.set(juliet, "b", 3)])),
  ]);
  assert.deepEqual([outcomes[0], outcomes[2]], ["done", "done"]);
  assert.match(outcomes[1] ?? "", /TypeError/);
  assert.deepEqual(
    [...(await values.all(romeo)), ...(await values.all(juliet))],
    [
      ["a", 1],
      ["b", 3],
    ],
  );
});

test("more addresses than are remembered at once", async (t) => {
  const { storage } = await opened(t, { remembered: 5 });
  const values = storage.map<string>("values");
  const crowd = Array.from({ length: 40 }, (_, at) => owner(`user${at}`));
  for (let round = 0; round < 3; round++) {
    const commits = crowd.map(async (jid, at) => {
      // Some in the same turn of the loop, some in turns of their own.
      if (at % 3 === 0) await sleep(at / 10);
      await storage.commit([values.set(jid, `${round}`, jid.local)]);
    });
    await Promise.all(commits);
  }
  for (const jid of crowd) assert.deepEqual([...(await values.all(jid)).values()], Array(3).fill(jid.local));
});

test("rows of removed entries are deleted, an entry with its last owner", async (t) => {
  const { storage, directory } = await opened(t, { sweepAfter: 1 });
  const log = storage.log<string>("messages", text);
  const both = [
    { owner: romeo, with: juliet },
    { owner: juliet, with: romeo },
  ];
  for (let key = 1; key <= 300; key++) void storage.commit([log.append(both, key, `m${key}`)]);
  await storage.commit([log.trim(romeo, { newest: 100 }), log.remove(juliet, { keys: [1, 2, 3, 300] })]);
  await settles(directory, 'SELECT count(*) AS n FROM "log_messages"', 297);
  await settles(directory, 'SELECT count(*) AS n FROM "log_messages_index"', 100 + 296);
  await storage.commit([log.remove(juliet, { with: romeo }), log.remove(romeo)]);
  await settles(directory, 'SELECT count(*) AS n FROM "log_messages"', 0);
  await settles(directory, 'SELECT count(*) AS n FROM "log_messages_index"', 0);
  await settles(directory, 'SELECT count(*) AS n FROM "log_messages_cuts"', 0);
  await settles(directory, 'SELECT count(*) AS n FROM "log_messages_gone"', 0);
  assert.equal(await log.lastKey(), 300);
  await assert.rejects(storage.commit([log.append(both, 300, "again")]), fault("failed"));
});

test("what was removed before the index came to it is deleted without a place in the index", async (t) => {
  const { storage, directory } = await opened(t, { indexAfter: 500 });
  const log = storage.log<string>("messages", text);
  const append = (jid: typeof romeo, key: number): Promise<void> =>
    storage.commit([log.append([{ owner: jid, with: romeo }], key, `m${key}`)]);
  for (let key = 1; key < 499; key++) void append(key % 100 === 0 ? romeo : juliet, key);
  await append(juliet, 499);
  await storage.commit([log.trim(juliet, { since: 450 })]);
  void append(romeo, 500);
  await settles(directory, "SELECT indexed AS n FROM stores", 500);
  await settles(directory, 'SELECT count(*) AS n FROM "log_messages"', 5 + 50);
  await settles(directory, 'SELECT count(*) AS n FROM "log_messages_index"', 5 + 50);
  const keys = async (jid: typeof romeo): Promise<number[]> =>
    (await log.page(jid, { limit: 99 })).map(({ key }) => key);
  assert.deepEqual(await keys(romeo), [100, 200, 300, 400, 500]);
  assert.deepEqual(
    await keys(juliet),
    Array.from({ length: 50 }, (_, at) => 450 + at),
  );
});

test("the highest key stays known when its entry is deleted before the index came to it", async (t) => {
  const { storage, directory } = await opened(t, { sweepAfter: 1 });
  const log = storage.log<string>("messages", text);
  for (let key = 1; key <= 10; key++)
    void storage.commit([log.append([{ owner: juliet, with: romeo }], key, `m${key}`)]);
  await storage.commit([log.remove(juliet)]);
  await settles(directory, 'SELECT count(*) AS n FROM "log_messages"', 0);
  await settles(directory, 'SELECT count(*) AS n FROM "log_messages_cuts"', 0);
  await storage.close();
  const again = await SqliteStorage.open(directory);
  assert.equal(await again.log<string>("messages", text).lastKey(), 10);
  await again.close();
});

test("a run of the indexer that was cut short is passed over and done again", async (t) => {
  const { storage, directory } = await opened(t);
  const log = storage.log<string>("messages", text);
  for (let key = 1; key <= 5; key++)
    await storage.commit([log.append([{ owner: romeo, with: juliet }], key, `m${key}`)]);
  await storage.close();
  const db = new DatabaseSync(join(directory, "tercet.db"));
  db.exec('INSERT INTO "log_messages_index" VALUES (1, 2, 2), (1, 4, 2)');
  db.close();
  for (const indexAfter of [100, 1, 100]) {
    const again = await SqliteStorage.open(directory, { indexAfter });
    const reopened = again.log<string>("messages", text);
    const keys = async (): Promise<number[]> =>
      (await reopened.page(romeo, { limit: 9 })).map(({ key }) => key);
    assert.deepEqual(await keys(), [1, 2, 3, 4, 5]);
    if (indexAfter === 1) await settles(directory, "SELECT indexed AS n FROM stores", 5);
    assert.deepEqual(await keys(), [1, 2, 3, 4, 5]);
    assert.equal(await reopened.count(romeo), 5);
    await again.close();
  }
});

test("runs over many slices go unnoticed by readers, while entries come and go", async (t) => {
  const { storage, directory } = await opened(t, { indexAfter: 3000, sweepAfter: 20 });
  const log = storage.log<string>("messages", text);
  const crowd = Array.from({ length: 50 }, (_, at) => owner(`user${at}`));
  const owners = crowd.map((jid, at) => [
    { owner: jid, with: romeo },
    { owner: romeo, with: crowd[(at + 1) % 50]! },
  ]);
  for (let key = 1; key <= 9000; ) {
    let last: Promise<void> | undefined;
    for (let at = 0; at < 500; at++, key++)
      last = storage.commit([log.append(owners[key % 50]!, key, `m${key}`)]);
    const trimmed = storage.commit([
      log.trim(crowd[7]!, { newest: 20 }),
      log.remove(crowd[8]!, { with: romeo }),
    ]);
    await Promise.all([last, trimmed]);
    const newest = await log.page(crowd[9]!, { limit: 1000, newest: true });
    assert.deepEqual(
      newest.map((entry) => entry.key),
      Array.from({ length: (key - 1) / 50 }, (_, at) => 9 + at * 50),
    );
    assert.equal(await log.count(romeo), key - 1);
    assert.equal(await log.count(romeo, { with: crowd[10]! }), (key - 1) / 50);
    assert.equal(await log.count(crowd[7]!), Math.min(20, (key - 1) / 50));
    assert.equal(await log.count(crowd[8]!), 0);
  }
  await settles(directory, 'SELECT count(*) AS n FROM "log_messages_index"', 9000 + 48 * 180 + 20);
  assert.equal(await log.count(romeo), 9000);
});

test("a copy made while commits go on is whole and opens", async (t) => {
  const { storage, directory } = await opened(t, { indexAfter: 50 });
  const log = storage.log<string>("messages", text);
  let key = 0;
  let running = true;
  const load = (async () => {
    while (running)
      await storage.commit([log.append([{ owner: romeo, with: juliet }], ++key, "x".repeat(500))]);
  })();
  while (key < 100) await sleep(5);
  const least = key - 1;
  const copies = mkdtempSync(join(tmpdir(), "tercet-copy-"));
  t.after(() => rmSync(copies, { recursive: true }));
  assert.equal(await storage.backup(copies, "tercet.db"), join(copies, "tercet.db"));
  running = false;
  await load;
  const copy = await SqliteStorage.open(copies);
  const entries = await copy.log<string>("messages", text).page(romeo, { limit: 100_000 });
  assert.ok(entries.length >= least && entries.length <= key);
  assert.ok(entries.every((entry, at) => entry.key === at + 1));
  await copy.close();
  await assert.rejects(storage.backup(join(directory, "none", "copy.db"), ""), fault("failed"));
});

test("which fault an error of SQLite is", () => {
  const error = (errcode: number): Error => Object.assign(new Error("x"), { errcode });
  assert.equal(faultOf(error(13), "/"), "full");
  assert.equal(faultOf(error(8 | (1 << 8)), "/"), "read-only");
  assert.equal(faultOf(error(10), tmpdir()), "failed");
  assert.equal(faultOf(error(11), tmpdir()), "failed");
  assert.equal(faultOf(new Error("x"), tmpdir()), "failed");
});
