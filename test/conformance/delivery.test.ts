// Every case of test/conformance/delivery/, against a server over sockets.

import assert from "node:assert/strict";
import { test } from "node:test";
import { child, condition, type Element, Romeo } from "../support/romeo.ts";
import { story, type TestServer } from "../support/server.ts";
import { iqSemantics } from "./delivery/iq-semantics.ts";
import { cases } from "./delivery/table.ts";
import {
  type Addressee,
  addressees,
  applies,
  type Case,
  type Situation,
  situations,
  stanzas,
} from "./delivery/vocabulary.ts";

const SENDER = "romeo@h.test/self";

/** The type that RFC 6120 §8.3.3 gives the conditions that occur here. */
const errorTypes: Readonly<Record<string, string>> = {
  "bad-request": "modify",
  "jid-malformed": "modify",
  "remote-server-not-found": "cancel",
  "service-unavailable": "cancel",
};

/** The sender, and the resources of the two accounts that can be addressed. */
interface Stage {
  readonly server: TestServer;
  readonly sender: Romeo;
  /** By full JID. */
  readonly everybody: ReadonlyMap<string, Romeo>;
}

async function setStage(server: TestServer, situation: Situation): Promise<Stage> {
  const sender = await Romeo.login(server, "romeo", { resource: "self", presence: false });
  const everybody = new Map([[sender.jid, sender]]);
  for (const user of ["romeo", "juliet"]) {
    for (const [resource, priority] of Object.entries(situations[situation].resources)) {
      const presence =
        priority !== null && `<presence id='${resource}'><priority>${priority}</priority></presence>`;
      const client = await Romeo.login(server, user, { resource, presence });
      everybody.set(client.jid, client);
    }
  }
  const stage = { server, sender, everybody };
  await receiveAll(stage);
  return stage;
}

/** What everybody has received, once everything that the sender has sent was handled. */
async function receiveAll({ sender, everybody }: Stage): Promise<ReadonlyMap<string, readonly Element[]>> {
  const received = new Map([[sender.jid, await sender.sync()]]);
  const others = [...everybody].filter(([jid]) => jid !== sender.jid);
  await Promise.all(others.map(async ([jid, client]) => received.set(jid, await client.sync())));
  return received;
}

function toAttribute(to: Addressee): string {
  const { address } = addressees[to];
  return address === undefined ? "" : ` to='${address}'`;
}

/** Who is meant by the names of a fate. */
function names(list: string, to: Addressee): readonly string[] {
  const account = (addressees[to].address ?? SENDER).split("/")[0];
  return list.split(" ").map((name) => (name === "self" ? SENDER : `${account}/${name}`));
}

/** Error, answer or probe's answer at the sender, checked, as a word for comparison. */
function answerOf(element: Element, { to, stanza }: Case): string {
  const { kind, content } = stanzas[stanza];
  const { from, type } = element.attributes;
  assert.equal(element.name, kind);
  assert.equal(element.attributes["to"], SENDER);
  if (type !== "error") return `${kind} ${type} from ${from}`;
  // RFC 6120 §8.3.1: addresses exchanged, unless that would repeat a malformed one.
  assert.equal(from, to === "malformed" || to === "no to" ? "romeo@h.test" : addressees[to].address);
  const errors = element.nodes.filter((node) => typeof node !== "string" && node.name === "error");
  assert.equal(errors.length, 1);
  const found = condition(element);
  assert.equal((errors[0] as Element).attributes["type"], errorTypes[found]);
  if (to !== "malformed" && content !== "") assert.ok(element.nodes.length > 1, "without what was sent");
  return `error ${found}`;
}

/** Checks one delivered copy. */
function checkCopy(copy: Element, { to, stanza }: Case): void {
  const { kind, type } = stanzas[stanza];
  assert.equal(copy.name, kind);
  assert.equal(copy.attributes["type"], type);
  const subscription = stanza === "presence subscribe";
  assert.equal(copy.attributes["from"], subscription ? "romeo@h.test" : SENDER);
  const address = addressees[to].address ?? "romeo@h.test";
  // RFC 6121 §8.5.2.1.1: never rewritten, but for requests (§3.1.3).
  assert.equal(copy.attributes["to"], subscription ? address.split("/")[0] : address);
}

async function play(stage: Stage, one: Case, id: string): Promise<void> {
  const { kind, type, content } = stanzas[one.stanza];
  const attributes = `${type === undefined ? "" : ` type='${type}'`} id='${id}'${toAttribute(one.to)}`;
  stage.sender.send(`<${kind}${attributes}>${content}</${kind}>`);
  const received = await receiveAll(stage);
  const delivered: string[] = [];
  const answers: string[] = [];
  for (const [jid, elements] of received) {
    for (const element of elements.filter(({ attributes }) => attributes["id"] === id)) {
      const { from, type: receivedType } = element.attributes;
      if (jid === SENDER && (from !== SENDER || receivedType !== type)) {
        answers.push(answerOf(element, one));
        continue;
      }
      checkCopy(element, one);
      delivered.push(jid);
    }
  }
  if (one.fate.startsWith("presence of ")) {
    const seen = received.get(SENDER)!.filter((element) => element.name === "presence");
    const from = seen.map((element) => element.attributes["from"]!);
    assert.deepEqual(from.sort(), names(one.fate.slice(12), one.to));
    return;
  }
  const [word, list] = [one.fate.split(" ")[0]!, one.fate.slice(one.fate.indexOf(" ") + 1)];
  const asked = addressees[one.to].address ?? "romeo@h.test";
  const expected = { error: [one.fate], presence: [`presence ${list} from ${asked}`] }[word] ?? [];
  assert.deepEqual(answers, expected, "answers");
  assert.deepEqual(delivered.sort(), word === "deliver" ? [...names(list, one.to)].sort() : [], "deliveries");
}

/** Undoes what a case has changed for the next one. */
async function restore(stage: Stage, one: Case, id: string): Promise<void> {
  const { server, sender } = stage;
  if (one.fate === "keep") {
    const presence = "<presence><priority>-1</priority></presence>";
    const collector = await Romeo.login(server, "juliet", { resource: "collector", presence });
    const requests = (await collector.sync()).filter((element) => element.attributes["type"] === "subscribe");
    assert.deepEqual(
      requests.map((element) => element.attributes["id"]),
      [id],
    );
    await collector.close();
  }
  if (one.stanza === "presence subscribe" && addressees[one.to].address?.startsWith("juliet")) {
    sender.send("<presence type='unsubscribe' to='juliet@h.test'/>");
  } else if (one.stanza === "presence (available)") {
    sender.send("<presence type='unavailable' id='restore'/>");
  } else return;
  await receiveAll(stage);
}

/** Messages that were kept come in the order in which they were sent; `kept` holds their ids by user and is emptied. */
async function collect(server: TestServer, kept: Map<string, string[]>): Promise<void> {
  for (const [user, ids] of kept) {
    kept.delete(user);
    const collector = await Romeo.login(server, user, { resource: "collector" });
    const messages = (await collector.sync()).filter((element) => element.name === "message");
    for (const message of messages) assert.ok(child(message, "delay", "urn:xmpp:delay"));
    assert.deepEqual(
      messages.map((message) => message.attributes["id"]),
      ids,
      `what was kept for ${user}`,
    );
    await collector.close();
  }
}

for (const situation of Object.keys(situations) as Situation[]) {
  const played = cases.filter((one) => one.situation === situation);
  story(
    `what becomes of ${played.length} stanzas, ${situations[situation].says}`,
    { accounts: ["romeo", "juliet"] },
    async (server, t) => {
      const stage = await setStage(server, situation);
      const kept = new Map<string, string[]>([
        ["romeo", []],
        ["juliet", []],
      ]);
      for (const [index, one] of played.entries()) {
        // Before the sender becomes available itself.
        if (!one.stanza.startsWith("message")) await collect(server, kept);
        const id = `case-${index}`;
        await t.test(`${one.stanza}, ${addressees[one.to].says}: ${one.fate}`, async () => {
          await play(stage, one, id);
          await restore(stage, one, id);
        });
        const user = addressees[one.to].address?.startsWith("juliet") ? "juliet" : "romeo";
        if (one.fate === "store") kept.get(user)!.push(id);
      }
    },
  );
}

story("the form of an iq, and who answers", { accounts: ["romeo", "juliet"] }, async (server, t) => {
  const stage = await setStage(server, "one");
  const texts = new Map<string, string>();
  for (const { about, attributes, content, to, fate } of iqSemantics) {
    for (const addressee of to) {
      await t.test(`${about}, ${addressees[addressee].says}: ${fate}`, async () => {
        stage.sender.send(`<iq ${attributes}${toAttribute(addressee)}>${content}</iq>`);
        const received = await receiveAll(stage);
        const answers: Element[] = [];
        for (const [jid, elements] of received) {
          if (jid === SENDER) answers.push(...elements);
          else assert.deepEqual(elements, []);
        }
        if (fate === "ignore") return assert.deepEqual(answers, []);
        assert.equal(answers.length, 1);
        const [answer] = answers;
        assert.equal(answer!.attributes["id"] ?? "", /id='(.*?)'/.exec(attributes)?.[1] ?? "");
        const type = answer!.attributes["type"];
        assert.equal(type === "error" ? `error ${condition(answer!)}` : type, fate);
        if (!about.includes("stranger")) return;
        // Nothing but the address tells them apart.
        const text = JSON.stringify(answer).replaceAll(answer!.attributes["from"]!, "");
        assert.equal(text, texts.get(about) ?? text);
        texts.set(about, text);
      });
    }
  }
});

test("there is one case for each stanza, addressee and situation", () => {
  const keys = cases.map(({ to, stanza, situation }) => `${stanza} | ${to} | ${situation}`);
  const wanted = Object.keys(stanzas).flatMap((stanza) =>
    (Object.keys(addressees) as Addressee[]).flatMap((to) =>
      (Object.keys(situations) as Situation[])
        .filter((situation) => applies(to, situation))
        .map((situation) => `${stanza} | ${to} | ${situation}`),
    ),
  );
  assert.deepEqual(keys.sort(), wanted.sort());
});
