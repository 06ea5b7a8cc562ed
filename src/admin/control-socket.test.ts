import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { callControl as request } from "../../test/support/control-caller.ts";
import { FakeAdministration } from "../../test/support/fake-administration.ts";
import { SteppedWorld } from "../../test/support/stepped-world.ts";
import { systemWorld, type World } from "../base/world.ts";
import { type ControlSocket, openControlSocket } from "./control-socket.ts";

const home = process.cwd();
let folder = "";
let fake = new FakeAdministration();
let open: ControlSocket[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tercet-control-"));
  fake = new FakeAdministration();
});
afterEach(() => {
  for (const socket of open) socket.close();
  open = [];
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

async function start(directory = join(folder, "data"), world: World = systemWorld()): Promise<ControlSocket> {
  const socket = await openControlSocket({ calls: fake.calls, directory, world });
  open.push(socket);
  return socket;
}

/** Sends bytes and gives everything that comes until the end. */
function raw(path: string, bytes: string | Buffer): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect(path, () => socket.write(bytes));
  let text = "";
  socket.on("data", (chunk) => (text += chunk));
  socket.on("error", () => {});
  socket.on("close", () => resolve(text));
  return promise;
}

test("a call gets its result, and what is noted beside it", async () => {
  const { path } = await start();
  assert.equal(path, join(folder, "data", "control.sock"));
  const made = await request(join(folder, "data"), ["register", "alice", "localhost", "pw"]);
  assert.deepEqual(made, {
    reply: { kind: "done", exit: 0 },
    out: "User alice@localhost successfully registered\n",
    err: "",
  });
  const gone = await request(join(folder, "data"), ["unregister", "zoe", "localhost"]);
  assert.deepEqual(gone, {
    reply: { kind: "done", exit: 0 },
    out: "",
    err: "There was no account zoe@localhost.\n",
  });
});

test("I28: the socket has mode 0600 and its directory 0700, whatever the mask", async () => {
  const mask = process.umask(0);
  try {
    const { path } = await start();
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(statSync(join(folder, "data")).mode & 0o777, 0o700);
    assert.equal(process.umask(), 0);
  } finally {
    process.umask(mask);
  }
});

for (const length of [90, 103, 104, 107, 108, 200, 1000]) {
  test(`a socket path of ${length} bytes works`, async () => {
    const name = "/control.sock";
    let directory = folder;
    while (directory.length + name.length < length) {
      const left = length - name.length - directory.length;
      directory += `/${"d".repeat(Math.max(1, Math.min(200, left - 1)))}`;
    }
    mkdirSync(directory, { recursive: true });
    const { path } = await start(directory);
    assert.ok(path.length >= length && path.length <= length + 1);
    assert.equal((await request(directory, ["connected_users_number"])).out, "0\n");
    open.pop()?.close();
    assert.equal(existsSync(path), false);
  });
}

test("a socket that a killed server left is replaced", async () => {
  const directory = join(folder, "data");
  mkdirSync(directory);
  // An orderly close removes the file; a copy of its name does not go.
  const dead = createServer().listen(join(directory, "control.sock"));
  await new Promise((resolve) => dead.once("listening", resolve));
  await start(directory);
  assert.equal((await request(directory, ["connected_users_number"])).out, "0\n");
  dead.close();
});

test("anything else in the place of the socket is left alone, with a sentence", async () => {
  const directory = join(folder, "data");
  mkdirSync(directory);
  writeFileSync(join(directory, "control.sock"), "mine");
  await assert.rejects(start(directory), /control\.sock is in the way: .* Move it away\.$/);
  assert.equal(existsSync(join(directory, "control.sock")), true);
});

test("nobody there: unreachable with the code of the system", async () => {
  assert.deepEqual((await request(join(folder, "none"), ["status"])).reply, {
    kind: "unreachable",
    code: "ENOENT",
  });
  mkdirSync(join(folder, "empty"));
  assert.deepEqual((await request(join(folder, "empty"), ["status"])).reply, {
    kind: "unreachable",
    code: "ENOENT",
  });
});

test("who calls stop gets the answer at once and waits until the server has ended", async () => {
  const socket = await start();
  const { promise: answered, resolve } = Promise.withResolvers<void>();
  let ended = false;
  const waiting = request(join(folder, "data"), ["stop"], {}, () => resolve()).then(({ reply }) => {
    ended = true;
    return reply;
  });
  await answered;
  await new Promise((go) => setTimeout(go, 20));
  assert.equal(fake.stops, 1);
  assert.equal(ended, false);
  socket.close();
  assert.deepEqual(await waiting, { kind: "done", exit: 0 });
});

test("a password that is left out at a terminal is asked for; - reads it from input; elsewhere it is a wrong argument", async () => {
  await start();
  const ask = (words: string[], settings: object) =>
    request(join(folder, "data"), words, settings).then(({ reply }) => reply);
  const register = ["register", "alice", "localhost"];
  const prompt = "Password for alice@localhost: ";
  assert.deepEqual(await ask(register, { terminal: true }), {
    kind: "ask",
    ask: { word: 3, from: "terminal", prompt, confirm: true },
  });
  assert.deepEqual(await ask([...register, "-"], {}), {
    kind: "ask",
    ask: { word: 3, from: "input", prompt, confirm: false },
  });
  assert.deepEqual(await ask(register, {}), { kind: "done", exit: 2 });
  assert.deepEqual(await ask(["register", "alice"], { terminal: true }), { kind: "done", exit: 2 });
  assert.deepEqual(await ask([...register, "-"], { asked: true }), { kind: "done", exit: 0 });
  assert.equal(fake.accounts.passwords.get("alice@localhost"), "-");
  const check = await ask(["check_password", "alice", "localhost"], { terminal: true });
  assert.equal(check.kind === "ask" && check.ask.confirm, false);
});

test("what is no request gets a sentence, and nothing runs", async () => {
  const { path } = await start();
  for (const bad of [
    "GET / HTTP/1.1\n",
    "{}\n",
    "null\n",
    '{"words":[1]}\n',
    '{"words":"status"}\n',
    "\xff\xfe\n",
  ]) {
    assert.match(await raw(path, bad), /no request that the server understands/, bad);
  }
});

test("a request that never ends is cut at its limit", async () => {
  const { path } = await start();
  assert.match(await raw(path, "x".repeat(300 * 1024)), /no request that the server understands/);
});

test("a caller who says nothing is let go after ten seconds", async () => {
  const world = new SteppedWorld();
  const { path } = await start(undefined, world);
  const answer = raw(path, '{"words":');
  while (world.timers === 0) await new Promise((go) => setTimeout(go, 1));
  world.pass(10_000);
  assert.equal(await answer, "");
});

test("a large answer arrives whole", async () => {
  await start();
  for (let i = 0; i < 20_000; i++) fake.accounts.passwords.set(`user${i}@localhost`, "pw");
  const { out } = await request(join(folder, "data"), ["registered_users", "localhost"]);
  assert.equal(out.split("\n").length, 20_001);
});
