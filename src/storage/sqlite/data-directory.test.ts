import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { owner, text } from "../contract/subject.ts";
import { DataDirectoryError } from "./data-directory-error.ts";
import { SqliteStorage } from "./sqlite-storage.ts";

const program = fileURLToPath(new URL("../../../test/support/storage-process.ts", import.meta.url));
const romeo = owner("romeo");

function directoryFor(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), "tercet-directory-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

interface Server {
  readonly process: ChildProcessWithoutNullStreams;
  readonly lines: string[];
  /** Resolves with the next line. */
  readonly next: () => Promise<string>;
  readonly gone: Promise<unknown>;
}

function start(t: TestContext, ...words: readonly string[]): Server {
  const child = spawn(process.execPath, [program, ...words]);
  t.after(() => child.kill("SIGKILL"));
  child.stderr.pipe(process.stderr);
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on("line", (line) => lines.push(line));
  const next = async (): Promise<string> => String((await once(reader, "line"))[0]);
  return { process: child, lines, next, gone: once(child, "close") };
}

/** The sentence that refuses the directory. */
async function refusal(directory: string): Promise<string> {
  const storage = await SqliteStorage.open(directory).catch((error: unknown) => error);
  if (storage instanceof SqliteStorage) await storage.close();
  assert.ok(storage instanceof DataDirectoryError, `${storage}`);
  return storage.message;
}

test("a second server is told who has the directory", async (t) => {
  const directory = directoryFor(t);
  const first = start(t, directory);
  assert.equal(await first.next(), "open");
  assert.match(
    await refusal(directory),
    new RegExp(`${directory} is in use by .*process ${first.process.pid}\\b`),
  );
  first.process.stdin.end();
  await first.gone;
  assert.ok(!existsSync(join(directory, "lock.pid")));
  const storage = await SqliteStorage.open(directory);
  assert.match(await refusal(directory), new RegExp(`process ${process.pid}\\b`));
  await storage.close();
});

test("after kill -9 a start at once finds every commit that had resolved", async (t) => {
  const directory = directoryFor(t);
  for (let round = 0; round < 2; round++) {
    const server = start(t, directory, "append");
    while (server.lines.length < 300 + round * 77) await server.next();
    server.process.kill("SIGKILL");
    const [storage] = await Promise.all([SqliteStorage.open(directory), server.gone]);
    const acknowledged = Number(server.lines.at(-1));
    const log = storage.log<string>("messages", text);
    const entries = await log.page(romeo, { limit: 100_000 });
    assert.ok(entries.length >= acknowledged, `${entries.length} entries, ${acknowledged} acknowledged`);
    assert.ok(entries.every(({ key, value }, at) => key === at + 1 && value === `m${key}`));
    assert.equal(await log.lastKey(), entries.length);
    await storage.close();
  }
});

test("of several starts at the same moment exactly one wins", async (t) => {
  const directory = directoryFor(t);
  const moment = String(Date.now() + 700);
  const servers = [1, 2, 3, 4].map(() => start(t, directory, "at", moment));
  const answers = await Promise.all(servers.map(({ next }) => next()));
  assert.equal(answers.filter((line) => line === "open").length, 1, answers.join("\n"));
  const winner = servers[answers.indexOf("open")]!.process.pid;
  for (const line of answers)
    if (line !== "open") assert.match(line, new RegExp(`in use by another server \\(process ${winner}\\)`));
});

test("the pid of another program in the pid file is no obstacle", async (t) => {
  const directory = directoryFor(t);
  writeFileSync(join(directory, "lock.pid"), `${process.ppid}\n`);
  await (await SqliteStorage.open(directory)).close();
});

test("a copied directory is a directory of its own", async (t) => {
  const directory = directoryFor(t);
  const copy = join(directoryFor(t), "copy");
  const first = await SqliteStorage.open(directory);
  const cards = first.document<string>("vcard");
  await first.commit([cards.set(romeo, "Romeo")]);
  cpSync(directory, copy, { recursive: true });
  const second = await SqliteStorage.open(copy);
  assert.equal(await second.document<string>("vcard").get(romeo), "Romeo");
  await first.close();
  await second.close();
});

test("what is missing is made for this user alone", async (t) => {
  const directory = join(directoryFor(t), "a", "b");
  await (await SqliteStorage.open(directory)).close();
  assert.equal(statSync(directory).mode & 0o777, 0o700);
  assert.equal(statSync(join(directory, "tercet.db")).mode & 0o777, 0o600);
});

test("a path where nothing can be made is refused at once", { skip: !existsSync("/proc") }, async (t) => {
  const server = start(t, "/proc/tercet/data");
  assert.match(
    await Promise.race([server.next(), sleep(20_000, "nothing", { ref: false })]),
    /^refused: the data directory \/proc\/tercet\/data cannot be used \(.+\): give the server another/,
  );
});

test("a path that is no directory, and one without permission", async (t) => {
  const directory = directoryFor(t);
  const file = join(directory, "file");
  writeFileSync(file, "x");
  assert.match(await refusal(file), /file cannot be the data directory.*not a directory/);
  assert.match(await refusal(join(file, "below")), /not a directory/);
  const closed = join(directory, "closed");
  mkdirSync(closed, { mode: 0o500 });
  // The superuser may write everywhere.
  if (process.getuid?.() === 0) process.seteuid?.(65_534);
  try {
    assert.match(await refusal(closed), /no permission to read and write the data directory .*closed/);
  } finally {
    if (process.getuid?.() === 0) process.seteuid?.(0);
  }
});
