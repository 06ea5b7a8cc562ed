// Stream management on whole streams, with a clock that the test holds.

import assert from "node:assert/strict";
import { test } from "node:test";
import { gate } from "../../../test/support/gate.ts";
import { jid, stanza } from "../../../test/support/stanzas.ts";
import { StreamClient, StreamServer } from "../../../test/support/stream-client.ts";
import { StorageError } from "../../kernel/storage.ts";
import { payload } from "../../xmpp/payload.ts";

const R = "<r xmlns='urn:xmpp:sm:3'/>";
const a = (h: number): string => `<a xmlns='urn:xmpp:sm:3' h='${h}'/>`;
const question = (id: string): string => `<iq type='get' id='${id}' to='h.test'><q xmlns='urn:q'/></iq>`;
const chat = (id: string): string =>
  `<message to='juliet@h.test' type='chat' id='${id}'><body>${id}</body></message>`;
const forRomeo = (id: string, size = 10) =>
  stanza(
    "juliet@h.test/j",
    `<message to='romeo@h.test' id='${id}'><body>${"x".repeat(size)}</body></message>`,
  );
const ids = (xml: string): readonly string[] =>
  [...xml.matchAll(/<(?:message|iq) [^>]*?id='([^']*)'/g)].map(([, id]) => id!);

test("a request is answered with what is handled: at once, after a second, and again when there is more", async () => {
  const client = new StreamClient();
  const hold = gate();
  client.routing.iqRoutes.get(payload("urn:q", "q", {}), ["host"], hold.wait);
  await client.manage("");
  assert.equal(await client.says(R), a(0));
  assert.equal(await client.says(chat("1") + question("2") + R + R), "");
  assert.equal(await client.within(900), "");
  assert.equal(await client.within(200), a(1));
  assert.equal(await client.within(10_000), "");
  await hold.open();
  assert.match(await client.rest(), /^<iq .*<a xmlns='urn:xmpp:sm:3' h='2'\/>/);
});

test("h waits for the store: what it says is there after the end of the process", async () => {
  const client = new StreamClient();
  client.routing.iqRoutes.get(payload("urn:q", "q", {}), ["host"], () => {});
  await client.manage();
  const hold = gate();
  client.routing.storage.obstacles.commit = hold.wait;
  const waiting = await client.says(chat("1") + R);
  assert.equal(waiting, "");
  await hold.open();
  assert.equal(await client.rest(), a(1));
  const second = gate();
  client.routing.storage.obstacles.commit = second.wait;
  // What is no message is written down before it is told.
  assert.match(await client.says(question("2") + R), /^<iq [^>]*>.*<r [^>]*>$/);
  await second.open();
  assert.equal(await client.rest(), a(2));
});

test("a message that the store refuses is a handled one, and so is what follows while it refuses", async () => {
  const client = new StreamClient();
  client.routing.iqRoutes.get(payload("urn:q", "q", {}), ["host"], () => {});
  await client.manage();
  client.routing.storage.obstacles.commit = () => {
    throw new StorageError("full", "no space");
  };
  const answer = await client.says(chat("1") + R);
  assert.match(answer, /<resource-constraint /);
  assert.match(answer + (await client.rest()), /<a xmlns='urn:xmpp:sm:3' h='1'\/>/);
  assert.match(await client.says(question("2") + R), /<a xmlns='urn:xmpp:sm:3' h='2'\/>/);
  client.routing.storage.obstacles.commit = undefined;
  await client.within(5_200);
  // The store has it again.
  const next = new StreamServer(client.world, client.routing.storage);
  await next.streams.restore();
  assert.equal(next.routing.sessions.size, 1);
});

test("who is sent stanzas is asked for them once, and again when it has come further", async () => {
  const client = new StreamClient();
  await client.manage("");
  for (const id of ["1", "2", "3"]) client.session.send(forRomeo(id));
  const come = await client.rest();
  assert.deepEqual(ids(come), ["1", "2", "3"]);
  assert.equal(come.split(R).length, 2);
  client.session.send(forRomeo("4"));
  assert.equal((await client.rest()).split(R).length, 1);
  assert.equal(await client.says(a(3)), R);
  // No further: it is not asked over and over.
  assert.equal(await client.says(a(3)), "");
  assert.equal(await client.says(a(4)), "");
  assert.match(
    await client.says(a(5)),
    /<handled-count-too-high xmlns='urn:xmpp:sm:3' h='5' send-count='4'\/>/,
  );
});

test("a connection on which nothing comes in spite of a question is dead; its session waits", async () => {
  const client = new StreamClient();
  const id = await client.manage();
  client.session.send(forRomeo("1"));
  await client.rest();
  assert.equal(await client.within(59_000), "");
  assert.match(await client.within(2_000), /<connection-timeout .*<\/stream:stream>$/);
  assert.equal(client.routing.sessions.size, 1);
  const back = new StreamClient(client.server);
  assert.match(await back.resume(id, 0), new RegExp(`^<resumed [^>]*h='0' previd='${id}'/>.*id='1'`));
});

test("silence is broken by a question, and ends a session that cannot be resumed", async () => {
  const plain = new StreamClient();
  await plain.bind();
  assert.equal(await plain.within(239_000), "");
  assert.match(
    await plain.within(2_000),
    /^<iq from='h.test' [^>]*type='get'[^>]*><ping xmlns='urn:xmpp:ping'\/><\/iq>$/,
  );
  // Anything is an answer.
  assert.equal(await plain.says(" "), "");
  assert.equal(await plain.within(200_000), "");
  await plain.within(41_000);
  assert.match(await plain.within(61_000), /<connection-timeout /);
  assert.equal(plain.routing.sessions.size, 0);
  const managed = new StreamClient();
  await managed.manage("");
  assert.equal(await managed.within(241_000), R);
  assert.equal(await managed.says(a(0)), "");
  assert.equal(await managed.within(200_000), "");
});

test("a stream that is not read because its stanzas are on their way is not silent", async () => {
  const client = new StreamClient();
  const hold = gate();
  client.routing.iqRoutes.get(payload("urn:q", "q", {}), ["host"], hold.wait);
  await client.bind();
  await client.says(question("1").repeat(300));
  assert.doesNotMatch(await client.within(1_000_000), /<stream:error>/);
  await hold.open();
});

test("a full queue ends the session, and its messages wait for the next", async () => {
  const server = new StreamServer(undefined, undefined, { stanzas: 20, bytes: 100_000 });
  const client = new StreamClient(server);
  await client.manage();
  server.routing.setPriority(client.session, 0);
  const juliet = await server.routing.login("juliet@h.test/j");
  for (let n = 0; n < 30; n++) juliet.send(`<message to='romeo@h.test' id='${n}'><body>b</body></message>`);
  await juliet.settled();
  assert.match(await client.rest(), /<resource-constraint /);
  await client.rest();
  assert.equal(server.routing.sessions.of(jid("romeo@h.test")).length, 0);
  assert.equal(server.routing.homes.peek(jid("romeo@h.test"))!.pending.size, 30);
  const next = await server.routing.login("romeo@h.test/next", 0);
  await client.rest();
  assert.deepEqual(
    next.ids,
    Array.from({ length: 30 }, (_one, n) => String(n)),
  );
});

test("who has much to get is given more as it acknowledges", async () => {
  const server = new StreamServer(undefined, undefined, { stanzas: 40, bytes: 100_000 });
  const juliet = await server.routing.login("juliet@h.test/j");
  for (let n = 0; n < 100; n++) juliet.send(`<message to='romeo@h.test' id='${n}'><body>b</body></message>`);
  await juliet.settled();
  const client = new StreamClient(server);
  await client.manage();
  server.routing.setPriority(client.session, 0);
  const got = [...ids(await client.rest())];
  assert.equal(got.length, 10);
  while (got.length < 100) got.push(...ids(await client.says(a(got.length))));
  assert.deepEqual(
    got,
    Array.from({ length: 100 }, (_one, n) => String(n)),
  );
});

test("an end of the server stores sessions before it says goodbye", async () => {
  const client = new StreamClient();
  const id = await client.manage();
  client.routing.setPriority(client.session, 5);
  await client.says("<iq type='get' id='1' to='h.test'><none xmlns='urn:none'/></iq>");
  client.session.send(forRomeo("1"));
  await client.rest();
  const over = client.streams.shutDown();
  const last = await client.rest();
  assert.match(last, /^<a xmlns='urn:xmpp:sm:3' h='1'\/><stream:error><system-shutdown /);
  // Its closing tag is an answer to ours.
  await client.says("</stream:stream>");
  client.far.destroy();
  await over;
  const next = new StreamServer(client.world, client.routing.storage);
  next.missing.add("juliet@h.test");
  await next.streams.restore();
  const [restored] = next.routing.sessions.of(jid("romeo@h.test"));
  assert.equal(restored!.priority, 5);
  assert.equal(restored!.presence!.from!.toString(), restored!.jid.toString());
  const back = new StreamClient(next);
  assert.match(await back.resume(id, 1), /^<resumed [^>]*h='1'/);
});

test("sessions of accounts that are gone are not restored; others end when their time is over", async () => {
  const client = new StreamClient();
  await client.manage("resume='true' max='10'");
  await client.within(200);
  const { world, routing } = client;
  for (const missing of [false, true]) {
    const next = new StreamServer(world, routing.storage);
    if (missing) next.missing.add("romeo@h.test");
    await next.streams.restore();
    assert.equal(next.routing.sessions.size, missing ? 0 : 1);
  }
  const empty = new StreamServer(world, routing.storage);
  await empty.streams.restore();
  assert.equal(empty.routing.sessions.size, 0);
});

test("two that resume at the same time: the later one has it", async () => {
  const client = new StreamClient();
  const id = await client.manage();
  await client.cut();
  const [one, two] = [new StreamClient(client.server), new StreamClient(client.server)];
  await one.enter();
  await two.enter();
  const hold = gate();
  client.routing.storage.obstacles.commit = hold.wait;
  const resume = `<resume xmlns='urn:xmpp:sm:3' previd='${id}' h='0'/>`;
  one.far.write(resume);
  two.far.write(resume);
  await hold.open();
  await one.rest();
  assert.match(await one.rest(), /^$/);
  client.session.send(forRomeo("1"));
  assert.deepEqual(ids(await two.rest()), ["1"]);
});

test("after a restart what waits comes before what is new, and what the client has does not come again", async () => {
  const client = new StreamClient();
  const { world, routing } = client;
  const id = await client.manage();
  routing.setPriority(client.session, 0);
  await client.says(question("0") + R);
  const write = (number: number): string =>
    `<message to='romeo@h.test' id='${number}'><body>b</body></message>`;
  const before = await routing.login("juliet@h.test/j");
  before.send(write(1), write(2));
  await before.settled();
  assert.deepEqual(ids(await client.rest()), ["1", "2"]);
  // It is written down that these were sent; that the others were is not.
  await client.within(300);
  before.send(write(3));
  await before.settled();
  assert.deepEqual(ids(await client.rest()), ["3"]);
  const next = new StreamServer(world, routing.storage);
  await next.routing.log.start();
  await next.streams.restore();
  const after = await next.routing.login("juliet@h.test/j");
  after.send(write(4));
  await after.settled();
  const back = new StreamClient(next);
  // The answer to the question, and the first message.
  const answer = (await back.resume(id, 2)) + (await back.rest());
  assert.deepEqual(ids(answer), ["2", "3", "4"]);
  assert.match(await back.says(a(5)), /^$/);
  await back.within(300);
  assert.deepEqual(await next.routing.stored("romeo@h.test"), []);
});
