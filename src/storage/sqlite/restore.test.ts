import assert from "node:assert/strict";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { fault, juliet, romeo, text } from "../contract/subject.ts";
import { DataDirectoryError } from "./data-directory-error.ts";
import { restoreBackup } from "./restore.ts";
import { SqliteStorage } from "./sqlite-storage.ts";

interface Place {
  readonly root: string;
  readonly directory: string;
  readonly backup: string;
}

/** Stores values one after the other, as many as there are, in a directory; gives what was there before. */
async function holds(directory: string, ...values: readonly number[]): Promise<number | undefined> {
  const storage = await SqliteStorage.open(directory);
  try {
    const cards = storage.document<number>("vcard");
    const log = storage.log<string>("messages", text);
    const before = await cards.get(romeo);
    const sessions = storage.map<number>("sessions");
    await storage.commit([sessions.set(romeo, "id", 1)]);
    let key = await log.lastKey();
    for (const value of values) {
      const entry = log.append([{ owner: romeo, with: juliet }], ++key, `m${value}`);
      await storage.commit([cards.set(romeo, value), entry]);
    }
    return before;
  } finally {
    await storage.close();
  }
}

/** A directory that holds 2, and a backup from when it held 1. */
async function place(t: TestContext): Promise<Place> {
  const root = mkdtempSync(join(tmpdir(), "tercet-restore-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const directory = join(root, "data");
  await holds(directory, 1);
  const storage = await SqliteStorage.open(directory);
  const backup = await storage.backup(root, "backup.db");
  await storage.close();
  await holds(directory, 2);
  return { root, directory, backup };
}

function restore(from: Place, more: Partial<Parameters<typeof restoreBackup>[0]> = {}): string | undefined {
  const { backup: file, directory } = from;
  return restoreBackup({ file, directory, replace: false, aside: "replaced", ...more });
}

function refuses(what: () => unknown, reason: RegExp, damaged = false): void {
  assert.throws(what, (error) => {
    assert.ok(error instanceof DataDirectoryError, String(error));
    assert.match(error.message, reason);
    assert.equal(error.damaged, damaged);
    return true;
  });
}

test("a backup is a file for the server's user alone; only an earlier backup is written over", async (t) => {
  const { root, directory, backup } = await place(t);
  assert.equal(statSync(backup).mode & 0o777, 0o600);
  const other = join(root, "other");
  await holds(other, 7);
  const storage = await SqliteStorage.open(directory);
  t.after(() => storage.close());
  assert.equal(await storage.backup(backup, "unused"), backup);
  writeFileSync(join(root, "notes"), "mine");
  for (const target of ["notes", "data/tercet.db", "other/tercet.db", "data/lock.db"]) {
    const before = readFileSync(join(root, target));
    await assert.rejects(storage.backup(join(root, target), ""), {
      message: `${join(root, target)} is there already and is no backup: name another file`,
    });
    assert.deepEqual(readFileSync(join(root, target)), before);
  }
  await assert.rejects(storage.backup(join(root, "none", "x"), ""), /there is no directory .*none$/);
  assert.deepEqual(
    readdirSync(root).filter((name) => name.endsWith(".part")),
    [],
  );
});

test("one backup at a time, and the end of the storage waits for none", async (t) => {
  const { root, directory } = await place(t);
  const storage = await SqliteStorage.open(directory);
  const first = storage.backup(join(root, "first.db"), "");
  const ended = assert.rejects(first, fault("closed"));
  await assert.rejects(storage.backup(join(root, "second.db"), ""), fault("conflict"));
  await storage.close();
  await ended;
  const again = await SqliteStorage.open(directory);
  const cut = assert.rejects(again.backup(join(root, "first.db"), ""), fault("failed"));
  await again.commit([]);
  await new Promise((begun) => setImmediate(begun));
  await again.close();
  await cut;
  assert.ok(!existsSync(join(root, "first.db")) && !existsSync(join(root, "first.db.part")));
});

test("into a new directory, and on with it", async (t) => {
  const from = await place(t);
  const directory = join(from.root, "new", "data");
  assert.equal(restore(from, { directory }), undefined);
  assert.equal(statSync(join(directory, "tercet.db")).mode & 0o777, 0o600);
  assert.equal(await holds(directory, 9), 1);
  assert.equal(await holds(directory), 9);
});

test("stores that are to be empty are, others are as they were", async (t) => {
  const from = await place(t);
  const directory = join(from.root, "new");
  restore(from, { directory, emptied: ["sessions", "vcard", "none"] });
  const storage = await SqliteStorage.open(directory);
  t.after(() => storage.close());
  assert.deepEqual(await storage.map<number>("sessions").all(romeo), new Map());
  assert.equal(await storage.document<number>("vcard").get(romeo), 1);
});

test("where there is a database, only when told so, and it is kept with all that belongs to it", async (t) => {
  const from = await place(t);
  const { directory } = from;
  refuses(() => restore(from), /data holds a database already: add --replace .* kept in .*data\/replaced$/);
  assert.equal(await holds(directory), 2);
  // What a server leaves that was killed: the log beside the database.
  const storage = await SqliteStorage.open(directory);
  await storage.commit([storage.document<number>("vcard").set(romeo, 3)]);
  const left = join(from.root, "left");
  mkdirSync(left);
  for (const name of readdirSync(directory).filter((one) => one.startsWith("tercet.db")))
    copyFileSync(join(directory, name), join(left, name));
  await storage.close();
  assert.equal(restore({ ...from, directory: left }, { replace: true }), join(left, "replaced"));
  assert.ok(existsSync(join(left, "replaced", "tercet.db-wal")));
  assert.equal(await holds(left), 1);
  assert.equal(await holds(join(left, "replaced")), 3);
});

test("wherever it is cut short, the start finds what was there or refuses, and once more completes it", async (t) => {
  const from = await place(t);
  const { directory } = from;
  copyFileSync(from.backup, join(directory, "tercet.db.restored"));
  assert.equal(await holds(directory), 2);
  for (const gone of ["tercet.db", "tercet.db-mark"]) {
    rmSync(join(directory, gone));
    await assert.rejects(holds(directory), /it is missing, but the backup .*restored is there\): restore/);
  }
  restore(from);
  assert.equal(await holds(directory), 1);
});

test("I25: not under a server, and no file but a whole backup that this release knows", async (t) => {
  const from = await place(t);
  const { root, directory, backup } = from;
  const running = await SqliteStorage.open(directory);
  refuses(() => restore(from, { replace: true }), /in use by another server \(process \d+\): stop that/);
  await running.close();
  const own = join(directory, "tercet.db");
  refuses(() => restore(from, { file: own, replace: true }), /is the database of that directory itself/);
  refuses(() => restore(from, { file: join(root, "none") }), /^there is no file .*none$/);
  const file = join(root, "bad.db");
  writeFileSync(file, "no database at all, but long enough to be looked at".repeat(20));
  refuses(() => restore(from, { file }), /bad.db is damaged \(.+\): take an older one/, true);
  const bytes = readFileSync(backup);
  writeFileSync(file, bytes.subarray(0, bytes.length - 5000));
  refuses(() => restore(from, { file }), /bad.db is damaged/, true);
  copyFileSync(backup, file);
  const db = new DatabaseSync(file);
  db.exec("PRAGMA user_version = 99");
  refuses(() => restore(from, { file }), /newer release \(its schema is version 99.* restore it with that/);
  db.exec("PRAGMA application_id = 1");
  refuses(() => restore(from, { file }), /is no backup of Tercet/);
  db.close();
  assert.equal(await holds(directory), 2);
});
