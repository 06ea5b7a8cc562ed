import assert from "node:assert/strict";
import { test } from "node:test";
import { ask } from "../../../test/support/asking.ts";
import { ABROAD, HOST, InProcess, type TestSession } from "../../../test/support/in-process.ts";
import { jid, stanza } from "../../../test/support/stanzas.ts";
import { presenceRules } from "../../kernel/services.ts";
import { stanzaCodec } from "../../kernel/storage.ts";

const juliet = `juliet@${HOST}`;
const balcony = `${juliet}/balcony`;
const chamber = `${juliet}/chamber`;
const romeo = `romeo@${HOST}`;
const orchard = `${romeo}/orchard`;
const paris = `paris@${ABROAD}`;
const nurse = `nurse@${HOST}`;

/** romeo and paris are subscribed in both directions, the nurse gets her presence, tybalt gives his. */
async function verona(): Promise<InProcess> {
  const server = new InProcess({ accounts: ["juliet", "romeo", "nurse", "tybalt"] });
  await server.contact(juliet, romeo, "both");
  await server.contact(romeo, juliet, "both");
  await server.contact(juliet, paris, "both");
  await server.contact(juliet, nurse, "from");
  await server.contact(nurse, juliet, "to");
  await server.contact(juliet, `tybalt@${HOST}`, "to");
  return server;
}

async function command(session: TestSession, name: string, ...addresses: string[]): Promise<void> {
  const items = addresses.map((address) => `<item jid='${address}'/>`).join("");
  const answer = await ask(session, "set", `<${name} xmlns='urn:xmpp:blocking'>${items}</${name}>`);
  assert.equal(answer.type, "result");
}

test("XEP-0191 §3.3: a blocked subscriber sees every resource leave, once, and nobody else does", async () => {
  const server = await verona();
  const his = await server.login(orchard);
  const hers = await server.login(`${nurse}/n`);
  const her = await server.login(balcony);
  const second = await server.login(chamber);
  await server.login(`${juliet}/hidden`, { presence: false });
  his.take();
  hers.take();
  server.left();
  await command(her, "block", romeo, paris);
  await command(second, "block", romeo, "b.test");
  const gone = [balcony, chamber].map((one) => `presence unavailable ${one} > `);
  assert.deepEqual(
    his.lines(),
    gone.map((one) => one + romeo),
  );
  assert.deepEqual(
    server.left(),
    gone.map((one) => one + paris),
  );
  assert.deepEqual(hers.lines(), []);

  // What she says from now on, they do not hear; what they say, she does not.
  await her.write("<presence><show>away</show></presence>", "<presence type='unavailable'/>", "<presence/>");
  await his.write("<presence><show>dnd</show></presence>");
  await server.arrive(`${paris}/p`, `<presence to='${juliet}'/>`);
  await second.lose();
  assert.deepEqual(his.lines(), [`presence available ${orchard} > ${romeo}`]);
  assert.deepEqual(server.left(), []);
  assert.deepEqual(
    hers.lines().map((line) => line.split(" ")[1]),
    ["available", "unavailable", "available", "unavailable"],
  );
  assert.deepEqual(
    her.take().filter(({ from }) => !from!.bare.equals(jid(juliet))),
    [],
  );
});

test("XEP-0191 §3.4: when unblocked, each hears what the other has said meanwhile", async () => {
  const server = await verona();
  const her = await server.login(balcony);
  await command(her, "block", HOST, ABROAD);
  server.left();
  const his = await server.login(orchard, { presence: "<presence><show>dnd</show></presence>" });
  const second = await server.login(chamber, { presence: "<presence><show>xa</show></presence>" });
  her.take();
  assert.deepEqual(his.lines(), []);
  assert.deepEqual(server.left(), []);
  await command(her, "unblock", HOST);
  assert.deepEqual(his.lines(), [
    `presence available ${balcony} > ${romeo}`,
    `presence available ${chamber} > ${romeo}`,
  ]);
  assert.deepEqual(second.lines(), [`presence available ${orchard} > ${juliet}`]);
  assert.deepEqual(server.left(), []);
  await command(second, "unblock");
  const sent = server.left();
  assert.deepEqual(sent.slice(0, 2), [
    `presence available ${balcony} > ${paris}`,
    `presence available ${chamber} > ${paris}`,
  ]);
  assert.deepEqual(new Set(sent.slice(2)), new Set([`presence probe ${juliet} > ${paris}`]));
  assert.deepEqual(his.lines(), []);
});

test("who is still blocked by another item neither leaves nor returns", async () => {
  const server = await verona();
  const his = await server.login(orchard);
  const her = await server.login(balcony);
  await command(her, "block", romeo);
  his.take();
  server.left();
  await command(her, "block", HOST, orchard);
  await command(her, "unblock", HOST);
  await command(her, "unblock", orchard);
  assert.deepEqual(his.lines(), []);
  await command(her, "unblock", romeo);
  assert.deepEqual(his.lines(), [`presence available ${balcony} > ${romeo}`]);
});

test("a resource alone: it sees her leave and return, its account's others do not", async () => {
  const server = await verona();
  const his = await server.login(orchard);
  const street = await server.login(`${romeo}/street`);
  const her = await server.login(balcony);
  his.take();
  street.take();
  await command(her, "block", orchard);
  assert.deepEqual(his.lines(), [`presence unavailable ${balcony} > ${orchard}`]);
  await his.write("<presence><show>away</show></presence>");
  assert.deepEqual(her.lines(), []);
  his.take();
  street.take();
  await command(her, "unblock", orchard);
  assert.deepEqual(his.lines(), [`presence available ${balcony} > ${orchard}`]);
  assert.deepEqual(street.lines(), []);
});

test("directed presence ends with the block, and is not said again at the end of the session", async () => {
  const server = await verona();
  const tybalt = await server.login(`tybalt@${HOST}/t`);
  const her = await server.login(balcony);
  const hidden = await server.login(chamber, { presence: false });
  await her.write(`<presence to='tybalt@${HOST}'/>`, `<presence to='room@${ABROAD}/julie'/>`);
  await hidden.write(`<presence to='${romeo}'/>`, `<presence to='tybalt@${HOST}/t'/>`);
  tybalt.take();
  server.left();
  const his = await server.login(orchard);
  await command(her, "block", `tybalt@${HOST}`, `room@${ABROAD}/julie`, romeo);
  assert.deepEqual(tybalt.lines(), [
    `presence unavailable ${balcony} > tybalt@${HOST}`,
    `presence unavailable ${chamber} > tybalt@${HOST}/t`,
  ]);
  assert.deepEqual(server.left(), [`presence unavailable ${balcony} > room@${ABROAD}/julie`]);
  his.take();
  await her.lose();
  await hidden.lose();
  assert.deepEqual(tybalt.lines(), []);
  assert.deepEqual(his.lines(), []);
  assert.equal(server.left().filter((line) => line.includes("room")).length, 0);
});

test("nobody learns of a session from a probe or a login when blocked, in either direction", async () => {
  const server = await verona();
  const her = await server.login(balcony);
  await command(her, "block", romeo);
  const his = await server.login(orchard, { presence: false });
  await his.write("<presence/>", `<presence type='probe' to='${juliet}'/>`);
  assert.deepEqual(his.lines(), [`presence available ${orchard} > ${romeo}`]);
  const second = await server.login(chamber, { presence: false });
  await second.write("<presence/>");
  assert.deepEqual(second.lines(), [
    `presence available ${chamber} > ${juliet}`,
    `presence available ${balcony} > ${juliet}`,
  ]);
  const rules = server.core.loader.services.find(presenceRules)!;
  assert.equal(await rules.allows(jid(juliet), jid(orchard)), false);
  assert.equal(await rules.allows(jid(juliet), jid(nurse)), true);
});

test("requests of the blocked wait out of sight, and so do those to them", async () => {
  const server = await verona();
  const request = stanza(`paul@${ABROAD}`, `<presence to='${juliet}' type='subscribe'/>`);
  await server.storage.commit([
    server.storage.map("roster-requests", stanzaCodec).set(jid(juliet), `paul@${ABROAD}`, request),
  ]);
  await server.contact(juliet, `peter@${ABROAD}`, "none", { ask: true });
  const hidden = await server.login(chamber, { presence: false });
  await command(hidden, "block", ABROAD);
  const her = await server.login(balcony, { presence: false });
  await her.write("<presence/>");
  assert.deepEqual(
    her.lines().filter((line) => line.includes("subscribe")),
    [],
  );
  assert.deepEqual(server.left(), []);
  await command(hidden, "unblock");
  assert.deepEqual(her.lines(), [`presence subscribe paul@${ABROAD} > ${juliet}`]);
});

test("XEP-0191 §4: subscriptions stay; who is taken out of the roster hears no more than that", async () => {
  const server = await verona();
  const his = await server.login(orchard);
  const her = await server.login(balcony);
  await command(her, "block", romeo);
  await server.login(chamber);
  his.take();
  her.take();
  await her.write(
    `<iq type='set' id='r'><query xmlns='jabber:iq:roster'><item jid='${romeo}' subscription='remove'/></query></iq>`,
  );
  assert.deepEqual(his.lines(), [
    `presence unsubscribe ${juliet} > ${romeo}`,
    `push ${juliet} to`,
    `presence unsubscribed ${juliet} > ${romeo}`,
    `push ${juliet} none`,
  ]);
});
