import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { issue } from "../../test/support/certificates.ts";

const bin = resolve(import.meta.dirname, "../../bin");
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tercet-cli-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly out: string;
  readonly err: string;
  readonly exit: number | null;
}

interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ended>;
  /** Resolves with all output so far once it has this in it, or when the program has ended. */
  prints(part: string): Promise<string>;
}

function run(program: "tercet" | "tercetctl", ...words: readonly string[]): Running {
  const child = spawn(join(bin, program), words, { cwd: folder });
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk) => (out += chunk));
  child.stderr.on("data", (chunk) => (err += chunk));
  child.stdin.end();
  const ended = new Promise<Ended>((done) => child.on("close", (exit) => done({ out, err, exit })));
  const prints = (part: string) => {
    const { promise, resolve: found } = Promise.withResolvers<string>();
    const look = () => out.includes(part) && found(out);
    child.stdout.on("data", look);
    look();
    void ended.then(() => found(out + err));
    return promise;
  };
  return { child, ended, prints };
}

function configure(text: string): string {
  const file = join(folder, "tercet.yml");
  writeFileSync(file, text);
  return file;
}

const FREE_PORTS = "listen:\n  addresses: [127.0.0.1]\n  client: 0\n  client_tls: 0\n  http: 0\n";

test("help, version, wrong arguments", async () => {
  const help = await run("tercet", "help").ended;
  assert.deepEqual([help.exit, help.err], [0, ""]);
  assert.match(help.out, /^Usage: tercet COMMAND/);
  assert.doesNotMatch(help.out, /.{81}/);
  assert.equal((await run("tercet").ended).exit, 2);
  assert.match((await run("tercet", "--version").ended).out, /^tercet \d+\.\d+\.\d+\n$/);
  const wrong: [string[], RegExp][] = [
    [["strat"], /^tercet: there is no command 'strat'; did you mean 'start'\? See tercet help\.\n$/],
    [["start", "now"], /^tercet: 'now' is too much\. See tercet help\.\n$/],
    [["check", "--confg", "x"], /^tercet: Unknown option '--confg'/],
    [["check", "--config"], /^tercet: .*--config.* See tercet help\.\n$/],
    // A directory must not be taken from a variable that is not set.
    [["start", "--data", ""], /^tercet: --data needs a value\. See tercet help\.\n$/],
    [["restore"], /^tercet: restore needs the file of a backup\. See tercet help\.\n$/],
    [["restore", "a", "b"], /^tercet: 'b' is too much\./],
    [["start", "--replace"], /^tercet: --replace is for restore\./],
    [["start", "--explain", "hosts"], /^tercet: --explain is for check\. See tercet help\.\n$/],
  ];
  for (const [words, expected] of wrong) {
    const { err, exit } = await run("tercet", ...words).ended;
    assert.equal(exit, 2, words.join(" "));
    assert.match(err, expected);
  }
});

test("check: in order, with a warning, with mistakes, with an explanation", async () => {
  const none = await run("tercet", "check").ended;
  assert.deepEqual(none, {
    out: `There is no configuration file; the defaults are in order: localhost, data in ${join(folder, "data")}\n`,
    err: "",
    exit: 0,
  });
  const file = configure("hosts: [example.org]\n");
  const warned = await run("tercet", "check", "--config", file).ended;
  assert.equal(warned.exit, 0);
  assert.match(warned.err, /^\/.*tercet\.yml:1:1: Clients will not trust/);
  const explained = await run("tercet", "check", "--explain", "hosts").ended;
  assert.match(explained.out, /^hosts\n.*\n {2}Value {4}\[example\.org\]\n {2}From {5}tercet\.yml:1:8\n/);
  assert.equal(
    (await run("tercet", "check", "--explain", "hosst").ended).err,
    "There is no option `hosst`. Did you mean `hosts`?\n",
  );
  configure("hosst: [example.org]\nlog: {level: loud}\n");
  const broken = await run("tercet", "check").ended;
  assert.deepEqual([broken.exit, broken.out], [1, ""]);
  assert.equal(
    broken.err,
    "tercet.yml:1:1: There is no option `hosst`. Did you mean `hosts`?\n" +
      'tercet.yml:2:14: `level` must be `debug`, `info`, `warn` or `error`, not "loud".\n',
  );
});

test("check looks into the certificates", async () => {
  const good = issue({ name: "example.org", hosts: ["example.org"] });
  const other = issue({ name: "other", hosts: ["other.example"] });
  writeFileSync(join(folder, "good.pem"), `${good.certificate}\n${good.key}\n`);
  writeFileSync(join(folder, "mixed.pem"), `${good.certificate}\n${other.key}\n`);
  configure("hosts: [example.org, example.net]\ncertificates: good.pem\n");
  const partly = await run("tercet", "check").ended;
  assert.deepEqual(
    [partly.exit, partly.err],
    [
      0,
      "tercet.yml:2:15: No certificate is for example.net: its clients get a self-signed one, which they do not trust.\n",
    ],
  );
  configure("hosts: [example.org]\ncertificates: mixed.pem\n");
  const mixed = await run("tercet", "check").ended;
  assert.deepEqual([mixed.exit, mixed.out], [1, ""]);
  assert.match(mixed.err, /^tercet\.yml:2:15: .*mixed\.pem/);
});

test("start, a command, a second server on the same data, tercetctl stop", async () => {
  configure(FREE_PORTS);
  const server = run("tercet", "start");
  const shown = await server.prints("Commands");
  assert.match(
    shown,
    /Tercet \d+\.\d+\.\d+ is ready in \d+\.\d s: localhost, data in \.\/data, configuration in \.\/tercet\.yml\n/,
  );
  assert.match(shown, /XMPP {7}localhost:\d+ \(STARTTLS\), localhost:\d+ \(TLS\)\n/);
  const status = await run("tercetctl", "status").ended;
  assert.match(
    status.out,
    /^The node tercet@localhost is started with status: started\ntercet \d+\.\d+\.\d+ is running in that node\n$/,
  );
  const second = await run("tercet", "start").ended;
  assert.equal(second.exit, 1);
  assert.match(second.err, new RegExp(`^tercet: the data directory ${folder}/data is in use by .*\n$`));
  assert.deepEqual(await run("tercetctl", "stop").ended, { out: "", err: "", exit: 0 });
  const { exit, err } = await server.ended;
  assert.deepEqual([exit, err], [0, ""]);
  assert.equal((await run("tercetctl", "status").ended).exit, 3);
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  test(`${signal} ends the server in order`, async () => {
    configure(FREE_PORTS);
    const server = run("tercet", "start");
    await server.prints("Commands");
    server.child.kill(signal);
    const { exit, err } = await server.ended;
    assert.deepEqual([exit, err], [0, ""]);
    assert.equal(existsSync(join(folder, "data/control.sock")), false);
  });
}

test("json: a line instead of the banner", async () => {
  configure(`${FREE_PORTS}log: {format: json}\n`);
  const server = run("tercet", "start");
  const lines = (await server.prints('"event":"ready"')).trimEnd().split("\n");
  server.child.kill("SIGTERM");
  const { exit } = await server.ended;
  assert.equal(exit, 0);
  const ready = JSON.parse(lines.find((line) => line.includes('"event":"ready"'))!);
  assert.equal(ready.dataDirectory, join(folder, "data"));
});

test("what keeps it from starting is said in one sentence, exit 1", async () => {
  const busy = createServer().listen(0, "127.0.0.1");
  await new Promise((listening) => busy.once("listening", listening));
  const { port } = busy.address() as { port: number };
  const start = async (text: string): Promise<string> => {
    configure(text);
    const { exit, err, out } = await run("tercet", "start").ended;
    assert.equal(exit, 1, out);
    assert.doesNotMatch(err, /\n\s+at /);
    assert.equal(err.trimEnd().split("\n").length, 1, err);
    return err;
  };
  try {
    const taken = FREE_PORTS.replace("client: 0", `client: ${port}`);
    assert.match(await start(taken), new RegExp(`^tercet: .*${port}.* in use`));
    assert.match(await start(FREE_PORTS.replace("127.0.0.1", "192.0.2.1")), /^tercet: .*192\.0\.2\.1/);
    assert.match(await start("hosts: []\n"), /^tercet: tercet\.yml:1:8: `hosts` must be/);
    assert.match(await start(`${FREE_PORTS}data: /dev/null/data\n`), /^tercet: .*\/dev\/null/);
  } finally {
    busy.close();
  }
});
