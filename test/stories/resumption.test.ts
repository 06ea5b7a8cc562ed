// Sessions that survive the end of the server (XEP-0198 §5, and beyond it).

import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { after, test } from "node:test";
import { LeapingWorld } from "../support/leaping-world.ts";
import { ManagedClient, type Resumable } from "../support/managed-client.ts";
import { makeDirectory, run, type ServerProcess, startProcess } from "../support/process.ts";
import { child, type Element, Romeo, text } from "../support/romeo.ts";
import { TestServer } from "../support/server.ts";

const directories: string[] = [];
const servers: ServerProcess[] = [];
after(() => {
  for (const { program } of servers) program.kill("SIGKILL");
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

const chat = (body: string | number, to = "juliet@h.test"): string =>
  `<message to='${to}' type='chat' id='${body}'><body>${body}</body></message>`;
const numbers = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from }, (_one, index) => String(from + index));

async function startWith(...users: readonly string[]): Promise<ServerProcess> {
  const directory = makeDirectory();
  directories.push(directory);
  const server = await startProcess(directory);
  servers.push(server);
  for (const user of users)
    await run("tercetctl", "--config", `${directory}/tercet.yml`, "register", user, "h.test", "secret");
  return server;
}

async function again(server: ServerProcess, signal: NodeJS.Signals): Promise<ServerProcess> {
  server.program.kill(signal);
  await server.program.ended;
  const next = await startProcess(server.directory);
  servers.push(next);
  return next;
}

/** Sends numbered messages until the connection ends; resolves with how many there were. */
function pour(
  romeo: ManagedClient,
  from: number,
): { readonly sent: number; readonly over: Promise<unknown> } {
  const state = { sent: from, over: Promise.resolve() as Promise<unknown> };
  const timer = setInterval(() => {
    if (romeo.stream.gone) return;
    romeo.send(chat(state.sent++));
    if (state.sent % 5 === 0) romeo.send("<r xmlns='urn:xmpp:sm:3'/>");
  }, 1);
  state.over = romeo
    .find(() => false)
    .catch(() => undefined)
    .finally(() => clearInterval(timer));
  return state;
}

/** Bodies of messages as they come, and the ids under which they stand in the archive, until the connection ends. */
function collect(juliet: ManagedClient): { readonly got: Element[]; readonly over: Promise<unknown> } {
  const got: Element[] = [];
  const over = juliet.find((one) => one.name === "message" && got.push(one) < 0).catch(() => undefined);
  return { got, over };
}

/** Without what came twice under one id. */
function once(messages: readonly Element[]): readonly string[] {
  const seen = new Map<string, string>();
  for (const one of messages) {
    const id = child(one, "stanza-id")?.attributes["id"] ?? "none";
    const body = text(child(one, "body"));
    assert.equal(seen.get(id) ?? body, body);
    seen.set(id, body);
  }
  return [...seen.values()];
}

for (const signal of ["SIGTERM", "SIGKILL"] as const) {
  test(`${signal} in the middle of a conversation: both go on where they were, and nothing is missing`, async () => {
    const first = await startWith("romeo", "juliet");
    const romeo = await ManagedClient.login(first, "romeo");
    const juliet = await ManagedClient.login(first, "juliet");
    // That they are available is the server's from now on, and need not be said again.
    assert.deepEqual([await romeo.request(), await juliet.request()], [1, 1]);
    // What she has is known only when she comes back and says so.
    juliet.answering = false;
    const poured = pour(romeo, 0);
    const heard = collect(juliet);
    while (heard.got.length < 150) await new Promise((resolve) => setTimeout(resolve, 5));
    const second = await again(first, signal);
    await Promise.all([poured.over, heard.over]);
    // XEP-0198 §4: what the server has handled is its own; the rest is sent again.
    const acknowledged = romeo.acknowledged;
    const back = await ManagedClient.resume(second, romeo.known());
    assert.ok(back.acknowledged >= acknowledged, `h went back from ${acknowledged} to ${back.acknowledged}`);
    // The initial presence counts too.
    const total = poured.sent + 10;
    for (const n of numbers(back.acknowledged - 1, total)) back.send(chat(n));
    const there = await ManagedClient.resume(second, juliet.known());
    const got = [...heard.got];
    while (!got.some((one) => text(child(one, "body")) === String(total - 1)))
      got.push(await there.message());
    assert.deepEqual(once(got), numbers(0, total));
    if (signal === "SIGTERM") assert.equal(got.length, total, "an end that was planned sends nothing twice");
    assert.equal(await back.request(), total + 1);
    second.program.kill("SIGTERM");
    await second.program.ended;
  });
}

interface Restarted {
  readonly server: TestServer;
  readonly world: LeapingWorld;
}

async function restart(server: TestServer): Promise<Restarted> {
  await server.stop(true);
  const world = new LeapingWorld();
  const next = await TestServer.start({ driver: "sqlite", directory: server.directory, world });
  return { server: next, world };
}

async function befriend(
  one: Romeo | ManagedClient,
  other: Romeo,
  names: readonly [string, string],
): Promise<void> {
  const [mine, theirs] = names;
  one.send(`<presence type='subscribe' to='${theirs}@h.test'/>`);
  await other.expect("presence", { type: "subscribe" });
  other.send(`<presence type='subscribed' to='${mine}@h.test'/>`);
  await other.sync();
}

test("who is resumed after a restart hears who is there, and who is not; to others it has never been away", async () => {
  const accounts = ["romeo", "juliet", "nurse"];
  const before = await TestServer.start({ driver: "sqlite", accounts });
  const romeo = await ManagedClient.login(before, "romeo", {
    presence: "<presence><status>here</status></presence>",
  });
  const juliet = await ManagedClient.login(before, "juliet", { resource: "j" });
  const helper = await Romeo.login(before, "juliet", {
    presence: "<presence><priority>-1</priority></presence>",
  });
  const nurse = await Romeo.login(before, "nurse");
  await befriend(romeo, helper, ["romeo", "juliet"]);
  await befriend(romeo, nurse, ["romeo", "nurse"]);
  await helper.close();
  romeo.send("<presence to='friend@h.test/direct'/>");
  romeo.send("<iq type='set' id='c'><enable xmlns='urn:xmpp:carbons:2'/></iq>");
  romeo.send("<iq type='get' id='r'><query xmlns='jabber:iq:roster'/></iq>");
  await romeo.sync();
  const { server, world } = await restart(before);
  try {
    const { out } = await server.command("connected_users_number");
    assert.equal(out.trim(), "2");
    const back = await ManagedClient.resume(server, romeo.known());
    const here: (readonly (string | undefined)[])[] = [];
    while (here.length < 2) {
      const { attributes } = await back.find(({ name }) => name === "presence");
      here.push([attributes["from"], attributes["type"]]);
    }
    assert.deepEqual(here.sort(), [
      ["juliet@h.test/j", undefined],
      ["nurse@h.test", "unavailable"],
    ]);
    // Carbons and roster pushes go on.
    const other = await Romeo.login(server, "romeo", { resource: "other" });
    other.send(chat("copied", "nurse@h.test"));
    await back.find((one) => child(one, "sent", "urn:xmpp:carbons:2") !== undefined);
    await other.ask("set", "<query xmlns='jabber:iq:roster'><item jid='friend@h.test'/></query>");
    await back.find((one) => one.name === "iq" && child(one, "query", "jabber:iq:roster") !== undefined);
    // juliet does not come back: her time begins with the start.
    const come: Element[] = [];
    for (let second = 0; second < 302; second++) {
      world.leap(1000);
      if (second % 50 === 0) come.push(...(await back.sync()));
    }
    come.push(...(await back.sync()));
    assert.ok(
      come.some(({ attributes: { from, type } }) => from === "juliet@h.test/j" && type === "unavailable"),
    );
    const late = await ManagedClient.enter(server, "juliet");
    assert.equal((await late.askToResume(juliet.id, juliet.h)).name, "failed");
    assert.deepEqual(server.errors, []);
  } finally {
    await server.stop();
  }
});

test("what was not acknowledged before a restart goes to another resource when nobody comes back for it", async () => {
  const before = await TestServer.start({ driver: "sqlite", accounts: ["romeo", "juliet"] });
  const romeo = await Romeo.login(before, "romeo");
  const juliet = await ManagedClient.login(before, "juliet", { enable: "resume='true' max='20'" });
  juliet.answering = false;
  romeo.send(chat(1) + chat(2));
  await juliet.message();
  await juliet.message();
  const { server, world } = await restart(before);
  try {
    const other = await Romeo.login(server, "juliet", { resource: "other" });
    assert.deepEqual(
      (await other.sync()).filter(({ name }) => name === "message"),
      [],
    );
    for (let second = 0; second < 22; second++) world.leap(1000);
    for (const n of [1, 2]) assert.equal(text(child(await other.expect("message"), "body")), String(n));
  } finally {
    await server.stop();
  }
});

test("a session without the wish to be resumed, one that was closed, and one of an account that is gone leave nothing", async () => {
  const before = await TestServer.start({ driver: "sqlite", accounts: ["romeo", "juliet", "nurse"] });
  const romeo = await ManagedClient.login(before, "romeo", { enable: "" });
  const juliet = await ManagedClient.login(before, "juliet");
  await juliet.close();
  const nurse = await ManagedClient.login(before, "nurse");
  await before.command("unregister", "nurse", "h.test");
  await before.register("nurse");
  const known: Resumable = nurse.known();
  assert.equal(romeo.id, "");
  const { server } = await restart(before);
  try {
    assert.equal((await server.command("connected_users_number")).out.trim(), "0");
    const back = await ManagedClient.enter(server, "nurse");
    assert.equal((await back.askToResume(known.id, 0)).name, "failed");
  } finally {
    await server.stop();
  }
});
