import assert from "node:assert/strict";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { DataDirectoryError } from "./data-directory-error.ts";
import { openDatabase } from "./open-database.ts";
import { type Migration, migrate, pragma } from "./schema.ts";
import { SqliteStorage } from "./sqlite-storage.ts";

interface Place {
  readonly directory: string;
  readonly path: string;
}

/** A directory with a database that holds 2,000 addresses. */
function filled(t: TestContext): Place {
  const directory = mkdtempSync(join(tmpdir(), "tercet-database-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const db = openDatabase(directory);
  const insert = db.prepare("INSERT INTO addresses (domain, local) VALUES ('example.org', ?)");
  db.exec("BEGIN");
  for (let at = 0; at < 2000; at++) insert.run(`user${at}`);
  db.exec("COMMIT");
  db.close();
  return { directory, path: join(directory, "tercet.db") };
}

/** The database is refused with a sentence that names it, and stays as it is. */
function refused({ directory, path }: Place, reason: RegExp): void {
  const before = existsSync(path) ? readFileSync(path) : undefined;
  assert.throws(
    () => openDatabase(directory),
    (error) =>
      error instanceof DataDirectoryError && error.message.includes(path) && reason.test(error.message),
  );
  assert.deepEqual(existsSync(path) ? readFileSync(path) : undefined, before);
}

test("a database that was opened before is opened again", (t) => {
  const { directory } = filled(t);
  const db = openDatabase(directory);
  assert.equal(db.prepare("SELECT count(*) AS n FROM addresses").get()?.n, 2000);
  assert.equal(pragma(db, "synchronous"), 2);
  assert.equal(db.prepare("PRAGMA journal_mode").get()?.journal_mode, "wal");
  db.close();
});

test("damage of every kind is refused with the file's name and what to do", (t) => {
  const restore =
    /is damaged \(.+\).*restore the newest backup with `tercet restore FILE --data \S+ --replace`/;
  const damages: Readonly<Record<string, (path: string, size: number) => void>> = {
    garbage: (path, size) => writeFileSync(path, Buffer.alloc(size, "garbage ")),
    truncated: (path, size) => truncateSync(path, size - 4096 * 3),
    "half a page": (path) => truncateSync(path, 2000),
    empty: (path) => truncateSync(path, 0),
    "a page overwritten": (path, size) => {
      const bytes = readFileSync(path);
      bytes.fill(0xa5, size - 4096 * 2, size - 4096);
      writeFileSync(path, bytes);
    },
  };
  for (const damage of Object.values(damages)) {
    const place = filled(t);
    damage(place.path, readFileSync(place.path).length);
    refused(place, restore);
  }
});

test("a database that this user may not write, or not even read, is refused", (t) => {
  const { directory, path } = filled(t);
  // The superuser may do everything.
  const root = process.getuid?.() === 0;
  const before = readFileSync(path);
  if (root) for (const file of [directory, path]) chownSync(file, 65_534, -1);
  for (const [mode, reason] of [
    [0o400, /tercet\.db is read-only: make it and its directory writable for the user/],
    [0o000, /tercet\.db cannot be opened \(.+\): make sure that the user who runs the server may read/],
  ] as const) {
    chmodSync(path, mode);
    if (root) process.seteuid?.(65_534);
    try {
      assert.throws(() => openDatabase(directory), { name: DataDirectoryError.name, message: reason });
    } finally {
      if (root) process.seteuid?.(0);
      chmodSync(path, 0o600);
    }
    assert.deepEqual(readFileSync(path), before);
  }
});

test("through the storage the sentence is the same, and the directory is let go", async (t) => {
  const place = filled(t);
  const good = readFileSync(place.path);
  writeFileSync(place.path, "garbage");
  for (let round = 0; round < 2; round++)
    await assert.rejects(
      SqliteStorage.open(place.directory),
      (error) => error instanceof DataDirectoryError && error.message.includes(`${place.path} is damaged`),
    );
  writeFileSync(place.path, good);
  await (await SqliteStorage.open(place.directory)).close();
});

test("the database of another program, and one whose log is left alone", (t) => {
  const foreign = filled(t);
  rmSync(foreign.path);
  const db = new DatabaseSync(foreign.path);
  db.exec("CREATE TABLE t (a)");
  db.close();
  refused(foreign, /is not a database of Tercet/);
  const headless = filled(t);
  renameSync(headless.path, `${headless.path}-wal`);
  refused(headless, /it is missing, but its log .*tercet.db-wal is there/);
});

test("a newer schema is refused with both versions", (t) => {
  const place = filled(t);
  const db = new DatabaseSync(place.path);
  db.exec("PRAGMA user_version = 99");
  db.close();
  refused(place, /newer release \(its schema is version 99, this release knows \d+\)/);
});

test("a first start that was cut short is begun anew", (t) => {
  const place = filled(t);
  rmSync(place.path);
  writeFileSync(`${place.path}.new`, "half");
  openDatabase(place.directory).close();
  assert.ok(existsSync(place.path) && !existsSync(`${place.path}.new`));
});

const first: Migration = { to: 1, run: (db) => db.exec("CREATE TABLE t (a)") };
const second: Migration = {
  to: 2,
  run: (db) => db.exec("ALTER TABLE t ADD COLUMN b; UPDATE t SET b = a * 2"),
};

test("migrations run once, in order, each with a copy of what was before", (t) => {
  const { directory } = filled(t);
  const db = new DatabaseSync(join(directory, "other.db"));
  t.after(() => db.close());
  migrate(db, directory, [first]);
  db.exec("INSERT INTO t VALUES (21)");
  writeFileSync(join(directory, "tercet.db.before-2.part"), "cut short");
  migrate(db, directory, [first, second]);
  migrate(db, directory, [first, second]);
  assert.equal(pragma(db, "user_version"), 2);
  assert.equal(db.prepare("SELECT b FROM t").get()?.b, 42);
  const copy = new DatabaseSync(join(directory, "tercet.db.before-2"));
  assert.equal(pragma(copy, "user_version"), 1);
  assert.deepEqual({ ...copy.prepare("SELECT * FROM t").get() }, { a: 21 });
  copy.close();
  assert.ok(!existsSync(join(directory, "tercet.db.before-1")));
});

test("a migration that fails leaves the database as it was", (t) => {
  const { directory } = filled(t);
  const db = new DatabaseSync(join(directory, "other.db"));
  t.after(() => db.close());
  migrate(db, directory, [first]);
  const broken: Migration = {
    to: 2,
    run: (at) => at.exec("CREATE TABLE u (a); INSERT INTO nowhere VALUES (1)"),
  };
  assert.throws(() => migrate(db, directory, [first, broken]), /nowhere/);
  assert.equal(pragma(db, "user_version"), 1);
  assert.equal(db.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'u'").get()?.n, 0);
});
