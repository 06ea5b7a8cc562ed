import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, conditionOf } from "../../../test/support/asking.ts";
import { gate } from "../../../test/support/gate.ts";
import { ABROAD, HOST, InProcess, type TestSession, turn } from "../../../test/support/in-process.ts";
import { memoryStorage } from "../../../test/support/memory-store.ts";
import { SlowStorage } from "../../../test/support/slow-storage.ts";
import { jid, stanza } from "../../../test/support/stanzas.ts";
import type { Stanza } from "../../xmpp/stanza.ts";

const juliet = `juliet@${HOST}`;
const balcony = `${juliet}/balcony`;
const romeo = `romeo@${HOST}`;
const orchard = `${romeo}/orchard`;
const paris = `paris@${ABROAD}`;

function command(name: string, ...addresses: string[]): string {
  const items = addresses.map((address) => `<item jid='${address}'/>`).join("");
  return `<${name} xmlns='urn:xmpp:blocking'>${items}</${name}>`;
}

async function block(session: TestSession, ...addresses: string[]): Promise<void> {
  const answer = await ask(session, "set", command("block", ...addresses));
  assert.equal(answer.type, "result", conditionOf(answer));
}

async function unblock(session: TestSession, ...addresses: string[]): Promise<void> {
  const answer = await ask(session, "set", command("unblock", ...addresses));
  assert.equal(answer.type, "result", conditionOf(answer));
}

async function blocked(session: TestSession): Promise<readonly (string | undefined)[]> {
  const answer = await ask(session, "get", command("blocklist"));
  const list = answer.child("blocklist", "urn:xmpp:blocking");
  return list!.elements().map((item) => item.attr("jid"));
}

/** A push in one line. */
function push(one: Stanza): string {
  const [list] = one.elements();
  return [one.type, list!.name, ...list!.elements().map((item) => item.attr("jid"))].join(" ");
}

function server(options: Partial<ConstructorParameters<typeof InProcess>[0]> = {}): InProcess {
  return new InProcess({ accounts: ["juliet", "romeo", "nurse"], ...options });
}

test("XEP-0191 §3.2 to §3.5: a list is empty, filled, taken from, emptied; it is the account's", async () => {
  const home = server();
  const her = await home.login(balcony);
  assert.deepEqual(await blocked(her), []);
  await block(her, "ROMEO@H.test", paris, romeo);
  await block(her, "c.test");
  assert.deepEqual(await blocked(her), [romeo, paris, "c.test"]);
  await unblock(her, "Romeo@h.test", "nobody@h.test");
  assert.deepEqual(await blocked(her), [paris, "c.test"]);
  const phone = await home.login(`${juliet}/phone`);
  assert.deepEqual(await blocked(phone), [paris, "c.test"]);
  // Another server on the same data.
  const again = await server({ storage: home.storage }).login(balcony);
  assert.deepEqual(await blocked(again), ["c.test", paris]);
  await unblock(her);
  assert.deepEqual(await blocked(phone), []);
  assert.deepEqual(await home.storage.map("blocking").names(jid(juliet)), []);
  assert.deepEqual(await blocked(await home.login(orchard)), []);
});

test("requests that make no sense are refused, and change nothing", async () => {
  const home = server({ options: { blocking: { items: 2 } } });
  const her = await home.login(balcony);
  await block(her, romeo);
  const wrong: readonly (readonly [string, string])[] = [
    [command("block"), "bad-request"],
    ["<block xmlns='urn:xmpp:blocking'><item jid='b.test' xmlns='urn:x'/></block>", "bad-request"],
    ["<block xmlns='urn:xmpp:blocking'><item jid='b.test'/><item/></block>", "bad-request"],
    [command("block", "b.test", "@b.test"), "jid-malformed"],
    [command("block", ""), "jid-malformed"],
    [command("unblock", "a@b@c"), "jid-malformed"],
    ["<unblock xmlns='urn:xmpp:blocking'><items jid='b.test'/></unblock>", "bad-request"],
    [command("block", "b.test", "c.test"), "resource-constraint"],
    [command("blocklist"), "service-unavailable"],
  ];
  for (const [content, condition] of wrong) {
    assert.equal(conditionOf(await ask(her, "set", content)), condition, content);
  }
  assert.deepEqual(await blocked(her), [romeo]);
  // What is there already needs no room.
  await block(her, romeo, "b.test");
  await block(her, "b.test");
  assert.equal(conditionOf(await ask(her, "get", command("blocklist"), romeo)), "not-acceptable");
  assert.equal(conditionOf(await ask(her, "set", command("block", romeo), romeo)), "not-acceptable");
  const his = await home.login(`nurse@${HOST}/n`);
  assert.equal(conditionOf(await ask(his, "get", command("blocklist"), juliet)), "service-unavailable");
  assert.equal(conditionOf(await ask(his, "set", command("block", romeo), juliet)), "service-unavailable");
});

test("pushes go to the resources that have asked for the list", async () => {
  const home = server();
  const her = await home.login(balcony);
  const phone = await home.login(`${juliet}/phone`);
  const deaf = await home.login(`${juliet}/deaf`);
  await blocked(phone);
  await block(her, "B.test", paris);
  await unblock(her, paris);
  await unblock(her);
  const pushes = phone.take();
  assert.deepEqual(pushes.map(push), [`set block b.test ${paris}`, `set unblock ${paris}`, "set unblock"]);
  assert.deepEqual(
    pushes.map(({ from, to }) => `${from} ${to}`),
    Array.from({ length: 3 }, () => `${juliet} ${juliet}/phone`),
  );
  assert.equal(new Set(pushes.map(({ id }) => id)).size, 3);
  assert.deepEqual(deaf.take(), []);
  assert.deepEqual(her.take(), []);
});

test("what is not committed is not in force, and no push overtakes the list", async () => {
  const storage = new SlowStorage(memoryStorage());
  const home = server({ storage });
  const her = await home.login(balcony);
  const his = await home.login(orchard);
  await blocked(her);
  const phone = await home.login(`${juliet}/phone`);
  her.take();
  const commit = gate();
  storage.obstacles.commit = commit.wait;
  home.core.router.receive(her, stanza(balcony, `<iq type='set' id='b'>${command("block", romeo)}</iq>`));
  await turn();
  await his.write(`<message to='${balcony}' type='headline'><body>still</body></message>`);
  assert.deepEqual(her.lines(), [`message headline ${orchard} > ${balcony}`]);
  home.core.router.receive(
    phone,
    stanza(`${juliet}/phone`, `<iq type='get' id='l'>${command("blocklist")}</iq>`),
  );
  await commit.open();
  await turn();
  assert.deepEqual(phone.take().map(push), ["result blocklist", `set block ${romeo}`]);
  assert.deepEqual(
    her.take().map(({ id, type }) => [type, id === "b"]),
    [
      ["set", false],
      ["result", true],
    ],
  );
});

test("XEP-0191 §3.3: what a blocked account sends does not arrive, and looks as if nobody were there", async () => {
  const home = server();
  const her = await home.login(balcony);
  const his = await home.login(orchard);
  await block(her, romeo);
  const heads = ["", "type='chat'", "type='normal'", "type='groupchat'", "type='headline'"];
  for (const to of [juliet, balcony, `${juliet}/gone`]) {
    for (const head of heads) {
      await his.write(`<message to='${to}' ${head} id='m'><body>x</body></message>`);
      const [error, ...more] = his.take();
      assert.equal(conditionOf(error!), "service-unavailable", head);
      assert.deepEqual(more, []);
    }
    await his.write(`<message to='${to}' type='error' id='m'/>`);
    for (const type of ["get", "set"]) {
      await his.write(`<iq to='${to}' type='${type}' id='q'><vCard xmlns='vcard-temp'/></iq>`);
      assert.deepEqual(his.take().map(conditionOf), ["service-unavailable"]);
    }
    await his.write(`<iq to='${to}' type='result' id='q'/>`, `<iq to='${to}' type='error' id='q'/>`);
    const presences = ["", "unavailable", "subscribe", "subscribed", "unsubscribe", "unsubscribed", "probe"];
    for (const type of presences) {
      await his.write(`<presence to='${to}' ${type === "" ? "" : `type='${type}'`}/>`);
    }
    assert.deepEqual(
      his.take().filter(({ type }) => type !== "set"),
      [],
    );
  }
  assert.deepEqual(her.take(), []);
  assert.ok((home.core.outcomes.counts().get("dropped:blocked") ?? 0) >= 10);
  await unblock(her, romeo);
  await his.write(`<message to='${juliet}' type='chat'><body>x</body></message>`);
  assert.deepEqual(her.lines(), [`message chat ${orchard} > ${juliet}`]);
});

test("a blocked account's error for a missing account and its error for the one that blocks it are the same", async () => {
  const home = server();
  await block(await home.login(balcony), romeo);
  const his = await home.login(orchard);
  const bytes = async (to: string, xml: string): Promise<string[]> => {
    await his.write(xml.replaceAll("TO", to));
    return his.take().map((one) => one.bytes().toString().replaceAll(to, "TO"));
  };
  for (const xml of [
    "<message to='TO' type='chat' id='1'><body>x</body></message>",
    "<message to='TO/balcony' type='headline' id='1'><body>x</body></message>",
    "<iq to='TO' type='get' id='1'><vCard xmlns='vcard-temp'/></iq>",
    "<iq to='TO/balcony' type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>",
  ]) {
    const there = await bytes(juliet, xml);
    assert.equal(there.length, 1, xml);
    assert.deepEqual(there, await bytes(`nobody@${HOST}`, xml));
  }
});

test("XEP-0191 §3.3: what the account itself sends to one it blocks is not acceptable", async () => {
  const home = server();
  const her = await home.login(balcony);
  const his = await home.login(orchard);
  await block(her, romeo, ABROAD);
  for (const to of [romeo, orchard, paris, ABROAD]) {
    for (const xml of [
      `<message to='${to}' type='chat' id='x'><body>x</body></message>`,
      `<iq to='${to}' type='get' id='x'><ping xmlns='urn:xmpp:ping'/></iq>`,
      `<presence to='${to}' id='x'/>`,
      `<presence to='${to}' type='subscribe' id='x'/>`,
      `<presence to='${to}' type='probe' id='x'/>`,
    ]) {
      await her.write(xml);
      const [error, ...more] = her.take();
      assert.equal(conditionOf(error!), "not-acceptable", xml);
      const detail = error!.child("error", "jabber:client");
      assert.equal(detail?.attr("type"), "cancel");
      assert.notEqual(detail?.child("blocked", "urn:xmpp:blocking:errors"), undefined);
      assert.deepEqual(more, []);
    }
    await her.write(`<message to='${to}' type='error' id='x'/>`, `<iq to='${to}' type='result' id='x'/>`);
  }
  assert.deepEqual(her.take(), []);
  assert.deepEqual(his.take(), []);
  assert.deepEqual(home.left(), []);
});

test("a domain: nobody there gets through, the own account and server do", async () => {
  const home = server();
  const her = await home.login(balcony);
  const phone = await home.login(`${juliet}/phone`);
  const his = await home.login(orchard);
  await block(her, "H.TEST", juliet, `${juliet}/phone`);
  await his.write(`<message to='${juliet}' type='chat'><body>x</body></message>`);
  assert.deepEqual(his.take().map(conditionOf), ["service-unavailable"]);
  await her.write(`<message to='${juliet}/phone' type='chat'><body>x</body></message>`);
  assert.deepEqual(phone.lines(), [`message chat ${balcony} > ${juliet}/phone`]);
  await phone.write("<presence><show>away</show></presence>");
  assert.deepEqual(her.lines(), [`presence available ${juliet}/phone > ${juliet}`]);
  const answer = await ask(her, "get", "<query xmlns='http://jabber.org/protocol/disco#info'/>", HOST);
  assert.equal(answer.type, "result");
});

test("the end of an account is the end of its list", async () => {
  const home = server();
  const her = await home.login(balcony);
  await block(her, romeo);
  await home.storage.commit(await home.core.removeAccount(jid(juliet)));
  const his = await home.login(orchard);
  const again = await home.login(balcony);
  assert.deepEqual(await blocked(again), []);
  await his.write(`<message to='${juliet}' type='chat'><body>x</body></message>`);
  assert.deepEqual(again.lines(), [`message chat ${orchard} > ${juliet}`]);
});

test("a list that cannot be read lets nobody through", async () => {
  const storage = new SlowStorage(memoryStorage());
  const home = server({ storage });
  const his = await home.login(orchard);
  await home.login(balcony, { presence: false, roster: false });
  // What is to be known of the sender is known.
  await his.write(`<message to='${orchard}' type='chat'><body>x</body></message>`);
  his.take();
  storage.obstacles.read = () => {
    throw new Error("the disk");
  };
  await his.write(`<message to='${juliet}' type='chat'><body>x</body></message>`);
  assert.deepEqual(his.take().map(conditionOf), ["internal-server-error"]);
  assert.equal(home.errors.length, 1);
});
