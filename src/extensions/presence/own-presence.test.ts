import assert from "node:assert/strict";
import { test } from "node:test";
import { gate } from "../../../test/support/gate.ts";
import { ABROAD, HOST, InProcess, show, TestSession, turn } from "../../../test/support/in-process.ts";
import { jid } from "../../../test/support/stanzas.ts";
import { sessionAvailable } from "../../kernel/points.ts";

const juliet = `juliet@${HOST}`;
const balcony = `${juliet}/balcony`;
const chamber = `${juliet}/chamber`;
const romeo = `romeo@${ABROAD}`;

/** romeo gets her presence, benvolio gives his, mercutio does both, the nurse neither. */
async function withContacts(): Promise<InProcess> {
  const server = new InProcess({ accounts: ["juliet", "mercutio", "tybalt"] });
  await server.contact(juliet, romeo, "from");
  await server.contact(juliet, `benvolio@${ABROAD}`, "to");
  await server.contact(juliet, `mercutio@${HOST}`, "both");
  await server.contact(juliet, `nurse@${ABROAD}`, "none");
  await server.contact(`mercutio@${HOST}`, juliet, "both");
  return server;
}

test("RFC 6121 §4.2.2: initial presence goes to itself, to the account's resources and to subscribers; contacts are probed", async () => {
  const server = await withContacts();
  const mercutio = await server.login(`mercutio@${HOST}/street`, {
    presence: "<presence id='m'><show>away</show></presence>",
  });
  const first = await server.login(balcony, { presence: "<presence><show>dnd</show></presence>" });
  assert.deepEqual(server.left(), [
    `presence available ${balcony} > ${romeo}`,
    `presence probe ${juliet} > benvolio@${ABROAD}`,
  ]);
  assert.deepEqual(mercutio.lines(), [`presence available ${balcony} > mercutio@${HOST}`]);
  const second = await server.login(chamber, { presence: false });
  await second.write("<presence id='p1'><status>here</status></presence>");
  const [own, other, contact, ...rest] = second.take();
  assert.equal(show(own!), `presence available ${chamber} > ${juliet}`);
  assert.equal(own!.child("status", "jabber:client")?.text, "here");
  assert.equal(show(other!), `presence available ${balcony} > ${juliet}`);
  assert.equal(other!.child("show", "jabber:client")?.text, "dnd");
  assert.equal(show(contact!), `presence available mercutio@${HOST}/street > ${juliet}`);
  // RFC 6121 §4.3.2.1: the id of the contact's own stanza.
  assert.equal(contact!.id, "m");
  assert.deepEqual(rest, []);
  assert.deepEqual(first.lines(), [`presence available ${chamber} > ${juliet}`]);
  assert.deepEqual(mercutio.lines(), [`presence available ${chamber} > mercutio@${HOST}`]);
});

test("RFC 6121 §4.4.2: subsequent presence goes the same ways without probes, all of it", async () => {
  const server = await withContacts();
  const session = await server.login(balcony);
  server.left();
  await session.write(
    "<presence><show>xa</show><c xmlns='http://jabber.org/protocol/caps' ver='v'/></presence>",
  );
  assert.equal(server.abroad.length, 1);
  assert.equal(server.abroad[0]!.child("show", "jabber:client")?.text, "xa");
  assert.equal(server.abroad[0]!.has("c", "http://jabber.org/protocol/caps"), true);
  assert.deepEqual(server.left(), [`presence available ${balcony} > ${romeo}`]);
  assert.deepEqual(session.lines(), [`presence available ${balcony} > ${juliet}`]);
});

test("RFC 6121 §4.5.2: unavailable presence goes out once, with its content, and to its own resource too", async () => {
  const server = await withContacts();
  const first = await server.login(balcony);
  const second = await server.login(chamber);
  first.take();
  server.left();
  await first.write("<presence type='unavailable'><status>bye</status></presence>");
  assert.equal(server.abroad[0]!.child("status", "jabber:client")?.text, "bye");
  assert.deepEqual(server.left(), [`presence unavailable ${balcony} > ${romeo}`]);
  assert.deepEqual(first.lines(), [`presence unavailable ${balcony} > ${juliet}`]);
  assert.deepEqual(second.lines(), [`presence unavailable ${balcony} > ${juliet}`]);
  await first.write("<presence type='unavailable'/>");
  await first.lose();
  assert.deepEqual(server.left(), []);
  assert.deepEqual(second.lines(), []);
});

test("RFC 6121 §4.5.2: a lost connection says unavailable, once; initial presence after that is a new session", async () => {
  const server = await withContacts();
  const session = await server.login(balcony);
  server.left();
  await session.lose();
  await session.lose();
  assert.deepEqual(server.left(), [`presence unavailable ${balcony} > ${romeo}`]);
  const again = await server.login(balcony);
  assert.deepEqual(server.left(), [
    `presence available ${balcony} > ${romeo}`,
    `presence probe ${juliet} > benvolio@${ABROAD}`,
  ]);
  await again.write("<presence type='unavailable'/>");
  server.left();
  await again.write("<presence/>");
  assert.equal(server.left().length, 2);
});

test("RFC 6121 §4.6: directed presence is remembered for its session and ends with it", async () => {
  const server = await withContacts();
  const session = await server.login(balcony);
  server.left();
  const room = `room@${ABROAD}/nick`;
  await session.write(`<presence to='${room}'><x xmlns='urn:x'/></presence>`, `<presence to='${room}'/>`);
  assert.equal(server.abroad[0]!.has("x", "urn:x"), true);
  assert.deepEqual(server.left(), Array(2).fill(`presence available ${balcony} > ${room}`));
  // Not part of broadcasts of available presence.
  await session.write("<presence><show>away</show></presence>");
  assert.deepEqual(server.left(), [`presence available ${balcony} > ${romeo}`]);
  await session.write("<presence type='unavailable'/>");
  assert.deepEqual(server.left(), [
    `presence unavailable ${balcony} > ${romeo}`,
    `presence unavailable ${balcony} > ${room}`,
  ]);
  await session.lose();
  assert.deepEqual(server.left(), []);
});

test("RFC 6121 §4.6.1: nobody who has left, or has been left, hears of the end", async () => {
  const server = await withContacts();
  const session = await server.login(balcony);
  await session.write(
    `<presence to='a@${ABROAD}'/>`,
    `<presence to='b@${ABROAD}/x'/>`,
    `<presence to='c@${ABROAD}'/>`,
  );
  await session.write(`<presence to='a@${ABROAD}' type='unavailable'/>`);
  await server.arrive(`b@${ABROAD}/x`, `<presence to='${balcony}' type='unavailable'/>`);
  server.left();
  await session.lose();
  assert.deepEqual(server.left(), [
    `presence unavailable ${balcony} > ${romeo}`,
    `presence unavailable ${balcony} > c@${ABROAD}`,
  ]);
});

test("D18: who is not available is seen to go only by those who were told of it", async () => {
  const server = await withContacts();
  const other = await server.login(chamber);
  server.left();
  const session = await server.login(balcony, { presence: false });
  await session.write(`<presence to='friend@${ABROAD}'/>`, `<presence to='${romeo}'/>`);
  assert.deepEqual(server.left(), [
    `presence available ${balcony} > friend@${ABROAD}`,
    `presence available ${balcony} > ${romeo}`,
  ]);
  assert.equal(session.presence, undefined);
  await session.lose();
  assert.deepEqual(server.left(), [
    `presence unavailable ${balcony} > friend@${ABROAD}`,
    `presence unavailable ${balcony} > ${romeo}`,
  ]);
  assert.deepEqual(other.lines(), []);
});

test("presence for the own account reaches its resources, and ends like other directed presence", async () => {
  const server = await withContacts();
  const other = await server.login(chamber);
  const session = await server.login(balcony, { presence: false });
  await session.write(`<presence to='${juliet}'/>`);
  assert.deepEqual(other.lines(), [`presence available ${balcony} > ${juliet}`]);
  await session.lose();
  assert.deepEqual(other.lines(), [`presence unavailable ${balcony} > ${juliet}`]);
});

test("an address too many for directed presence is refused", async () => {
  const server = new InProcess({ accounts: ["juliet"], options: { presence: { directed: 2 } } });
  const session = await server.login(balcony);
  await session.write(
    `<presence to='a@${ABROAD}'/>`,
    `<presence to='b@${ABROAD}'/>`,
    `<presence to='c@${ABROAD}' id='c'/>`,
  );
  const [error, ...rest] = session.take();
  assert.equal(error!.type, "error");
  assert.equal(error!.child("error", "jabber:client")?.elements()[0]?.name, "resource-constraint");
  assert.deepEqual(rest, []);
  assert.equal(server.abroad.length, 2);
});

test("a session takes messages from its first presence of non-negative priority on", async () => {
  const server = await withContacts();
  const taking: string[] = [];
  server.core.hooks.on(sessionAvailable, "announced", "test", ({ session }) => {
    taking.push(`${session.jid.resource} ${session.priority} ${server.abroad.length}`);
  });
  const session = new TestSession(server.core, balcony);
  await server.core.sessions.add(session);
  await session.write("<presence><priority>-1</priority></presence>");
  assert.deepEqual([taking, session.priority], [[], -1]);
  await session.write("<presence/>");
  // The contacts know already.
  assert.deepEqual(taking.splice(0), ["balcony 0 3"]);
  await session.write("<presence><priority>5</priority></presence>");
  await session.write("<presence><priority>-128</priority></presence>");
  assert.deepEqual([taking, session.priority], [[], -128]);
  await session.write("<presence><priority>127</priority></presence>");
  assert.deepEqual(taking.splice(0).length, 1);
  await session.write("<presence type='unavailable'/>");
  assert.deepEqual([session.presence, session.priority], [undefined, 0]);
  await session.write("<presence/>");
  assert.deepEqual(taking.length, 1);
});

test("a priority that is none changes nothing", async () => {
  const server = await withContacts();
  const session = await server.login(balcony, { presence: "<presence><priority>3</priority></presence>" });
  server.left();
  await session.write("<presence id='bad'><priority>300</priority></presence>");
  const [error] = session.take();
  assert.deepEqual([error!.type, error!.id], ["error", "bad"]);
  assert.equal(error!.child("error", "jabber:client")?.elements()[0]?.name, "bad-request");
  assert.equal(session.priority, 3);
  assert.deepEqual(server.left(), []);
});

test("RFC 6121 §4.7.1: unknown types, and subscriptions to nobody, are bad requests", async () => {
  const server = await withContacts();
  const session = await server.login(balcony);
  for (const head of ["type='available'", `type='gone' to='${romeo}'`, "type='subscribe'", "type=''"]) {
    await session.write(`<presence ${head}/>`);
    const [error, ...rest] = session.take();
    assert.equal(error?.child("error", "jabber:client")?.elements()[0]?.name, "bad-request", head);
    assert.deepEqual(rest, []);
  }
  await session.write("<presence type='error'/>");
  assert.deepEqual(session.take(), []);
});

test("many subscribers get presence in slices, in order, and the end after it", async () => {
  const server = new InProcess({ accounts: ["juliet"] });
  for (let n = 0; n < 700; n++)
    await server.contact(juliet, `c${String(n).padStart(3, "0")}@${ABROAD}`, "from");
  const session = new TestSession(server.core, balcony);
  await server.core.sessions.add(session);
  const written = session.write("<presence/>");
  const lost = session.lose();
  await Promise.all([written, lost]);
  assert.equal(server.abroad.length, 1400);
  const text = server.left();
  assert.ok(text.slice(0, 700).every((line) => line.startsWith("presence available")));
  assert.ok(text.slice(700).every((line) => line.startsWith("presence unavailable")));
  assert.equal(text[699], `presence available ${balcony} > c699@${ABROAD}`);
});

test("one content for all receivers", async () => {
  const server = await withContacts();
  await server.contact(juliet, `second@${ABROAD}`, "from");
  const session = await server.login(balcony);
  server.left();
  await session.write("<presence><status>long</status></presence>");
  const [first, second] = server.abroad;
  assert.equal(first!.inner, second!.inner);
  assert.equal(first!.inner, session.take()[0]!.inner);
  assert.equal(jid(balcony).equals(first!.from!), true);
});

test("what contacts say is said one after the other to who has just come, as fast as it is read", async () => {
  const server = new InProcess({ accounts: ["juliet", "mercutio", "tybalt"] });
  for (const name of ["mercutio", "tybalt"]) {
    await server.contact(juliet, `${name}@${HOST}`, "to");
    await server.contact(`${name}@${HOST}`, juliet, "from");
    await server.login(`${name}@${HOST}/street`);
  }
  const hold = gate();
  class Slow extends TestSession {
    override writable(): Promise<void> {
      return hold.wait();
    }
  }
  const session = new Slow(server.core, balcony);
  await server.core.sessions.add(session);
  const told = session.write("<presence/>");
  await turn();
  const [own, first, ...more] = session.lines();
  assert.deepEqual([own, more], [`presence available ${balcony} > ${juliet}`, []]);
  assert.equal(first, `presence available mercutio@${HOST}/street > ${juliet}`);
  await hold.open();
  await told;
  assert.deepEqual(session.lines(), [`presence available tybalt@${HOST}/street > ${juliet}`]);
});
