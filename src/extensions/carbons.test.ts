import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, conditionOf } from "../../test/support/asking.ts";
import { ABROAD, HOST, InProcess, type TestSession } from "../../test/support/in-process.ts";
import { CARBONS } from "../xmpp/namespaces.ts";
import { Stanza } from "../xmpp/stanza.ts";

const ROMEO = `romeo@${HOST}`;
const JULIET = `juliet@${ABROAD}/balcony`;
const ROOM = `room@${ABROAD}`;

interface Devices {
  readonly server: InProcess;
  /** Two that want copies, and one that does not. */
  readonly phone: TestSession;
  readonly laptop: TestSession;
  readonly old: TestSession;
}

async function turn(session: TestSession, on: "enable" | "disable"): Promise<string> {
  return conditionOf(await ask(session, "set", `<${on} xmlns='${CARBONS}'/>`));
}

async function devices(): Promise<Devices> {
  const server = new InProcess({ accounts: ["romeo", "paris"] });
  const phone = await server.login(`${ROMEO}/phone`);
  const laptop = await server.login(`${ROMEO}/laptop`);
  const old = await server.login(`${ROMEO}/old`);
  for (const session of [phone, laptop]) assert.equal(await turn(session, "enable"), "none");
  for (const session of [phone, laptop, old]) session.take();
  return { server, phone, laptop, old };
}

/** What a session got, in words: `sent body` or `received body` for copies, the body for messages themselves. */
function heard(session: TestSession): string[] {
  return session.take().map((one) => {
    const range = one.children.find(({ name, ns }) => ns === CARBONS && name !== "private");
    if (range === undefined) return bodyOf(one);
    const inside = Stanza.decode(one.bytes()).child(range.name, CARBONS)!.elements()[0]!;
    const body = inside.child("message", "jabber:client")!.child("body")?.text;
    return `${range.name} ${body ?? "-"}`;
  });
}

function bodyOf(stanza: Stanza): string {
  return stanza.child("body", "jabber:client")?.text ?? `(${stanza.type})`;
}

test("what one sends is copied to the others that want it, as it went out", async () => {
  const { server, phone, laptop, old } = await devices();
  await old.write(`<message to='${JULIET}' type='chat' id='m1'><body>1</body></message>`);
  assert.equal(server.abroad.length, 1);
  const [copy, ...more] = phone.take();
  assert.deepEqual(more, []);
  assert.equal(
    copy?.bytes().toString(),
    `<message from='${ROMEO}' to='${ROMEO}/phone' type='chat'><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='${ROMEO}/old' to='${JULIET}' type='chat' id='m1'><body>1</body></message></forwarded></sent></message>`,
  );
  assert.deepEqual(heard(laptop), ["sent 1"]);
  assert.deepEqual(heard(old), []);
  await phone.write(`<message to='${JULIET}'><body>2</body></message>`);
  assert.deepEqual([heard(phone), heard(laptop), heard(old)], [[], ["sent 2"], []]);
});

test("what one gets is copied to the others, and nobody has it twice", async () => {
  const { server, phone, laptop, old } = await devices();
  await server.arrive(JULIET, `<message to='${ROMEO}/phone' type='chat'><body>1</body></message>`);
  assert.deepEqual([heard(phone), heard(laptop), heard(old)], [["1"], ["received 1"], []]);
  await server.arrive(JULIET, `<message to='${ROMEO}' type='chat'><body>2</body></message>`);
  assert.deepEqual([heard(phone), heard(laptop), heard(old)], [["2"], ["2"], ["2"]]);
  await phone.write("<presence><priority>5</priority></presence>");
  for (const session of [phone, laptop, old]) session.take();
  await server.arrive(JULIET, `<message to='${ROMEO}' type='chat'><body>3</body></message>`);
  assert.deepEqual([heard(phone), heard(laptop), heard(old)], [["3"], ["received 3"], []]);
});

test("copies carry the id of the archive", async () => {
  const { server, phone, laptop } = await devices();
  await server.arrive(JULIET, `<message to='${ROMEO}/phone' type='chat'><body>1</body></message>`);
  const id = phone.take()[0]?.child("stanza-id", "urn:xmpp:sid:0")?.attr("id");
  assert.ok(id !== undefined);
  assert.ok(laptop.take()[0]?.inner.includes(`id='${id}'`));
});

test("on, off, and again; a session of its own", async () => {
  const { server, phone, laptop } = await devices();
  assert.equal(await turn(phone, "enable"), "none");
  assert.equal(await turn(phone, "disable"), "none");
  assert.equal(await turn(phone, "disable"), "none");
  await laptop.write(`<message to='${JULIET}' type='chat'><body>1</body></message>`);
  assert.deepEqual(heard(phone), []);
  assert.equal(await turn(phone, "enable"), "none");
  await laptop.write(`<message to='${JULIET}' type='chat'><body>2</body></message>`);
  assert.deepEqual(heard(phone), ["sent 2"]);
  await phone.lose();
  const again = await server.login(`${ROMEO}/phone`);
  await laptop.write(`<message to='${JULIET}' type='chat'><body>3</body></message>`);
  assert.deepEqual(heard(again), []);
  const paris = await server.login(`paris@${HOST}/p`);
  const other = await ask(paris, "set", `<enable xmlns='${CARBONS}'/>`, ROMEO);
  assert.equal(conditionOf(other), "service-unavailable");
});

test("messages to oneself are copied once", async () => {
  const { phone, laptop, old } = await devices();
  await phone.write(`<message to='${ROMEO}' type='chat'><body>1</body></message>`);
  assert.deepEqual([heard(phone), heard(laptop), heard(old)], [["1"], ["1"], ["1"]]);
  await phone.write(`<message to='${ROMEO}/old' type='chat'><body>2</body></message>`);
  assert.deepEqual([heard(phone), heard(laptop), heard(old)], [[], ["received 2"], ["2"]]);
});

/** What the laptop hears of a message that the phone gets from `from`. */
async function copiedFrom(from: string, type: string, content: string): Promise<boolean> {
  const { server, phone, laptop } = await devices();
  await server.arrive(
    from,
    `<message to='${ROMEO}/phone'${type === "" ? "" : ` type='${type}'`}>${content}</message>`,
  );
  assert.equal(phone.take().length, 1);
  return laptop.take().length === 1;
}

test("§6.1: which messages are copied to others than their receiver", async () => {
  const body = "<body>1</body>";
  const room = (inside = ""): string => `<x xmlns='http://jabber.org/protocol/muc#user'>${inside}</x>`;
  const rows: readonly (readonly [from: string, type: string, content: string, copied: boolean])[] = [
    [JULIET, "chat", "", true],
    [JULIET, "chat", "<x xmlns='u:x'/>", true],
    [JULIET, "", body, true],
    [JULIET, "normal", body, true],
    [JULIET, "unheard-of", body, true],
    [JULIET, "normal", "<x xmlns='u:x'/>", false],
    [JULIET, "headline", body, false],
    [JULIET, "groupchat", body, false],
    [JULIET, "groupchat", `${body}<active xmlns='http://jabber.org/protocol/chatstates'/>`, false],
    [JULIET, "normal", "<received xmlns='urn:xmpp:receipts' id='1'/>", true],
    [JULIET, "normal", "<composing xmlns='http://jabber.org/protocol/chatstates'/>", true],
    [JULIET, "normal", "<displayed xmlns='urn:xmpp:chat-markers:0' id='1'/>", true],
    [JULIET, "normal", "<x xmlns='jabber:x:conference' jid='r@h'/>", true],
    [ROOM, "normal", room("<invite from='a@h'/>"), true],
    [`${ROOM}/nick`, "normal", room("<invite from='a@h'/>"), true],
    [`${ROOM}/nick`, "chat", body + room(), false],
    [`${ROOM}/nick`, "normal", body + room(), false],
    [`${ROOM}/nick`, "normal", `<received xmlns='urn:xmpp:receipts' id='1'/>${room()}`, false],
    [JULIET, "chat", `${body}<private xmlns='urn:xmpp:carbons:2'/>`, false],
    [JULIET, "chat", `${body}<no-copy xmlns='urn:xmpp:hints'/>`, false],
    [JULIET, "error", `${body}<error type='cancel'/>`, false],
    [JULIET, "chat", `<received xmlns='urn:xmpp:carbons:2'/>`, false],
  ];
  for (const [from, type, content, copied] of rows)
    assert.equal(await copiedFrom(from, type, content), copied, `${from} ${type} ${content}`);
});

test("what is private goes out as it is, and to nobody else", async () => {
  const { server, phone, laptop } = await devices();
  const content = `<body>1</body><private xmlns='${CARBONS}'/><no-copy xmlns='urn:xmpp:hints'/>`;
  await phone.write(`<message to='${JULIET}' type='chat'>${content}</message>`);
  assert.equal(server.abroad[0]?.inner.toString(), content);
  assert.deepEqual(heard(laptop), []);
});

test("a private message to an occupant of a room is copied", async () => {
  const { phone, laptop } = await devices();
  const x = "<x xmlns='http://jabber.org/protocol/muc#user'/>";
  await phone.write(`<message to='${ROOM}/nick' type='chat'><body>1</body>${x}</message>`);
  assert.deepEqual(heard(laptop), ["sent 1"]);
});

test("who has a copy of a message gets its error too", async () => {
  const { server, phone, laptop, old } = await devices();
  await old.write(`<message to='juliet@${ABROAD}' type='chat' id='m1'><body>1</body></message>`);
  await old.write(`<message to='juliet@${ABROAD}' type='headline' id='m2'><body>2</body></message>`);
  for (const session of [phone, laptop]) assert.deepEqual(heard(session), ["sent 1"]);
  const error = (id: string): string =>
    `<message to='${ROMEO}/old' type='error' id='${id}'><body>${id}</body><private xmlns='${CARBONS}'/></message>`;
  await server.arrive(`juliet@${ABROAD}`, error("m1"));
  await server.arrive(`juliet@${ABROAD}`, error("m2"));
  await server.arrive(`mal@${ABROAD}`, error("m1"));
  assert.deepEqual(heard(old), ["m1", "m2", "m1"]);
  for (const session of [phone, laptop]) {
    const copies = session.take();
    assert.deepEqual(
      copies.map(({ type }) => type),
      ["error"],
    );
  }
});

test("only the last messages are remembered for their errors", async () => {
  const { server, phone, old } = await devices();
  for (let n = 0; n <= 100; n++)
    await old.write(`<message to='${JULIET}' type='chat' id='m${n}'><body>1</body></message>`);
  phone.take();
  for (const id of ["m0", "m1"])
    await server.arrive(JULIET, `<message to='${ROMEO}/old' type='error' id='${id}'/>`);
  assert.equal(phone.take().length, 1);
});
