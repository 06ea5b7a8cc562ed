import assert from "node:assert/strict";
import { test } from "node:test";
import { ABROAD, HOST, InProcess } from "../../../test/support/in-process.ts";
import { jid, stanza } from "../../../test/support/stanzas.ts";
import { presenceRules } from "../../kernel/services.ts";

const juliet = `juliet@${HOST}`;
const balcony = `${juliet}/balcony`;
const chamber = `${juliet}/chamber`;
const romeo = `romeo@${ABROAD}`;
const stranger = `stranger@${ABROAD}`;

async function household(): Promise<InProcess> {
  const server = new InProcess({ accounts: ["juliet", "nurse"] });
  await server.contact(juliet, romeo, "from");
  return server;
}

const outcome = async (server: InProcess, from: string, xml: string): Promise<string> =>
  server.core.router.send(stanza(from, xml));

test("RFC 6121 §8.5.2.1.2: presence for a bare JID goes to all available resources and keeps its `to`", async () => {
  const server = await household();
  const first = await server.login(balcony);
  const second = await server.login(chamber, { presence: "<presence><priority>-1</priority></presence>" });
  const connected = await server.login(`${juliet}/attic`, { presence: false });
  first.take();
  for (const type of ["", "type='unavailable'"]) {
    assert.equal(await outcome(server, `${romeo}/x`, `<presence ${type} to='${juliet}'/>`), "delivered");
    const line = `presence ${type === "" ? "available" : "unavailable"} ${romeo}/x > ${juliet}`;
    assert.deepEqual([first.lines(), second.lines(), connected.lines()], [[line], [line], []]);
  }
});

test("RFC 6121 §8.5.3: presence for a full JID goes to that resource, available or connected, or nowhere", async () => {
  const server = await household();
  const first = await server.login(balcony);
  const connected = await server.login(`${juliet}/attic`, { presence: false });
  assert.equal(await outcome(server, `${romeo}/x`, `<presence to='${juliet}/attic'/>`), "delivered");
  assert.deepEqual(connected.lines(), [`presence available ${romeo}/x > ${juliet}/attic`]);
  assert.equal(
    await outcome(server, `${romeo}/x`, `<presence to='${juliet}/gone'/>`),
    "dropped:nobody-available",
  );
  assert.deepEqual(first.lines(), []);
});

test("RFC 6121 §8.5.1, §8.5.2.2.2: presence for nobody, or for nobody available, ends silently", async () => {
  const server = await household();
  for (const type of ["", "unavailable", "error", "subscribe", "subscribed", "unsubscribe", "unsubscribed"]) {
    const head = type === "" ? "" : `type='${type}'`;
    assert.equal(
      await outcome(server, stranger, `<presence ${head} to='missing@${HOST}'/>`),
      "dropped:no-effect",
    );
  }
  assert.equal(await outcome(server, romeo, `<presence to='${juliet}'/>`), "dropped:nobody-available");
  assert.deepEqual(server.left(), []);
});

test("RFC 6121 §4.7.1: an unknown type is answered alike for accounts that are there and that are not", async () => {
  const server = await household();
  for (const to of [juliet, `missing@${HOST}`]) {
    assert.equal(await outcome(server, stranger, `<presence type='odd' to='${to}'/>`), "bounced:bad-request");
    assert.deepEqual(server.left(), [`presence error ${to} > ${stranger}`]);
  }
});

test("presence errors reach the resource, or for a bare JID the available ones, and are never answered", async () => {
  const server = await household();
  const first = await server.login(balcony);
  server.left();
  const error = (to: string): string =>
    `<presence type='error' to='${to}'><error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>`;
  assert.equal(await outcome(server, romeo, error(balcony)), "delivered");
  assert.equal(await outcome(server, romeo, error(juliet)), "delivered");
  assert.equal(first.take().length, 2);
  assert.equal(await outcome(server, romeo, error(`${juliet}/gone`)), "dropped:unanswerable");
  assert.deepEqual(server.left(), []);
});

test("RFC 6121 §4.3.2: a subscriber that probes gets the last presence of every available resource, whole", async () => {
  const server = await household();
  await server.login(balcony, { presence: "<presence id='pres1'><show>dnd</show></presence>" });
  await server.login(chamber, { presence: "<presence id='pres2'><priority>-1</priority></presence>" });
  await server.login(`${juliet}/attic`, { presence: false });
  server.left();
  await server.arrive(`${romeo}/phone`, `<presence type='probe' id='probe1' to='${juliet}'/>`);
  assert.deepEqual(
    server.abroad.map(({ id }) => id),
    ["pres1", "pres2"],
  );
  assert.equal(server.abroad[0]!.child("show", "jabber:client")?.text, "dnd");
  assert.deepEqual(server.left(), [
    `presence available ${balcony} > ${romeo}/phone`,
    `presence available ${chamber} > ${romeo}/phone`,
  ]);
});

test("RFC 6121 §4.3.2: where nobody is available the subscriber learns that, with the id of its question", async () => {
  const server = await household();
  await server.login(`${juliet}/attic`, { presence: false });
  await server.arrive(romeo, `<presence type='probe' id='probe2' to='${juliet}'/>`);
  assert.equal(server.abroad[0]!.id, "probe2");
  assert.deepEqual(server.left(), [`presence unavailable ${juliet} > ${romeo}`]);
});

test("RFC 6121 §4.3.2: of a full JID a subscriber learns only whether it is there", async () => {
  const server = await household();
  await server.login(balcony, { presence: "<presence><show>dnd</show></presence>" });
  await server.login(chamber);
  server.left();
  await server.arrive(romeo, `<presence type='probe' to='${balcony}'/>`);
  assert.equal(server.abroad[0]!.children.length, 0);
  assert.deepEqual(server.left(), [`presence available ${balcony} > ${romeo}`]);
  await server.arrive(romeo, `<presence type='probe' id='p' to='${juliet}/gone'/>`);
  assert.deepEqual(server.left(), [`presence unavailable ${juliet}/gone > ${romeo}`]);
});

test("D14, D15: a stranger who probes gets the same answer whether the account exists, is online, or not", async () => {
  const server = await household();
  await server.login(balcony);
  server.left();
  for (const asked of [juliet, balcony, `nurse@${HOST}`, `missing@${HOST}`, `missing@${HOST}/balcony`]) {
    await server.arrive(stranger, `<presence type='probe' id='p1' to='${asked}'/>`);
    assert.equal(server.abroad[0]!.id, "p1");
    assert.equal(server.abroad[0]!.children.length, 0);
    assert.deepEqual(server.left(), [`presence unsubscribed ${asked.split("/")[0]} > ${stranger}`]);
  }
});

test("RFC 6121 §4.6.6: who was sent presence directly may ask whether it still holds, and for no more", async () => {
  const server = await household();
  const session = await server.login(balcony, { presence: "<presence><show>away</show></presence>" });
  await server.login(chamber);
  const room = `room@${ABROAD}`;
  await session.write(`<presence to='${room}/nick'><x xmlns='urn:x'/></presence>`);
  server.left();
  await server.arrive(`${room}/nick`, `<presence type='probe' to='${balcony}'/>`);
  assert.equal(server.abroad[0]!.children.length, 0);
  assert.deepEqual(server.left(), [`presence available ${balcony} > ${room}/nick`]);
  await server.arrive(`${room}/nick`, `<presence type='probe' to='${chamber}'/>`);
  assert.deepEqual(server.left(), [`presence unsubscribed ${juliet} > ${room}/nick`]);
  await session.write("<presence type='unavailable'/>");
  server.left();
  await server.arrive(`${room}/nick`, `<presence type='probe' to='${balcony}'/>`);
  assert.deepEqual(server.left(), [`presence unsubscribed ${juliet} > ${room}/nick`]);
});

test("RFC 6121 §4.3: a client that probes gets no error for it", async () => {
  const server = await household();
  await server.contact(`nurse@${HOST}`, juliet, "from");
  await server.login(`nurse@${HOST}/kitchen`);
  const session = await server.login(balcony);
  server.left();
  await session.write(`<presence type='probe' to='${romeo}'/>`);
  assert.deepEqual(server.left(), [`presence probe ${balcony} > ${romeo}`]);
  await session.write(`<presence type='probe' to='nurse@${HOST}'/>`);
  assert.deepEqual(session.lines(), [`presence available nurse@${HOST}/kitchen > ${balcony}`]);
  await session.write("<presence type='probe'/>");
  assert.deepEqual(session.lines(), [`presence available ${balcony} > ${balcony}`]);
  await session.write(`<presence type='probe' to='${juliet}'/>`);
  assert.deepEqual(session.lines(), [`presence available ${balcony} > ${balcony}`]);
});

test("two rosters of this server that disagree are put right when the contact is seen", async () => {
  const server = await household();
  await server.contact(`nurse@${HOST}`, juliet, "to");
  await server.login(balcony);
  const nurse = await server.login(`nurse@${HOST}/kitchen`, { presence: false });
  await nurse.write("<presence/>");
  assert.deepEqual(nurse.lines().slice(1), [
    `presence unsubscribed ${juliet} > nurse@${HOST}`,
    `push ${juliet} none`,
  ]);
});

test("RFC 6121 §8.5.3.1: who may see presence, by subscription or by directed presence", async () => {
  const server = await household();
  const session = await server.login(balcony);
  const { allows } = server.core.loader.services.find(presenceRules)!;
  const rules = server.core.loader.services.find(presenceRules)!;
  const may = async (other: string): Promise<boolean> => allows.call(rules, jid(juliet), jid(other));
  assert.equal(await may(romeo), true);
  assert.equal(await may(`${romeo}/phone`), true);
  assert.equal(await may(chamber), true);
  assert.equal(await may(stranger), false);
  await session.write(`<presence to='${stranger}/pc'/>`);
  assert.equal(await may(stranger), true);
  await session.write(`<presence to='${stranger}/pc' type='unavailable'/>`);
  assert.equal(await may(stranger), false);
});
