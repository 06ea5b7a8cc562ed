// Backup under load, and its restoration on another machine's directory: R20.

import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { run } from "../support/process.ts";
import { bind } from "../support/romeo.ts";
import { Chance } from "./chance.ts";
import { FaultyServer } from "./faulty-server.ts";
import { Ledger } from "./ledger.ts";
import { Management } from "./management.ts";
import { type PlainClient, plainLogin } from "./plain-client.ts";
import { numbers, tell, waiting } from "./waiting-messages.ts";

const scratch = mkdtempSync(join(tmpdir(), "tercet-backup-"));
after(() => rmSync(scratch, { recursive: true, force: true }));

/** Sends numbered messages to somebody who is offline, always a few at a time, until told to stop; `known` is what the server has handled. */
class Sender {
  known = 0;
  #stopped = false;
  readonly #client: PlainClient;
  readonly #done: Promise<void>;

  constructor(client: PlainClient, to: string) {
    this.#client = client;
    this.#done = this.#run(to);
  }

  stop(): Promise<void> {
    this.#stopped = true;
    return this.#done;
  }

  async #run(to: string): Promise<void> {
    while (!this.#stopped) {
      const through = this.known + 10;
      await tell(this.#client, to, 10, this.known + 1);
      this.known = through;
    }
  }
}

test("every message that was accepted before a backup began is there after its restoration elsewhere", async (t) => {
  await using server = FaultyServer.make();
  await server.start();
  await server.register("a", "b", "c", "offline-a", "offline-b", "offline-c");
  const senders = await Promise.all(
    ["a", "b", "c"].map(async (user) => new Sender(await server.login(user), `offline-${user}@h.test`)),
  );
  while (senders.some(({ known }) => known < 50)) await new Promise((turn) => setImmediate(turn));
  const known = senders.map((sender) => sender.known);
  const file = join(scratch, "under-load.db");
  const made = await run("tercetctl", "--data", server.data, "backup", file);
  assert.deepEqual([made.code, made.out], [0, ""]);
  assert.ok(
    senders.every((sender, at) => sender.known > known[at]!),
    "the server stood still during the backup",
  );
  await Promise.all(senders.map((sender) => sender.stop()));
  await server.end("SIGKILL");

  await using other = FaultyServer.make();
  const restored = await run("tercet", "restore", file, "--data", other.data);
  assert.deepEqual([restored.code, restored.out], [0, `${other.data} has the database of ${file}\n`]);
  await other.start();
  for (const [at, user] of ["a", "b", "c"].entries()) {
    const found = await waiting(other, `offline-${user}`);
    assert.ok(found.length >= known[at]!, `${found.length} of ${known[at]}`);
    assert.deepEqual(found, numbers(found.length));
    t.diagnostic(`${user}: ${known[at]} accepted before the backup, ${found.length} in it`);
  }
});

test("a session of the time of the backup is not resumed; what it had not acknowledged waits", async () => {
  await using server = await FaultyServer.make().start();
  await server.register("romeo", "juliet");
  const stream = await plainLogin(server.process.port, "juliet");
  await bind(stream, "old");
  const ledger = new Ledger("");
  const management = new Management({ name: "juliet", ledger, chance: new Chance(1) });
  await management.enable(stream);
  stream.write("<presence/>");
  await stream.find(({ name }) => name === "presence", "presence");
  stream.destroy();
  const romeo = await server.login("romeo");
  await tell(romeo, "juliet@h.test", 3);
  const file = join(scratch, "session.db");
  assert.equal((await server.command("backup", file)).exit, 0);
  await server.end("SIGKILL");
  const restored = await run("tercet", "restore", file, "--data", server.data, "--replace");
  assert.equal(restored.code, 0, restored.out);
  await server.start();
  const again = await plainLogin(server.process.port, "juliet");
  assert.equal(await management.resume(again), false);
  again.destroy();
  assert.deepEqual(await waiting(server, "juliet"), numbers(3));
});

test("a database that is damaged: the sentence of the start names the command, and that command mends it", async () => {
  await using server = FaultyServer.make();
  await server.start();
  await server.register("a", "b");
  const client = await server.login("a");
  await tell(client, "b@h.test", 1);
  const backups = mkdtempSync(join(scratch, "daily-"));
  const made = await run("tercetctl", "--data", server.data, "backup", backups);
  const [, file] = /^Written to (\/\S+\/tercet-\d{8}-\d{6}\.db)\n$/.exec(made.out) ?? [];
  assert.ok(file !== undefined && existsSync(file), made.out);
  await server.end();
  const running = join(server.data, "tercet.db");
  damage(running);
  const refused = await server.refusal();
  assert.equal(refused.code, 65);
  const [, command] = /`tercet (restore FILE --data \S+ --replace)`/.exec(refused.out) ?? [];
  assert.ok(command !== undefined && refused.out.includes(running), refused.out);
  const words = command.replace("FILE", file).split(" ");
  const restored = await run("tercet", ...words);
  assert.equal(restored.code, 0, restored.out);
  assert.match(restored.out, /^What was there is in \S+\/data\/replaced-\d{8}T\d{6}Z$/m);
  await server.start();
  assert.deepEqual(await waiting(server, "b"), [1]);
  const under = await run("tercet", ...words);
  assert.equal(under.code, 1);
  assert.match(
    under.out,
    new RegExp(`in use by another server \\(process ${server.pid}\\): stop that server first`),
  );
});

function damage(path: string): void {
  const bytes = readFileSync(path);
  bytes.fill(0xa5, 4096, 8192);
  writeFileSync(path, bytes);
}
