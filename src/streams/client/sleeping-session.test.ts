// What waits for an account one of whose sessions has no connection.
import assert from "node:assert/strict";
import { test } from "node:test";
import { StreamClient, StreamServer } from "../../../test/support/stream-client.ts";

const numbers = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from }, (_one, n) => String(from + n));
const ids = (xml: string): readonly string[] =>
  [...xml.matchAll(/<message [^>]*?id='([^']*)'/g)].map(([, id]) => id!);

/** A session that stands in the middle of a hundred messages which waited for it, and what it was sent of them. */
async function inTheMiddle(): Promise<{ phone: StreamClient; id: string; got: readonly string[] }> {
  const server = new StreamServer(undefined, undefined, { stanzas: 40, bytes: 100_000 });
  const juliet = await server.routing.login("juliet@h.test/j");
  for (const id of numbers(0, 100))
    juliet.send(`<message to='romeo@h.test' id='${id}'><body>b</body></message>`);
  await juliet.settled();
  const phone = new StreamClient(server);
  const id = await phone.manage();
  server.routing.setPriority(phone.session, 0);
  return { phone, id, got: ids(await phone.rest()) };
}

test("who has no connection keeps nothing that it was not sent from those who come", async () => {
  const { phone, id, got } = await inTheMiddle();
  assert.deepEqual(got, numbers(0, 10));
  await phone.cut();
  const desk = await phone.routing.login("romeo@h.test/desk", 0);
  await phone.rest();
  const first = Number(desk.ids[0]);
  assert.deepEqual(desk.ids, numbers(first, 100));
  // Every one of them went to somebody, and none to both.
  const back = new StreamClient(phone.server);
  assert.deepEqual(ids((await back.resume(id, 0)) + (await back.rest())), numbers(0, first));
});

test("who loses its connection gives the rest to those who are there", async () => {
  const { phone, id } = await inTheMiddle();
  const desk = await phone.routing.login("romeo@h.test/desk", 0);
  await phone.rest();
  // It has a connection, and is about to read on.
  assert.deepEqual(desk.ids, []);
  await phone.cut();
  await phone.rest();
  const first = Number(desk.ids[0]);
  assert.deepEqual(desk.ids, numbers(first, 100));
  const back = new StreamClient(phone.server);
  assert.deepEqual(ids((await back.resume(id, 0)) + (await back.rest())), numbers(0, first));
});

test("where nobody else is there, the rest waits for whoever resumes", async () => {
  const { phone, id } = await inTheMiddle();
  await phone.cut();
  const back = new StreamClient(phone.server);
  const got = [...ids((await back.resume(id, 10)) + (await back.rest()))];
  while (got.length < 90) {
    const more = ids(await back.says(`<a xmlns='urn:xmpp:sm:3' h='${10 + got.length}'/>`));
    assert.notEqual(more.length, 0);
    got.push(...more);
  }
  assert.deepEqual(got, numbers(10, 100));
});
