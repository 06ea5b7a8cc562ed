import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, conditionOf } from "../../../test/support/asking.ts";
import { ABROAD, HOST, InProcess, type TestSession, turn } from "../../../test/support/in-process.ts";
import { SteppedWorld } from "../../../test/support/stepped-world.ts";
import type { Element } from "../../xml/element.ts";
import { Stanza } from "../../xmpp/stanza.ts";

const MAM = "urn:xmpp:mam:2";
const RSM = "http://jabber.org/protocol/rsm";
const ROMEO = `romeo@${HOST}`;
const JULIET = `juliet@${HOST}`;

const field = (name: string, value: string): string => `<field var='${name}'><value>${value}</value></field>`;
const form = (fields: string): string =>
  `<x xmlns='jabber:x:data' type='submit'>${field("FORM_TYPE", MAM)}${fields}</x>`;
const set = (content: string): string => `<set xmlns='${RSM}'>${content}</set>`;

interface Found {
  readonly results: readonly Element[];
  readonly bodies: readonly (string | undefined)[];
  readonly fin: Element;
}

/** The answer to a query, results first and the fin at last. */
async function query(session: TestSession, content = "", attributes = ""): Promise<Found> {
  await session.write(`<iq type='set' id='q'><query xmlns='${MAM}' ${attributes}>${content}</query></iq>`);
  // It is read while turns pass.
  while (!session.received.some(({ id }) => id === "q")) await turn();
  const all = session.take();
  const answer = all.pop()!;
  assert.equal(answer.id, "q");
  assert.equal(answer.type, "result", answer.bytes().toString());
  const results = all.map((one) => Stanza.decode(one.bytes()).child("result", MAM)!);
  return {
    results,
    bodies: results.map((one) => inside(one).child("body")?.text),
    fin: answer.child("fin", MAM)!,
  };
}

function inside(result: Element): Element {
  return result.child("forwarded", "urn:xmpp:forward:0")!.child("message", "jabber:client")!;
}

async function chat(): Promise<{ server: InProcess; romeo: TestSession; juliet: TestSession }> {
  const server = new InProcess({ accounts: ["romeo", "juliet"], world: new SteppedWorld(1278803305000) });
  const romeo = await server.login(`${ROMEO}/orchard`);
  const juliet = await server.login(`${JULIET}/balcony`);
  for (const n of [1, 2]) {
    await romeo.write(`<message to='${JULIET}' type='chat' id='r${n}'><body>r${n}</body></message>`);
    await juliet.write(`<message to='${ROMEO}' type='chat'><body>j${n}</body></message>`);
  }
  romeo.take();
  juliet.take();
  return { server, romeo, juliet };
}

test("both sides have the conversation in their archives, in order, under ids of their own", async () => {
  const { romeo, juliet } = await chat();
  const his = await query(romeo, "", "queryid='q&apos;1'");
  const hers = await query(juliet);
  assert.deepEqual(his.bodies, ["r1", "j1", "r2", "j2"]);
  assert.deepEqual(hers.bodies, his.bodies);
  const ids = [...his.results, ...hers.results].map((one) => one.attr("id"));
  assert.equal(new Set(ids).size, 8);
  assert.deepEqual(new Set(his.results.map((one) => one.attr("queryid"))), new Set(["q'1"]));
  assert.equal(hers.results[0]!.attributes.has("queryid"), false);
  const first = his.results[0]!;
  assert.equal(
    first.child("forwarded", "urn:xmpp:forward:0")!.child("delay", "urn:xmpp:delay")?.attr("stamp"),
    "2010-07-10T23:08:25.000Z",
  );
  const message = inside(first);
  assert.deepEqual(
    ["from", "to", "type", "id"].map((name) => message.attr(name)),
    [`${ROMEO}/orchard`, JULIET, "chat", "r1"],
  );
  assert.equal(his.fin.attr("complete"), "true");
  const page = his.fin.child("set", RSM)!;
  assert.equal(page.child("first")?.text, ids[0]);
  assert.equal(page.child("first")?.attr("index"), "0");
  assert.equal(page.child("last")?.text, ids[3]);
  assert.equal(page.child("count")?.text, "4");
});

test("the id in the archive is the one that came with the message", async () => {
  const { romeo, juliet } = await chat();
  await romeo.write(`<message to='${JULIET}' type='chat'><body>3</body></message>`);
  const [message] = juliet.take();
  const given = message!.child("stanza-id", "urn:xmpp:sid:0")!;
  assert.equal(given.attr("by"), JULIET);
  const { bodies } = await query(juliet, form(field("ids", given.attr("id")!)));
  assert.deepEqual(bodies, ["3"]);
  const elsewhere = await ask(
    romeo,
    "set",
    `<query xmlns='${MAM}'>${form(field("ids", given.attr("id")!))}</query>`,
  );
  assert.equal(conditionOf(elsewhere), "item-not-found");
});

test("pages, flipped ones too", async () => {
  const { romeo } = await chat();
  const first = await query(romeo, set("<max>2</max>"));
  assert.deepEqual(first.bodies, ["r1", "j1"]);
  assert.equal(first.fin.attr("complete"), undefined);
  const last = first.fin.child("set", RSM)!.child("last")!.text;
  const second = await query(romeo, `${set(`<max>2</max><after>${last}</after>`)}<flip-page/>`);
  assert.deepEqual(second.bodies, ["j2", "r2"]);
  assert.equal(second.fin.attr("complete"), "true");
  const page = second.fin.child("set", RSM)!;
  assert.equal(page.child("first")?.text, second.results[1]!.attr("id"));
  assert.equal(page.child("first")?.attr("index"), "2");
  assert.deepEqual((await query(romeo, set("<max>3</max><before/>"))).bodies, ["j1", "r2", "j2"]);
  const counted = await query(romeo, set("<max>0</max>"));
  assert.deepEqual(counted.bodies, []);
  assert.equal(counted.fin.child("set", RSM)?.child("count")?.text, "4");
  assert.equal(counted.fin.attr("complete"), undefined);
});

test("requests that cannot be answered", async () => {
  const { server, romeo } = await chat();
  const rows: readonly (readonly [string, string])[] = [
    [form(field("with", "a@@b")), "bad-request"],
    [form(field("start", "yesterday")), "bad-request"],
    [form(field("after-id", "x")), "item-not-found"],
    [set("<after>AAAAAAAAAAAAAAAAAAAAAA</after>"), "item-not-found"],
    [set("<max>-1</max>"), "bad-request"],
    [set("<index>1</index>"), "feature-not-implemented"],
    [form(field("{u:x}text", "a*a")), "feature-not-implemented"],
    ["<x xmlns='jabber:x:data' type='submit'/>", "bad-request"],
  ];
  for (const [content, condition] of rows) {
    const answer = await ask(romeo, "set", `<query xmlns='${MAM}'>${content}</query>`);
    assert.equal(conditionOf(answer), condition, content);
  }
  assert.deepEqual(server.errors, []);
});

test("the form and the ends of the archive", async () => {
  const { server, romeo } = await chat();
  const asked = await ask(romeo, "get", `<query xmlns='${MAM}'/>`);
  assert.equal(asked.child("query", MAM)?.child("x", "jabber:x:data")?.attr("type"), "form");
  const { results } = await query(romeo);
  const meta = (await ask(romeo, "get", `<metadata xmlns='${MAM}'/>`)).child("metadata", MAM)!;
  assert.equal(meta.child("start")?.attr("id"), results[0]!.attr("id"));
  assert.equal(meta.child("end")?.attr("id"), results[3]!.attr("id"));
  assert.equal(meta.child("end")?.attr("timestamp"), "2010-07-10T23:08:25.000Z");
  server.accounts.add(`paris@${HOST}`);
  const paris = await server.login(`paris@${HOST}/p`);
  const empty = await ask(paris, "get", `<metadata xmlns='${MAM}'/>`);
  assert.equal(empty.inner.toString(), `<metadata xmlns='${MAM}'/>`);
});

test("what is in the archive and what is not", async () => {
  const { server, romeo } = await chat();
  const before = (await query(romeo)).bodies.length;
  const to = `to='${JULIET}'`;
  const hint = (name: string): string => `<${name} xmlns='urn:xmpp:hints'/>`;
  for (const xml of [
    `<message ${to} type='headline'><body>headline</body></message>`,
    `<message ${to} type='groupchat'><body>groupchat</body></message>`,
    `<message ${to} type='error'><body>error</body></message>`,
    `<message ${to} type='chat'><body>passing</body>${hint("no-permanent-store")}</message>`,
    `<message ${to} type='chat'><body>unstored</body>${hint("no-store")}</message>`,
    `<message ${to} type='chat'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>`,
    `<message ${to} type='chat'><body>chat</body></message>`,
    `<message ${to}><body>normal</body></message>`,
    `<message ${to} type='chat'><received xmlns='urn:xmpp:receipts' id='receipt'/></message>`,
    `<message ${to} type='chat'><displayed xmlns='urn:xmpp:chat-markers:0' id='marker'/></message>`,
    `<message ${to} type='chat'><retract xmlns='urn:xmpp:message-retract:1' id='r'/>${hint("store")}</message>`,
    `<message to='${ROMEO}' type='chat'><body>myself</body></message>`,
  ])
    await romeo.write(xml);
  await server.arrive(`a@${ABROAD}/a`, `<message to='${ROMEO}' type='chat'><body>abroad</body></message>`);
  romeo.take();
  const { bodies } = await query(romeo);
  assert.deepEqual(bodies.slice(before), [
    "chat",
    "normal",
    undefined,
    undefined,
    undefined,
    "myself",
    "abroad",
  ]);
  assert.deepEqual((await query(romeo, form(field("with", ROMEO)))).bodies, ["myself"]);
  assert.deepEqual((await query(romeo, form(field("with", `a@${ABROAD}/a`)))).bodies, ["abroad"]);
  assert.deepEqual((await query(romeo, form(field("with", `a@${ABROAD}`)))).bodies, ["abroad"]);
  assert.deepEqual(server.errors, []);
});

test("preferences hold for one side alone, at once, and are answered as they are", async () => {
  const { romeo, juliet } = await chat();
  const prefs = `<prefs xmlns='${MAM}' default='always'><always/><never><jid>${JULIET}</jid></never></prefs>`;
  assert.equal((await ask(romeo, "set", prefs)).inner.toString(), prefs);
  assert.equal((await ask(romeo, "get", `<prefs xmlns='${MAM}'/>`)).inner.toString(), prefs);
  await romeo.write(`<message to='${JULIET}' type='chat'><body>r3</body></message>`);
  await juliet.write(`<message to='${ROMEO}/orchard' type='chat'><body>j3</body></message>`);
  const [got] = romeo.take();
  assert.equal(got?.child("body", "jabber:client")?.text, "j3");
  // XEP-0313 §3.4: an id where it is archived, and only there.
  assert.ok(!got?.has("stanza-id", "urn:xmpp:sid:0"));
  juliet.take();
  assert.deepEqual((await query(romeo)).bodies, ["r1", "j1", "r2", "j2"]);
  assert.deepEqual((await query(juliet)).bodies, ["r1", "j1", "r2", "j2", "r3", "j3"]);
  const broken = await ask(romeo, "set", `<prefs xmlns='${MAM}' default='x'/>`);
  assert.equal(conditionOf(broken), "bad-request");
});

test("with the default roster, messages of strangers pass", async () => {
  const { server, juliet } = await chat();
  await ask(juliet, "set", `<prefs xmlns='${MAM}' default='roster'/>`);
  await ask(juliet, "set", `<query xmlns='jabber:iq:roster'><item jid='a@${ABROAD}'/></query>`);
  for (const from of ["a", "mal"])
    await server.arrive(
      `${from}@${ABROAD}/r`,
      `<message to='${JULIET}' type='chat'><body>${from}</body></message>`,
    );
  juliet.take();
  assert.deepEqual((await query(juliet)).bodies.slice(4), ["a"]);
});

test("other archives are forbidden to friends, and to strangers as if there were none", async () => {
  const { server, romeo, juliet } = await chat();
  const requests = [
    ["get", "query"],
    ["set", "query"],
    ["get", "metadata"],
    ["get", "prefs"],
    ["set", "prefs"],
  ] as const;
  for (const [type, name] of requests) {
    const xml = `<${name} xmlns='${MAM}'/>`;
    assert.equal(conditionOf(await ask(romeo, type, xml, JULIET)), "service-unavailable");
    assert.equal(conditionOf(await ask(romeo, type, xml, HOST)), "service-unavailable");
    assert.equal(conditionOf(await ask(romeo, type, xml, `nobody@${HOST}`)), "service-unavailable");
  }
  await romeo.write(`<presence type='subscribe' to='${JULIET}'/>`);
  await juliet.write(`<presence type='subscribed' to='${ROMEO}'/>`);
  romeo.take();
  for (const [type, name] of requests) {
    const xml = `<${name} xmlns='${MAM}'/>`;
    assert.equal(conditionOf(await ask(romeo, type, xml, JULIET)), "forbidden");
  }
  assert.deepEqual(server.errors, []);
});

test("a session that ends gets no more, and one that is slow is waited for", async () => {
  const { romeo } = await chat();
  let go = (): void => {};
  romeo.writable = () => new Promise((resolve) => (go = resolve));
  const done = romeo.write(`<iq type='set' id='q'><query xmlns='${MAM}'/></iq>`);
  while (romeo.received.length === 0) await turn();
  await turn();
  assert.equal(romeo.received.length, 1);
  go();
  await turn();
  assert.equal(romeo.received.length, 2);
  romeo.ended = true;
  go();
  await done;
  assert.equal(romeo.received.length, 2);
});

/** What is left of four messages, an hour apart, where two hours are kept. */
async function aged(delivered: boolean): Promise<readonly (string | undefined)[]> {
  const world = new SteppedWorld(1278803305000);
  const archive = { default: "always", keep: 7_200_000, keep_messages: undefined, page: 50, page_limit: 250 };
  const server = new InProcess({ accounts: ["romeo"], world, options: { archive } });
  const romeo = await server.login(`${ROMEO}/r`);
  romeo.send = (stanza: Stanza, key?: number) => {
    romeo.received.push(stanza);
    if (delivered && key !== undefined) server.core.sessions.flushed(romeo, [key]);
  };
  for (const n of [1, 2, 3, 4]) {
    await romeo.write(`<message to='${ROMEO}/r' type='chat'><body>${n}</body></message>`);
    romeo.take();
    world.pass(3_600_000);
    for (let turns = 0; turns < 20; turns++) await turn();
  }
  const { bodies } = await query(romeo);
  assert.deepEqual(server.errors, []);
  return bodies;
}

test("what is old leaves the archive, unless it was not delivered yet", async () => {
  assert.deepEqual(await aged(true), ["3", "4"]);
  assert.deepEqual(await aged(false), ["1", "2", "3", "4"]);
});
