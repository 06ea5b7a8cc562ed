import assert from "node:assert/strict";
import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { makeDirectory, run, startProcess } from "../support/process.ts";
import { Romeo } from "../support/romeo.ts";

// A change of the configuration as an administrator makes it: an editor, then a signal or a command.

const directories: string[] = [];

function directory(): string {
  const made = makeDirectory();
  directories.push(made);
  return made;
}

after(() => {
  for (const made of directories) rmSync(made, { recursive: true, force: true });
});

const config = (folder: string): string[] => ["--config", join(folder, "tercet.yml")];

test("SIGHUP takes the file as it is now, and what is wrong with it is in the log", async () => {
  const folder = directory();
  const file = join(folder, "tercet.yml");
  const server = await startProcess(folder);
  await run("tercetctl", ...config(folder), "register", "romeo", "h.test", "secret");
  const romeo = await Romeo.login(server, "romeo");
  const original = readFileSync(file, "utf8");
  appendFileSync(file, "admins: [romeo@h.test]\n");
  server.program.kill("SIGHUP");
  await server.program.says(/configuration taken .*changed=admins /);
  writeFileSync(file, `${original}admin: [romeo@h.test]\n`);
  server.program.kill("SIGHUP");
  await server.program.says(/configuration refused, the old one stays .*There is no option `admin`/);
  await romeo.sync();
  writeFileSync(file, `${original}log: {level: warn}\n`);
  assert.equal((await run("tercetctl", ...config(folder), "reload_config")).code, 0);
  await romeo.close();
  server.program.kill("SIGTERM");
  const { code, out } = await server.program.ended;
  assert.equal(code, 0);
  assert.doesNotMatch(out, /logged out/, "the level of the log is another one");
});

test("check --diff says what a reload would do, and how many sessions it would end", async () => {
  const folder = directory();
  const file = join(folder, "tercet.yml");
  const nobody = await run("tercet", "check", "--diff", ...config(folder));
  assert.equal(nobody.code, 1);
  assert.match(nobody.out, /No server runs on .*: there is nothing to compare with\./);
  const server = await startProcess(folder);
  await run("tercetctl", ...config(folder), "register", "romeo", "h.test", "secret");
  const romeo = await Romeo.login(server, "romeo");
  const same = await run("tercet", "check", "--diff", ...config(folder));
  assert.equal(same.code, 0);
  assert.match(same.out, /against the running server:\nnothing changes\n$/);
  const text = readFileSync(file, "utf8");
  writeFileSync(file, `${text.replace("[h.test]", "[other.test]")}storage: memory\n`);
  const wrong = await run("tercet", "check", "--diff", ...config(folder));
  assert.deepEqual(wrong.out.split("\n").slice(-5), [
    `${file} against the running server:`,
    'hosts: ["h.test"] becomes ["other.test"], at once',
    "storage: sqlite becomes memory, at a restart: reload_config would be refused",
    "0 sessions live on, 1 session of removed hosts ends",
    "",
  ]);
  const refused = await run("tercetctl", ...config(folder), "reload_config");
  assert.equal(refused.code, 1);
  assert.match(refused.out, /tercet\.yml:\d+:10: `storage` changes only when the server starts/);
  await romeo.sync();
  const copy = join(folder, "copy.yml");
  writeFileSync(copy, text);
  const elsewhere = await run("tercet", "check", "--diff", "--config", copy);
  assert.equal(elsewhere.code, 1);
  assert.match(elsewhere.out, /The running server has another configuration file/);
  server.program.kill("SIGTERM");
  assert.equal((await server.program.ended).code, 0);
});
