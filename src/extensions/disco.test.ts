import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, conditionOf } from "../../test/support/asking.ts";
import { HOST, InProcess, type TestSession } from "../../test/support/in-process.ts";
import { jid } from "../../test/support/stanzas.ts";
import { extension } from "../kernel/extension.ts";
import { discovery } from "../kernel/services.ts";
import type { Stanza } from "../xmpp/stanza.ts";

const INFO = "http://jabber.org/protocol/disco#info";
const ITEMS = "http://jabber.org/protocol/disco#items";
const JULIET = `juliet@${HOST}`;

const query = (ns: string, node?: string): string =>
  `<query xmlns='${ns}'${node === undefined ? "" : ` node='${node}'`}/>`;

/** What an answer lists under a name, each by one attribute. */
function listed(answer: Stanza, ns: string, name: string, attribute: string): (string | undefined)[] {
  assert.equal(answer.type, "result", answer.bytes().toString());
  return answer
    .child("query", ns)!
    .elements()
    .filter((child) => child.name === name)
    .map((child) => child.attr(attribute));
}

/** Romeo, who may see Juliet's presence, and Paris, who may not. */
async function friends(): Promise<{
  server: InProcess;
  romeo: TestSession;
  paris: TestSession;
}> {
  const server = new InProcess({ accounts: ["romeo", "juliet", "paris"] });
  const romeo = await server.login(`romeo@${HOST}/orchard`);
  const juliet = await server.login(`${JULIET}/balcony`);
  await romeo.write(`<presence type='subscribe' to='${JULIET}'/>`);
  await juliet.write(`<presence type='subscribed' to='romeo@${HOST}'/>`);
  const paris = await server.login(`paris@${HOST}/street`);
  await server.login(`${JULIET}/hidden`, { presence: false });
  romeo.take();
  return { server, romeo, paris };
}

test("the host shows its identity and the features of all that is loaded, each once and in order", async () => {
  const { romeo } = await friends();
  const answer = await ask(romeo, "get", query(INFO), HOST);
  assert.deepEqual(listed(answer, INFO, "identity", "category"), ["server"]);
  assert.deepEqual(listed(answer, INFO, "identity", "type"), ["im"]);
  assert.deepEqual(listed(answer, INFO, "identity", "name"), ["Tercet"]);
  const features = listed(answer, INFO, "feature", "var") as string[];
  assert.deepEqual(features, [...new Set(features)].sort());
  for (const name of [
    INFO,
    ITEMS,
    "http://jabber.org/protocol/caps",
    "jabber:iq:last",
    "jabber:iq:private",
    "jabber:iq:register",
    "jabber:iq:roster",
    "jabber:iq:version",
    "msgoffline",
    "urn:xmpp:hints",
    "urn:xmpp:ping",
    "urn:xmpp:time",
    "vcard-temp",
  ]) {
    assert.ok(features.includes(name), name);
  }
  assert.ok(!features.includes("urn:xmpp:sid:0"));
});

test("the host lists the services below it", async () => {
  const { server, romeo } = await friends();
  const rooms = extension({
    name: "rooms",
    doc: "Domains of their own.",
    xeps: {},
    features: [],
    setup({ domains }) {
      domains.serve(`rooms.${HOST}`, { deliver: () => "delivered" });
      domains.serve("rooms.elsewhere.test", { deliver: () => "delivered" });
    },
  });
  server.core.loader.load(rooms, undefined);
  assert.deepEqual(listed(await ask(romeo, "get", query(ITEMS), HOST), ITEMS, "item", "jid"), [
    `rooms.${HOST}`,
  ]);
});

test("a node that nobody knows is not found, one that somebody adds is", async () => {
  const { server, romeo } = await friends();
  for (const node of ["u:n", "", "__proto__", "constructor"]) {
    for (const ns of [INFO, ITEMS]) {
      for (const to of [HOST, undefined, JULIET]) {
        assert.equal(conditionOf(await ask(romeo, "get", query(ns, node), to)), "item-not-found");
      }
    }
  }
  server.core.loader.services
    .find(discovery)!
    .addNodes((node) =>
      node === "u:n"
        ? { identities: [{ category: "automation", type: "list" }], features: () => ["u:f"], forms: () => [] }
        : undefined,
    );
  const answer = await ask(romeo, "get", query(INFO, "u:n"), HOST);
  assert.equal(answer.child("query", INFO)!.attr("node"), "u:n");
  assert.deepEqual(listed(answer, INFO, "feature", "var"), ["u:f"]);
});

test("an account shows itself and its resources to its owner and to whom it lets see its presence", async () => {
  const { romeo } = await friends();
  for (const to of [undefined, JULIET]) {
    const answer = await ask(romeo, "get", query(INFO), to);
    assert.deepEqual(listed(answer, INFO, "identity", "category"), ["account"]);
    assert.deepEqual(listed(answer, INFO, "identity", "type"), ["registered"]);
    const features = listed(answer, INFO, "feature", "var") as string[];
    assert.deepEqual(features, [...new Set(features)].sort());
    for (const name of [INFO, ITEMS, "urn:xmpp:mam:2", "urn:xmpp:sid:0"])
      assert.ok(features.includes(name), name);
    assert.ok(!features.includes("jabber:iq:roster"));
  }
  assert.deepEqual(listed(await ask(romeo, "get", query(ITEMS)), ITEMS, "item", "jid"), [
    `romeo@${HOST}/orchard`,
  ]);
  // What is not available is nobody's business.
  assert.deepEqual(listed(await ask(romeo, "get", query(ITEMS), JULIET), ITEMS, "item", "jid"), [
    `${JULIET}/balcony`,
  ]);
});

test("to strangers an account looks like one that is missing", async () => {
  const { server, paris } = await friends();
  for (const ns of [INFO, ITEMS]) {
    for (const node of [undefined, "u:n"]) {
      const answer = await ask(paris, "get", query(ns, node), JULIET);
      assert.equal(conditionOf(answer), "service-unavailable");
      const missing = await ask(paris, "get", query(ns, node), `nobody@${HOST}`);
      assert.deepEqual(missing.with({ from: jid(JULIET) }).bytes(), answer.bytes());
    }
  }
  assert.deepEqual(server.errors, []);
});
