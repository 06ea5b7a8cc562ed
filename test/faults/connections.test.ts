// Clients that fall silent, that do not read, and that all come back at once: R11, R12, R13.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { bind, child, text } from "../support/romeo.ts";
import { Chance } from "./chance.ts";
import { FaultyServer } from "./faulty-server.ts";
import { Ledger } from "./ledger.ts";
import { Management } from "./management.ts";
import { plainLogin } from "./plain-client.ts";
import { tell, waiting } from "./waiting-messages.ts";

/** Everything that is waited for when a client is silent takes a second. */
const IMPATIENT = "silence_timeout: 1s, answer_timeout: 1s, resume_timeout: 1s";

class ClientProcess implements Disposable {
  readonly #process: ChildProcess;
  #out = "";

  constructor(port: number, ...words: readonly string[]) {
    const program = new URL("client-process.ts", import.meta.url).pathname;
    this.#process = spawn(process.execPath, [program, String(port), ...words], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#process.stdout!.setEncoding("utf8").on("data", (text: string) => {
      this.#out += text;
    });
  }

  async says(line: string): Promise<void> {
    while (!this.#out.split("\n").includes(line)) await once(this.#process.stdout!, "data");
  }

  /** It neither reads nor answers any more, and its connection stays. */
  stop(): void {
    this.#process.kill("SIGSTOP");
  }

  [Symbol.dispose](): void {
    this.#process.kill("SIGKILL");
  }
}

for (const mode of ["managed", "plain"]) {
  test(`a ${mode} client stands still with its connection open: what is sent to it ends elsewhere`, async () => {
    await using server = await FaultyServer.make("", undefined, IMPATIENT).start();
    await server.register("romeo", "juliet");
    using stopped = new ClientProcess(server.process.port, "juliet", "stopped", mode);
    await stopped.says("ready");
    const romeo = await server.login("romeo");
    await tell(romeo, "juliet@h.test", 1);
    await stopped.says("1");
    stopped.stop();
    const count = async (): Promise<string> => (await server.command("connected_users_number")).out;
    if (mode === "managed") await tell(romeo, "juliet@h.test", 5, 2);
    // Those who speak stay.
    while ((await count()) !== "1\n") {
      await romeo.ping();
      await sleep(50);
    }
    if (mode === "plain") await tell(romeo, "juliet@h.test", 5, 2);
    const found = await waiting(server, "juliet");
    assert.deepEqual(found.slice(-5), [2, 3, 4, 5, 6]);
    await server.process.program.says(/logged out jid=juliet@h\.test\/stopped /);
  });
}

function residentBytes(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) * 1024;
}

for (const managed of [true, false]) {
  test(`who does not read is held ${managed ? "with" : "without"} stream management, within limits, and gets everything later`, async (t) => {
    await using server = await FaultyServer.make().start();
    await server.register("romeo", "juliet", "nurse");
    const deaf = await plainLogin(server.process.port, "juliet");
    await bind(deaf, "deaf");
    const management = new Management({ name: "juliet", ledger: new Ledger(""), chance: new Chance(1) });
    if (managed) await management.enable(deaf);
    deaf.write("<presence/>");
    await deaf.find(({ name }) => name === "presence", "presence");
    deaf.socket.pause();
    const romeo = await server.login("romeo");
    const nurse = await server.login("nurse");
    const before = residentBytes(server.pid);
    const body = "x".repeat(8000);
    let most = 0;
    const messages = 2200;
    for (let n = 1; n <= messages; n += 50) {
      for (let m = n; m < n + 50; m++)
        romeo.send(`<message to='juliet@h.test' type='chat' id='${m}'><body>${body}</body></message>`);
      await romeo.ping();
      // Others do not notice.
      await nurse.ping();
      most = Math.max(most, residentBytes(server.pid) - before);
    }
    const errors = romeo.stream.takeAll().filter(({ name }) => name === "message");
    assert.deepEqual(errors, []);
    // Some 18 MB were sent.
    t.diagnostic(`the server grew by ${Math.round(most / 2 ** 20)} MiB at most`);
    assert.ok(most < 150 * 2 ** 20, `${most} bytes more in memory`);
    while ((await server.command("connected_users_number")).out !== "2\n") await sleep(20);
    deaf.destroy();
    const again = await server.login("juliet");
    for (let n = 1; n <= messages; ) {
      const message = await again.find(({ name }) => name === "message", `message ${n}`);
      assert.equal(text(child(message, "body")), body);
      // What may have arrived comes once more.
      const id = Number(message.attributes["id"]);
      assert.ok(id <= n || n === 1, `message ${id} came where ${n} was due`);
      n = Math.max(n, id + 1);
    }
  });
}

test("all connections are lost at once and all come back at once: each session goes on", async () => {
  const users = Array.from({ length: 120 }, (_, at) => `user${at}`);
  await using server = await FaultyServer.make().start();
  await server.register("romeo", ...users);
  const { port } = server.process;
  const romeo = await server.login("romeo");
  const ledger = new Ledger("");
  const sessions = users.map((name) => new Management({ name, ledger, chance: new Chance(1) }));
  const enter = async (at: number): Promise<Awaited<ReturnType<typeof plainLogin>>> =>
    plainLogin(port, users[at]!);
  const first = await Promise.all(
    users.map(async (_, at) => {
      const stream = await enter(at);
      await bind(stream, "r");
      await sessions[at]!.enable(stream);
      sessions[at]!.sent("<presence/>", undefined);
      stream.write("<presence/>");
      sessions[at]!.take(await stream.find(({ name }) => name === "presence", "presence"), stream);
      return stream;
    }),
  );
  for (const stream of first) stream.destroy();
  for (const [n, user] of users.entries())
    romeo.send(`<message to='${user}@h.test' type='chat' id='${n}'><body>${n}</body></message>`);
  const back = users.map(async (_, at) => {
    const stream = await enter(at);
    assert.ok(await sessions[at]!.resume(stream), `${users[at]} was not resumed`);
    const message = await stream.find(({ name }) => name === "message", "what came meanwhile");
    assert.equal(message.attributes["id"], String(at));
    return stream;
  });
  // Somebody else's session and the administrator's commands work meanwhile.
  for (let n = 0; n < 20; n++) {
    await romeo.ping();
    assert.equal((await server.command("status")).exit, 0);
  }
  await Promise.all(back);
  assert.equal((await server.command("connected_users_number")).out, `${users.length + 1}\n`);
  assert.deepEqual(ledger.check(), []);
});
