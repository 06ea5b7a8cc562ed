// A database, a log of commits or a row that is not what it was: R06.

import assert from "node:assert/strict";
import {
  copyFileSync,
  cpSync,
  existsSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import { run } from "../support/process.ts";
import { FaultyServer } from "./faulty-server.ts";
import { numbers, tell, waiting } from "./waiting-messages.ts";

const MESSAGES = 30;

type Ending = "SIGTERM" | "SIGKILL";

/** The directories of a server that was ended so, with a backup from when half of its messages were there. */
async function left(signal: Ending): Promise<string> {
  const server = await FaultyServer.make().start();
  await server.register("romeo", "juliet");
  const romeo = await server.login("romeo");
  await tell(romeo, "juliet@h.test", MESSAGES / 2);
  const backup = join(server.directory, "backup.db");
  assert.deepEqual(await server.command("backup", backup), { out: "", err: "", exit: 0 });
  await tell(romeo, "juliet@h.test", MESSAGES / 2, MESSAGES / 2 + 1);
  const mark = join(server.data, "tercet.db-mark");
  const marked = readFileSync(mark, "utf8");
  // The mark goes along within a tenth of a second; what was lost later than that it does not know.
  await tell(romeo, "romeo@h.test", 1);
  while (readFileSync(mark, "utf8") === marked) await romeo.ping();
  await server.end(signal);
  return server.directory;
}

const lefts = { SIGTERM: await left("SIGTERM"), SIGKILL: await left("SIGKILL") };
after(() => {
  for (const directory of Object.values(lefts)) rmSync(directory, { recursive: true });
});

/** A copy of that for one test, not running. */
function ended(signal: Ending): { server: FaultyServer; file: string; backup: string } {
  const server = FaultyServer.make();
  cpSync(join(lefts[signal], "data"), server.data, { recursive: true });
  rmSync(join(server.data, "control.sock"), { force: true });
  return { server, file: join(server.data, "tercet.db"), backup: join(lefts[signal], "backup.db") };
}

function flip(path: string, at: (size: number) => number): void {
  change(path, (bytes) => {
    const position = at(bytes.length);
    bytes[position] = bytes[position]! ^ 0x10;
  });
}

function change(path: string, how: (bytes: Buffer) => void): void {
  const bytes = readFileSync(path);
  how(bytes);
  writeFileSync(path, bytes);
}

const damages: Readonly<
  Record<string, { signal: Ending; how: (file: string, backup: string) => void; says: RegExp }>
> = {
  "a bit in the header of a page": {
    signal: "SIGTERM",
    how: (file) => flip(file, () => 4096 * 2),
    says: /is damaged \(.*(?:Tree|Page|page).*\)/,
  },
  "a page of zeros": {
    signal: "SIGTERM",
    how: (file) => change(file, (bytes) => void bytes.fill(0, 4096 * 3, 4096 * 4)),
    says: /is damaged \(.*(?:Tree|Page|page).*\)/,
  },
  "a bit in the header of the file": {
    signal: "SIGTERM",
    how: (file) => flip(file, () => 3),
    says: /is damaged \(file is not a database\)/,
  },
  "a file that was cut short": {
    signal: "SIGTERM",
    how: (file) => truncateSync(file, statSync(file).size - 4096 * 2),
    says: /is damaged \(/,
  },
  "a log of commits that was cut short": {
    signal: "SIGKILL",
    how: (file) => truncateSync(`${file}-wal`, statSync(`${file}-wal`).size / 2),
    says: /is damaged \(the newest entries of its log "messages" are missing/,
  },
  "a bit in the log of commits": {
    signal: "SIGKILL",
    how: (file) => flip(`${file}-wal`, (size) => size / 2),
    says: /is damaged \(the newest entries of its log "messages" are missing/,
  },
  "a log of commits that is gone": {
    signal: "SIGKILL",
    how: (file) => rmSync(`${file}-wal`),
    // What is left may be a database that is too young to be one.
    says: /is damaged \(/,
  },
  "an older file in its place": {
    signal: "SIGTERM",
    how: (file, backup) => copyFileSync(backup, file),
    says: /is damaged \(the newest entries of its log "messages" are missing.*or is an older file\)/,
  },
};

for (const [name, { signal, how, says }] of Object.entries(damages)) {
  test(`${name}: the start refuses, changes nothing, and names the command that mends it`, async () => {
    const { server, file, backup } = ended(signal);
    await using _ = server;
    how(file, backup);
    const files = [file, `${file}-wal`, `${file}-mark`].filter((path) => existsSync(path));
    const before = files.map((path) => readFileSync(path));
    const { out, code } = await server.refusal();
    assert.equal(code, 65, out);
    assert.match(out, says);
    assert.ok(out.includes(file) && !/\n +at /.test(out), out);
    assert.ok(out.includes(`\`tercet restore FILE --data ${server.data} --replace\``), out);
    assert.deepEqual(
      files.map((path) => readFileSync(path)),
      before,
    );
    const restored = await run("tercet", "restore", backup, "--data", server.data, "--replace");
    assert.equal(restored.code, 0, restored.out);
    const db = new DatabaseSync(file, { readOnly: true });
    assert.equal(db.prepare("SELECT count(*) AS n FROM log_messages").get()?.["n"], MESSAGES / 2);
    db.close();
  });
}

test("a server on what was restored", async () => {
  const { server, backup } = ended("SIGKILL");
  await using _ = server;
  const restored = await run("tercet", "restore", backup, "--data", server.data, "--replace");
  assert.equal(restored.code, 0, restored.out);
  await server.start();
  assert.deepEqual(await waiting(server, "juliet"), numbers(MESSAGES / 2));
});

test("the index of the log of commits (-shm) is made anew", async () => {
  const { server, file } = ended("SIGKILL");
  await using _ = server;
  rmSync(`${file}-shm`);
  await server.start();
  assert.deepEqual(await waiting(server, "juliet"), numbers(MESSAGES));
});

test("a message that cannot be decoded is passed over with a line in the log; all others come", async () => {
  const { server, file } = ended("SIGTERM");
  await using _ = server;
  const db = new DatabaseSync(file);
  const spoil =
    "UPDATE log_messages SET value = x'ff00ff' WHERE key IN (SELECT key FROM log_messages ORDER BY key LIMIT 2 OFFSET 6)";
  assert.equal(db.prepare(spoil).run().changes, 2);
  db.close();
  await server.start();
  assert.deepEqual(
    await waiting(server, "juliet"),
    numbers(MESSAGES).filter((n) => n !== 7 && n !== 8),
  );
  assert.match(server.out, /ERROR an entry cannot be read and is passed over store=messages key=\d+ error=/);
  const romeo = await server.login("romeo");
  await tell(romeo, "juliet@h.test", 3);
  assert.deepEqual(await waiting(server, "juliet"), numbers(3));
});
