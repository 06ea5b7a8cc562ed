import assert from "node:assert/strict";
import { ManagedClient } from "../../support/managed-client.ts";
import { child, condition, Romeo, text } from "../../support/romeo.ts";
import { type Arena, type Code, times, until } from "../arena.ts";

const SM = "urn:xmpp:sm:3";

async function managed(arena: Arena, user: string, resource = "m"): Promise<ManagedClient> {
  await arena.ensure(user);
  const client = await ManagedClient.login(arena.server, user, { resource });
  arena.keep(client.stream);
  return client;
}

async function entered(arena: Arena, user: string): Promise<ManagedClient> {
  await arena.ensure(user);
  const client = await ManagedClient.enter(arena.server, user);
  arena.keep(client.stream);
  return client;
}

async function loggedOut(arena: Arena, before: number): Promise<void> {
  await until(
    () => logouts(arena) > before,
    () => "the server does not notice the end of a connection",
  );
}

function logouts(arena: Arena): number {
  return arena.server.lines.filter((line) => line.includes('"logged out"')).length;
}

function chat(n: number, to: string): string {
  return `<message to='${to}' type='chat'><body>${n}</body></message>`;
}

/** The session of before, in order and whole. */
async function receives(client: Romeo, count: number): Promise<void> {
  for (let n = 0; n < count; n++)
    assert.equal(text(child(await client.expect("message"), "body")), String(n));
}

export const stolenId: Code = async (arena) => {
  const carol = await managed(arena, "carol");
  assert.ok(carol.id.length * 6 >= 128, `${carol.id} is short`);
  const mal = await entered(arena, "mal");
  const failed = await mal.askToResume(carol.id, carol.h);
  assert.equal(failed.name, "failed");
  assert.equal(failed.attributes["h"], undefined);
  assert.ok(child(failed, "item-not-found") !== undefined);
  await carol.sync();
  await carol.close();
  // Not even how much had arrived.
  assert.equal((await mal.askToResume(carol.id, carol.h)).attributes["h"], undefined);
};

export const resumeTooHigh: Code = async (arena) => {
  const carol = await managed(arena, "carol");
  const other = await entered(arena, "carol");
  other.send(`<resume xmlns='${SM}' previd='${carol.id}' h='${carol.h + 1}'/>`);
  const error = await other.find(({ name }) => name === "error");
  assert.equal(condition(error), "undefined-condition");
  assert.ok(child(error, "handled-count-too-high", SM) !== undefined);
  await other.stream.end();
  await carol.sync();
  await carol.close();
};

export const neverAcknowledged: Code = async (arena) => {
  const carol = await managed(arena, "carol");
  carol.answering = false;
  const count = times(300, 1000);
  const flooded = carol.find(({ name }) => name === "error");
  for (let n = 0; n < count; n++) arena.alice.send(chat(n, "carol@h.test"));
  assert.equal(condition(await flooded), "resource-constraint");
  await carol.stream.end();
  const again = await entered(arena, "carol");
  assert.equal((await again.askToResume(carol.id, carol.h)).name, "failed");
  assert.deepEqual(await arena.alice.sync(), []);
  const back = await Romeo.login(arena.server, "carol");
  arena.keep(back.stream);
  await receives(back, count);
};

export const neverAcknowledgedWithoutConnection: Code = async (arena) => {
  const carol = await managed(arena, "carol");
  const before = logouts(arena);
  carol.cut();
  await loggedOut(arena, before);
  const count = times(300, 1000);
  for (let n = 0; n < count; n++) arena.alice.send(chat(n, "carol@h.test"));
  assert.deepEqual(await arena.alice.sync(), []);
  const back = await Romeo.login(arena.server, "carol");
  arena.keep(back.stream);
  await receives(back, count);
};

export const requestFlood: Code = async (arena) => {
  const mal = await managed(arena, "mal");
  const count = times(20_000, 1_000_000);
  let answers = 0;
  const flooded = mal.find((one) => {
    if (one.name === "a") answers++;
    return one.attributes["id"] === "end";
  });
  for (let sent = 0; sent < count; sent += 1000) mal.send(`<r xmlns='${SM}'/>`.repeat(1000));
  mal.send("<iq type='get' id='end'><query xmlns='urn:test:end'/></iq>");
  await flooded;
  assert.ok(answers >= 1 && answers <= count / 50, `${answers} answers to ${count} requests`);
  // The last answer to the flood may still be on its way.
  await mal.request();
  assert.equal(await mal.request(), 2);
  await mal.close();
};

export const hoarding: Code = async (arena) => {
  const ids: string[] = [];
  const count = times(14, 1000);
  for (let n = 0; n < count; n++) {
    const before = logouts(arena);
    const mal = await managed(arena, "mal", `r${n}`);
    ids.push(mal.id);
    mal.cut();
    await loggedOut(arena, before);
    arena.world.leap(1000);
  }
  const { out } = await arena.server.command("connected_users_number");
  assert.ok(Number(out) <= 12, `${out} sessions`);
  // The oldest have made room, the newest is there.
  const asker = await entered(arena, "mal");
  assert.equal((await asker.askToResume(ids[0]!, 0)).name, "failed");
  const last = await ManagedClient.resume(arena.server, {
    user: "mal",
    jid: `mal@h.test/r${count - 1}`,
    id: ids.at(-1)!,
    h: 1,
  });
  arena.keep(last.stream);
  await last.close();
  await arena.pass(302, () => false, 2);
};
