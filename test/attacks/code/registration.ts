import assert from "node:assert/strict";
import { RawStream } from "../../support/raw-stream.ts";
import { condition } from "../../support/romeo.ts";
import { type Arena, type Code, times } from "../arena.ts";

/** Registers an account from this address; `created`, or the condition of the error. */
async function register(arena: Arena, user: string, localAddress: string): Promise<string> {
  const { tlsPort, host } = arena.server;
  const stream = arena.keep(await RawStream.connectTls(tlsPort, host, { localAddress }));
  await stream.open();
  await stream.next();
  const fields = `<username>${user}</username><password>secret</password>`;
  stream.write(`<iq type='set' id='r'><query xmlns='jabber:iq:register'>${fields}</query></iq>`);
  const answer = await stream.next();
  stream.destroy();
  return answer.attributes["type"] === "result" ? "created" : condition(answer);
}

export const registrationSpam: Code = async (arena) => {
  const created = { first: 0, second: 0 };
  for (let count = 0; count < times(8, 1000); count++) {
    if ((await register(arena, `spam${count}`, "127.0.0.3")) === "created") created.first++;
    // As fast as one address may connect; not long enough to get an account back.
    arena.world.leap(20);
  }
  // Another address has its own share, and time gives one account after the other back.
  for (let count = 0; count < 4; count++) {
    if ((await register(arena, `more${count}`, "127.0.0.4")) === "created") created.second++;
  }
  assert.deepEqual(created, { first: 3, second: 3 });
  arena.world.leap(61_000);
  assert.equal(await register(arena, "late1", "127.0.0.3"), "created");
  assert.equal(await register(arena, "late2", "127.0.0.3"), "resource-constraint");
  const { out } = await arena.server.command("registered_users", "h.test");
  assert.equal(out.split("\n").filter((user) => /^(spam|more|late)/.test(user)).length, 7);
};
