import assert from "node:assert/strict";
import { test } from "node:test";
import { ABROAD, HOST, InProcess, show, TestSession, turn } from "../../../test/support/in-process.ts";
import { jid, stanza } from "../../../test/support/stanzas.ts";
import { SteppedWorld } from "../../../test/support/stepped-world.ts";

const romeo = `romeo@${HOST}`;
const juliet = `juliet@${HOST}`;
const orchard = `${romeo}/orchard`;
const balcony = `${juliet}/balcony`;
const tybalt = `tybalt@${ABROAD}`;

const pair = (): InProcess => new InProcess({ accounts: ["romeo", "juliet"] });

async function arrive(server: InProcess, full: string): Promise<TestSession> {
  const session = new TestSession(server.core, full);
  await server.core.sessions.add(session);
  await session.write("<presence/>");
  return session;
}

test("RFC 6121 §3.1: between two accounts here, each step in its order", async () => {
  const server = pair();
  const his = await server.login(orchard);
  const hers = await server.login(balcony, { presence: "<presence id='b'><show>chat</show></presence>" });
  await his.write(`<presence to='${balcony}' type='subscribe' id='s1'><status>It is I</status></presence>`);
  assert.deepEqual(his.lines(), [`push ${juliet} none subscribe`]);
  const [request, ...rest] = hers.take();
  assert.equal(show(request!), `presence subscribe ${romeo} > ${juliet}`);
  assert.equal(request!.child("status", "jabber:client")?.text, "It is I");
  assert.equal(request!.id, "s1");
  assert.deepEqual(rest, []);
  await hers.write(`<presence to='${romeo}' type='subscribed'/>`);
  assert.deepEqual(hers.lines(), [`push ${romeo} from`]);
  // RFC 6121 §3.1.6: the approval, then the push, then what follows from it.
  assert.deepEqual(his.lines(), [
    `presence subscribed ${juliet} > ${romeo}`,
    `push ${juliet} to`,
    `presence available ${balcony} > ${romeo}`,
  ]);
  await hers.write(`<presence to='${romeo}' type='unsubscribed'/>`);
  assert.deepEqual(hers.lines(), [`push ${romeo} none`]);
  assert.deepEqual(his.lines(), [
    `presence unavailable ${balcony} > ${romeo}`,
    `presence unsubscribed ${juliet} > ${romeo}`,
    `push ${juliet} none`,
  ]);
  assert.deepEqual(server.errors, []);
});

test("RFC 6121 §3.3: who unsubscribes sees the contact leave", async () => {
  const server = pair();
  await server.contact(romeo, juliet, "both");
  await server.contact(juliet, romeo, "both");
  const his = await server.login(orchard);
  const hers = await server.login(balcony);
  his.take();
  await his.write(`<presence to='${juliet}' type='unsubscribe'/>`);
  assert.deepEqual(his.lines(), [`push ${juliet} from`, `presence unavailable ${balcony} > ${romeo}`]);
  assert.deepEqual(hers.lines(), [`presence unsubscribe ${romeo} > ${juliet}`, `push ${romeo} to`]);
});

test("RFC 6121 §3.1.3: a request waits whole for each new resource until it is answered, and once", async () => {
  const server = pair();
  const his = await server.login(orchard);
  const request = `<presence to='${juliet}' type='subscribe' xml:lang='it'><status>uno</status><nick xmlns='http://jabber.org/protocol/nick'>R</nick></presence>`;
  await his.write(request, `<presence to='${juliet}' type='subscribe'/>`);
  const check = (session: TestSession): void => {
    const requests = session.take().filter(({ type }) => type === "subscribe");
    assert.equal(requests.length, 1);
    assert.equal(requests[0]!.child("nick", "http://jabber.org/protocol/nick")?.text, "R");
    assert.equal(requests[0]!.lang, "it");
    assert.equal(`${requests[0]!.from} ${requests[0]!.to}`, `${romeo} ${juliet}`);
  };
  check(await arrive(server, balcony));
  const second = await arrive(server, `${juliet}/chamber`);
  check(second);
  // Also after a restart.
  const later = new InProcess({ accounts: ["romeo", "juliet"], storage: server.storage });
  const third = await arrive(later, balcony);
  check(third);
  await third.write(`<presence to='${romeo}' type='unsubscribed'/>`);
  const fourth = await arrive(later, `${juliet}/chamber`);
  assert.deepEqual(fourth.lines(), [
    `presence available ${juliet}/chamber > ${juliet}`,
    `presence available ${balcony} > ${juliet}`,
  ]);
});

test("RFC 6121 §3.1.3: a request is no item of the roster", async () => {
  const server = pair();
  await server.arrive(tybalt, `<presence to='${juliet}' type='subscribe'/>`);
  const hers = await server.login(balcony);
  await hers.write("<iq type='get' id='r'><query xmlns='jabber:iq:roster'/></iq>");
  assert.deepEqual(hers.take()[0]!.child("query", "jabber:iq:roster")!.elements(), []);
  await hers.write(`<presence to='${tybalt}' type='subscribed'/>`);
  assert.deepEqual(hers.lines(), [`push ${tybalt} from`]);
});

test("D17: as many requests wait as may, further ones end silently; one too large is refused whoever it is for", async () => {
  const server = new InProcess({ accounts: ["juliet"], options: { roster: { contacts: 10, requests: 3 } } });
  const outcomes: unknown[] = [];
  for (let n = 0; n < 5; n++) {
    const from = `mal${n}@${ABROAD}/${n}`;
    outcomes.push(await server.core.router.send(stanza(from, `<presence to='${juliet}' type='subscribe'/>`)));
  }
  assert.deepEqual(outcomes, ["stored", "stored", "stored", ...Array(2).fill("dropped:too-many-requests")]);
  const again = await server.core.router.send(
    stanza(`mal0@${ABROAD}/y`, `<presence to='${juliet}' type='subscribe'/>`),
  );
  assert.equal(again, "dropped:no-effect");
  assert.deepEqual(server.left(), []);
  const requests = (await arrive(server, balcony)).take().slice(1);
  assert.deepEqual(
    requests.map(({ from }) => `${from}`),
    [0, 1, 2].map((n) => `mal${n}@${ABROAD}`),
  );
  for (const to of [juliet, `missing@${HOST}`]) {
    await server.arrive(
      tybalt,
      `<presence to='${to}' type='subscribe'><status>${"x".repeat(20_000)}</status></presence>`,
    );
  }
  const sizes = server.abroad.map((answer) => answer.child("error", "jabber:client")?.elements()[0]?.name);
  assert.deepEqual(sizes, ["policy-violation", "policy-violation"]);
});

test("D17: one client's requests above the pace wait, what it sends behind them too, and nothing is lost", async () => {
  const world = new SteppedWorld();
  const server = new InProcess({ accounts: ["romeo"], world });
  const session = await server.login(orchard);
  server.left();
  for (let n = 0; n < 103; n++)
    server.core.router.receive(session, stanza(orchard, `<presence to='c${n}@${ABROAD}' type='subscribe'/>`));
  for (let n = 0; n < 100 && server.abroad.length < 100; n++) await turn();
  await turn();
  assert.equal(server.abroad.length, 100);
  world.pass(1000);
  await turn();
  assert.equal(server.abroad.length, 101);
  world.pass(3000);
  await turn();
  world.pass(3000);
  await turn();
  assert.equal(server.abroad.length, 103);
});

test("the end of a session does not wait for the pace of its requests", async () => {
  const world = new SteppedWorld();
  const server = new InProcess({ accounts: ["romeo"], world });
  const session = await server.login(orchard);
  server.left();
  for (let n = 0; n < 200; n++)
    server.core.router.receive(session, stanza(orchard, `<presence to='c${n}@${ABROAD}' type='subscribe'/>`));
  const lost = session.lose();
  for (let n = 0; n < 100 && server.abroad.length < 100; n++) await turn();
  world.pass(1000);
  await lost;
  assert.equal(server.abroad.length, 200);
});

test("RFC 6121 §3.2.2, §4.6.1: who has seen all resources leave is not told again what presence was sent directly", async () => {
  const server = pair();
  await server.contact("romeo@h.test", `c@${ABROAD}`, "from");
  const his = await server.login(orchard, { presence: false });
  await his.write(`<presence to='c@${ABROAD}'/>`, "<presence/>");
  await his.write(`<presence to='c@${ABROAD}' type='unsubscribed'/>`);
  assert.equal(server.left().at(-1), `presence unsubscribed romeo@h.test > c@${ABROAD}`);
  await his.write("<presence type='unavailable'/>");
  assert.deepEqual(server.left(), []);
});

test("RFC 6121 §3.1.2: what cannot be routed is answered to the resource that asked", async () => {
  const server = pair();
  const his = await server.login(orchard);
  await his.write("<presence to='x@nowhere.test' type='subscribe' id='s'/>");
  const [push, error] = his.take();
  assert.equal(show(push!), "push x@nowhere.test none subscribe");
  assert.deepEqual([error!.type, error!.id, `${error!.from}`], ["error", "s", "x@nowhere.test"]);
  assert.equal(error!.child("error", "jabber:client")?.elements()[0]?.name, "remote-server-not-found");
});

test("RFC 6121 §8.5.1: a request to an account that does not exist is silent; it is asked again when the account's first resource comes", async () => {
  const server = pair();
  const his = await server.login(orchard);
  await his.write(
    `<presence to='nobody@${HOST}' type='subscribe'/>`,
    `<presence to='${tybalt}' type='subscribe'/>`,
  );
  assert.deepEqual(his.lines(), [`push nobody@${HOST} none subscribe`, `push ${tybalt} none subscribe`]);
  server.left();
  await arrive(server, `${romeo}/second`);
  assert.deepEqual(server.left(), []);
  await his.lose();
  for (const session of server.core.sessions.of(jid(romeo)).slice()) await (session as TestSession).lose();
  server.accounts.add(`nobody@${HOST}`);
  await arrive(server, orchard);
  assert.deepEqual(server.left(), [`presence subscribe ${romeo} > ${tybalt}`]);
  const nobody = await arrive(server, `nobody@${HOST}/here`);
  assert.deepEqual(nobody.lines().slice(1), [`presence subscribe ${romeo} > nobody@${HOST}`]);
});

test("nobody needs a subscription to themselves", async () => {
  const server = pair();
  const his = await server.login(orchard);
  for (const type of ["subscribe", "subscribed", "unsubscribe", "unsubscribed"]) {
    await his.write(
      `<presence to='${romeo}' type='${type}'/>`,
      `<presence to='${romeo}/other' type='${type}'/>`,
    );
  }
  assert.deepEqual(his.take(), []);
});

test("RFC 6121 §8.5.3.2.2: answers to a resource that is gone are ignored, requests are not", async () => {
  const server = pair();
  await server.contact(romeo, tybalt, "none", { ask: true });
  const his = await server.login(orchard);
  server.left();
  await server.arrive(tybalt, `<presence to='${romeo}/gone' type='subscribed'/>`);
  assert.deepEqual(his.take(), []);
  await server.arrive(tybalt, `<presence to='${romeo}/gone' type='subscribe'/>`);
  assert.deepEqual(his.lines(), [`presence subscribe ${tybalt} > ${romeo}`]);
  await server.arrive(tybalt, `<presence to='${orchard}' type='subscribed'/>`);
  assert.deepEqual(his.lines(), [`presence subscribed ${tybalt} > ${romeo}`, `push ${tybalt} to`]);
});

test("RFC 6121 §2.5.2: who is removed from a roster is unsubscribed in both directions", async () => {
  const server = pair();
  for (const [contact, subscription] of [
    ["a", "to"],
    ["b", "from"],
    ["c", "both"],
    ["d", "none"],
  ] as const) {
    await server.contact(romeo, `${contact}@${ABROAD}`, subscription, contact === "d" ? { ask: true } : {});
  }
  const his = await server.login(orchard);
  const removed = async (contact: string): Promise<string[]> => {
    server.left();
    const item = `<item jid='${contact}@${ABROAD}' subscription='remove'/>`;
    await his.write(`<iq type='set' id='x'><query xmlns='jabber:iq:roster'>${item}</query></iq>`);
    assert.deepEqual(his.lines(), [`push ${contact}@${ABROAD} remove`, `iq result ${romeo} > ${orchard}`]);
    return server.left().map((line) => line.split(" ").slice(1, 3).join(" "));
  };
  assert.deepEqual(await removed("a"), [`unsubscribe ${romeo}`]);
  assert.deepEqual(await removed("b"), [`unavailable ${orchard}`, `unsubscribed ${romeo}`]);
  assert.deepEqual(await removed("c"), [
    `unavailable ${orchard}`,
    `unsubscribe ${romeo}`,
    `unsubscribed ${romeo}`,
  ]);
  assert.deepEqual(await removed("d"), [`unsubscribe ${romeo}`]);
});

test("an account that is removed leaves the rosters of its contacts as somebody without subscription", async () => {
  const server = pair();
  await server.contact(romeo, juliet, "both");
  await server.contact(juliet, romeo, "both");
  await server.contact(romeo, tybalt, "none", { ask: true });
  await server.arrive(`paris@${ABROAD}`, `<presence to='${romeo}' type='subscribe'/>`);
  const his = await server.login(orchard);
  const hers = await server.login(balcony);
  server.left();
  server.accounts.delete(romeo);
  const changes = await server.core.removeAccount(jid(romeo));
  await server.storage.commit(changes);
  await turn();
  assert.equal(his.ended, true);
  assert.deepEqual(hers.lines(), [
    `presence unavailable ${orchard} > ${juliet}`,
    `presence unsubscribe ${romeo} > ${juliet}`,
    `push ${romeo} to`,
    `presence unsubscribed ${romeo} > ${juliet}`,
    `push ${romeo} none`,
  ]);
  assert.deepEqual(server.left(), [
    `presence unsubscribe ${romeo} > ${tybalt}`,
    `presence unsubscribed ${romeo} > paris@${ABROAD}`,
  ]);
  // Whoever gets the name next begins with nothing.
  server.accounts.add(romeo);
  const next = await server.login(orchard);
  await next.write("<iq type='get' id='r'><query xmlns='jabber:iq:roster'/></iq>");
  const roster = next.take()[0]!.child("query", "jabber:iq:roster")!;
  assert.deepEqual([roster.attr("ver"), roster.elements()], ["0", []]);
});
