import assert from "node:assert/strict";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { juliet, romeo, text } from "../contract/subject.ts";
import { DataDirectoryError } from "./data-directory-error.ts";
import { SqliteStorage } from "./sqlite-storage.ts";

const FILES = ["tercet.db", "tercet.db-wal", "tercet.db-mark"];

function folder(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), "tercet-mark-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** What a kill leaves after 30 entries, and the database as it was after ten. */
async function killed(t: TestContext): Promise<{ readonly directory: string; readonly old: string }> {
  const running = folder(t);
  const storage = await SqliteStorage.open(running);
  const log = storage.log<string>("messages", text);
  const append = async (through: number): Promise<void> => {
    for (let key = 1 + (await log.lastKey()); key <= through; key++)
      await storage.commit([log.append([{ owner: romeo, with: juliet }], key, `m${key}`)]);
  };
  await append(10);
  const old = await storage.backup(join(running, "old.db"), "");
  await append(30);
  while (readFileSync(join(running, "tercet.db-mark"), "utf8") !== '{"messages":30}\n') await sleep(5);
  const directory = join(running, "killed");
  mkdirSync(directory);
  for (const name of FILES) copyFileSync(join(running, name), join(directory, name));
  await storage.close();
  return { directory, old };
}

async function count(directory: string): Promise<number> {
  const storage = await SqliteStorage.open(directory);
  const found = await storage.log<string>("messages", text).count(romeo);
  await storage.close();
  return found;
}

async function refused(directory: string): Promise<void> {
  await assert.rejects(count(directory), (error) => {
    assert.ok(error instanceof DataDirectoryError && error.damaged, String(error));
    assert.match(
      error.message,
      /tercet\.db is damaged \(the newest entries of its log "messages" are missing: .*tercet\.db-wal was cut short, or is an older file\): restore .* to go on without them, delete .*tercet\.db-mark$/,
    );
    return true;
  });
}

test("after a kill everything is there, and the mark goes along with what comes", async (t) => {
  const { directory } = await killed(t);
  assert.equal(await count(directory), 30);
  assert.equal(readFileSync(join(directory, "tercet.db-mark"), "utf8"), '{"messages":30}\n');
});

test("a log of commits that was cut short is refused, and one that is missing", async (t) => {
  const { directory } = await killed(t);
  const wal = join(directory, "tercet.db-wal");
  truncateSync(wal, readFileSync(wal).length - 3000);
  await refused(directory);
  truncateSync(wal, 0);
  await refused(directory);
  rmSync(wal);
  await refused(directory);
  rmSync(join(directory, "tercet.db-mark"));
  assert.ok((await count(directory)) < 30);
});

test("bits that changed in the log of commits are refused", async (t) => {
  const { directory } = await killed(t);
  const wal = join(directory, "tercet.db-wal");
  const bytes = readFileSync(wal);
  bytes[Math.floor(bytes.length / 2)]! ^= 0x10;
  writeFileSync(wal, bytes);
  await refused(directory);
});

test("an older file in the place of the database is refused", async (t) => {
  const { directory, old } = await killed(t);
  rmSync(join(directory, "tercet.db-wal"));
  copyFileSync(old, join(directory, "tercet.db"));
  await refused(directory);
});

test("a mark that a power cut has spoilt says nothing", async (t) => {
  const { directory } = await killed(t);
  for (const spoilt of ["", '{"messages":3', "\0\0\0\0"]) {
    writeFileSync(join(directory, "tercet.db-mark"), spoilt);
    assert.equal(await count(directory), 30);
  }
});
