import assert from "node:assert/strict";
import { appendFileSync, existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, test } from "node:test";
import { makeDirectory, Program, run, startProcess } from "../support/process.ts";
import { child, condition, Romeo, text } from "../support/romeo.ts";

// The server as a process of its own, as its administrator has it: started, signalled, killed, started again.

const directories: string[] = [];

function directory(more?: string): string {
  const made = makeDirectory(more);
  directories.push(made);
  return made;
}

after(() => {
  for (const made of directories) rmSync(made, { recursive: true, force: true });
});

const config = (folder: string): string[] => ["--config", join(folder, "tercet.yml")];

test("SIGTERM tells the sessions, keeps the messages and ends with 0", async () => {
  const folder = directory();
  const first = await startProcess(folder);
  for (const user of ["romeo", "juliet"])
    await run("tercetctl", ...config(folder), "register", user, "h.test", "secret");
  const romeo = await Romeo.login(first, "romeo");
  romeo.send("<message to='juliet@h.test'><body>wait for me</body></message>");
  await romeo.sync();
  const begun = process.hrtime.bigint();
  first.program.kill("SIGTERM");
  assert.equal(condition(await romeo.expect("error")), "system-shutdown");
  await romeo.stream.end();
  assert.deepEqual(await first.program.ended.then(({ code, signal }) => [code, signal]), [0, null]);
  assert.match(first.program.out, /the server stops reason=SIGTERM\n/);
  assert.ok(process.hrtime.bigint() - begun < 10_000_000_000n, "the end took more than ten seconds");
  const second = await startProcess(folder);
  const juliet = await Romeo.login(second, "juliet");
  assert.equal(text(child(await juliet.expect("message"), "body")), "wait for me");
  second.program.kill("SIGTERM");
  await second.program.ended;
});

test("after kill -9 it starts at once, and what was accepted is there", async () => {
  const folder = directory();
  const first = await startProcess(folder);
  for (const user of ["romeo", "juliet"])
    await run("tercetctl", ...config(folder), "register", user, "h.test", "secret");
  const romeo = await Romeo.login(first, "romeo");
  for (let n = 1; n <= 20; n++) romeo.send(`<message to='juliet@h.test'><body>${n}</body></message>`);
  await romeo.sync();
  first.program.kill("SIGKILL");
  await first.program.ended;
  const second = await startProcess(folder);
  const juliet = await Romeo.login(second, "juliet");
  for (let n = 1; n <= 20; n++) assert.equal(text(child(await juliet.expect("message"), "body")), String(n));
  const stopped = await run("tercetctl", ...config(folder), "stop");
  assert.deepEqual([stopped.code, stopped.out], [0, ""]);
  const { code, out } = await second.program.ended;
  assert.equal(code, 0);
  assert.match(out, /the server stops reason="a command"\n.*stopped/s);
  assert.equal((await run("tercetctl", ...config(folder), "status")).code, 3);
});

test("a server whose storage dies ends, says why and that it failed, so that a supervisor starts it anew", async () => {
  const folder = directory();
  const killer = new URL("../support/kill-storage-thread.ts", import.meta.url).pathname;
  const first = await startProcess(folder, { NODE_OPTIONS: `--import ${killer}`, KILLED_THREAD: "writer" });
  first.program.child.kill("SIGUSR2");
  const { code, out } = await first.program.ended;
  assert.equal(code, 1);
  assert.match(
    out,
    /ERROR the store has failed directory=\S+\/data error="StorageError: the thread that writes/,
  );
  assert.match(out, /INFO {2}the server stops reason="the store has failed"\n.*INFO {2}stopped ms=\d+\n$/s);
});

test("a second server on the same directory is refused with the pid of the first", async () => {
  const folder = directory();
  const first = await startProcess(folder);
  const second = await run("tercet", "start", ...config(folder));
  assert.equal(second.code, 1);
  assert.match(second.out, new RegExp(`\\b${first.program.child.pid}\\b`));
  assert.doesNotMatch(second.out, /\n +at /);
  first.program.kill("SIGTERM");
  await first.program.ended;
});

test("a busy port is named, and nothing is left behind", async () => {
  const busy = createServer();
  await new Promise<void>((resolve) => busy.listen(0, "127.0.0.1", resolve));
  const { port } = busy.address() as { port: number };
  const folder = directory();
  writeFileSync(
    join(folder, "tercet.yml"),
    `hosts: [h.test]\ndata: data\nlisten: {addresses: [127.0.0.1], client: ${port}, client_tls: 0, http: 0}\n`,
  );
  const refused = await run("tercet", "start", ...config(folder));
  busy.close();
  assert.equal(refused.code, 1);
  assert.match(refused.out, new RegExp(`${port}`));
  assert.match(refused.out, /in use|another program/);
  assert.doesNotMatch(refused.out, /\n +at /);
  const again = await startProcess(folder);
  again.program.kill("SIGTERM");
  assert.equal((await again.program.ended).code, 0);
});

test("a damaged database stops the start with its name and is left as it is", async () => {
  const folder = directory();
  const first = await startProcess(folder);
  await run("tercetctl", ...config(folder), "register", "romeo", "h.test", "secret");
  first.program.kill("SIGTERM");
  await first.program.ended;
  const file = join(folder, "data", "tercet.db");
  assert.ok(existsSync(file), readdirSync(join(folder, "data")).join(" "));
  writeFileSync(file, "this is no database, and it is longer than the header of one would be".repeat(50));
  appendFileSync(file, "\n");
  const refused = await run("tercet", "start", ...config(folder));
  assert.equal(refused.code, 65);
  assert.match(refused.out, /tercet\.db/);
  assert.doesNotMatch(refused.out, /\n +at /);
});

test("a broken configuration is refused with file, line and column", async () => {
  const folder = directory("hostz: [x]");
  const refused = await run("tercet", "start", ...config(folder));
  assert.equal(refused.code, 1);
  assert.match(refused.out, /tercet\.yml:4:1: There is no option `hostz`\. Did you mean `hosts`\?/);
});

test("a password comes from standard input too", async () => {
  const folder = directory();
  const server = await startProcess(folder);
  const registered = await new Program(
    "tercetctl",
    [...config(folder), "register", "romeo", "h.test", "-"],
    "from input\n",
  ).ended;
  assert.deepEqual([registered.code, registered.out], [0, "User romeo@h.test successfully registered\n"]);
  const romeo = await Romeo.login(server, "romeo", { password: "from input" });
  await romeo.close();
  server.program.kill("SIGINT");
  assert.equal((await server.program.ended).code, 0);
});

test("restart: the same process begins anew on the same data, and the command returns when the old one has ended", async () => {
  const folder = directory();
  const first = await startProcess(folder);
  await run("tercetctl", ...config(folder), "register", "romeo", "h.test", "secret");
  const romeo = await Romeo.login(first, "romeo");
  const { pid } = first.program.child;
  first.program.out = "";
  const restarted = await run("tercetctl", ...config(folder), "restart");
  assert.deepEqual([restarted.code, restarted.out], [0, ""]);
  assert.equal(condition(await romeo.expect("error")), "system-shutdown");
  const [, tlsPort] = await first.program.says(/ready in .*:(\d+) \(TLS\)/s);
  await (await Romeo.login({ host: "h.test", tlsPort: Number(tlsPort) }, "romeo")).close();
  assert.equal(first.program.child.exitCode, null);
  assert.equal(first.program.child.pid, pid);
  first.program.kill("SIGTERM");
  assert.equal((await first.program.ended).code, 0);
  assert.doesNotMatch(first.program.out, /Warning/);
});
