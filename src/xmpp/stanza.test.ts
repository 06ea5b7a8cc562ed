import assert from "node:assert/strict";
import { test } from "node:test";
import { element } from "../xml/element.ts";
import type { Frame } from "../xml/frame.ts";
import { clientSession } from "../xml/limits.ts";
import { Scanner } from "../xml/scanner.ts";
import { StanzaError } from "./errors.ts";
import { Jid } from "./jid.ts";
import { CONTENT } from "./namespaces.ts";
import { Stanza } from "./stanza.ts";

const romeo = Jid.parse("romeo@h.test/garden")!;
const juliet = Jid.parse("juliet@h.test")!;

function frame(xml: string, declarations = ""): Frame {
  const scanner = new Scanner(clientSession);
  scanner.push(
    Buffer.from(
      `<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'${declarations}>${xml}`,
    ),
  );
  scanner.next();
  const event = scanner.next();
  if (event?.kind !== "element") throw new Error("no element");
  return event.frame;
}

function read(xml: string, lang?: string, declarations = ""): Stanza {
  return Stanza.fromFrame(frame(xml, declarations), romeo, lang);
}

test("plain content goes on byte by byte under a new start tag", () => {
  const stanza = read(
    "<message  to = 'Juliet@H.test'\n id=\"1\"><body>a &lt; b</body><x xmlns='u:x'/></message>",
    "de",
  );
  assert.equal(
    stanza.bytes().toString(),
    "<message from='romeo@h.test/garden' to='juliet@h.test' id='1' xml:lang='de'><body>a &lt; b</body><x xmlns='u:x'/></message>",
  );
  assert.equal(stanza.has("x", "u:x"), true);
  assert.equal(stanza.has(undefined, "u:x"), true);
  assert.equal(stanza.has("x", "u:y"), false);
  assert.equal(stanza.child("body", CONTENT)?.text, "a < b");
});

test("what means something else under another start tag is written anew", () => {
  const cases: readonly [xml: string, declarations: string, inner: string][] = [
    [
      "<message><body><![CDATA[</body></message>]]></body></message>",
      "",
      "<body>&lt;/body&gt;&lt;/message&gt;</body>",
    ],
    ["<message xmlns='jabber:client'><body xmlns='jabber:client'>x</body></message>", "", "<body>x</body>"],
    ["<message><p:x>1</p:x></message>", " xmlns:p='u:p'", "<x xmlns='u:p'>1</x>"],
    ["<message xmlns:p='u:p'><p:x/></message>", "", "<x xmlns='u:p'/>"],
    ["<c:message xmlns:c='jabber:client'><c:body>x</c:body></c:message>", "", "<body>x</body>"],
  ];
  for (const [xml, declarations, inner] of cases) {
    const stanza = read(xml, undefined, declarations);
    assert.equal(stanza.inner.toString().replaceAll("]]>", "]]&gt;"), inner, xml);
    assert.deepEqual(Stanza.decode(stanza.bytes()).elements(), stanza.elements(), xml);
  }
});

test("further attributes stay, those with a prefix get its declaration", () => {
  assert.equal(
    read("<presence foo='a&#10;b'/>").bytes().toString(),
    "<presence from='romeo@h.test/garden' foo='a&#10;b'/>",
  );
  const stanza = read("<presence p:foo='1' xmlns:p='u:p'/>");
  const again = frame(stanza.bytes().toString()).element();
  assert.equal(again.attr("{u:p}foo"), "1");
});

test("a `to` that is no address is jid-malformed", () => {
  assert.throws(
    () => read("<message to='@h.test'/>"),
    (error: unknown) => error instanceof StanzaError && error.condition === "jid-malformed",
  );
});

test("appending, removing and changing the start tag leave the original alone", () => {
  const stanza = read("<message><body>1</body></message>");
  const delayed = stanza.append(element("delay", "urn:xmpp:delay", { stamp: "now" }));
  assert.equal(delayed.inner.toString(), "<body>1</body><delay xmlns='urn:xmpp:delay' stamp='now'/>");
  assert.equal(delayed.child("delay", "urn:xmpp:delay")?.attr("stamp"), "now");
  const without = delayed.without((child) => child.name === "body");
  assert.equal(without.inner.toString(), "<delay xmlns='urn:xmpp:delay' stamp='now'/>");
  assert.equal(
    delayed.without(() => false),
    delayed,
  );
  assert.equal(stanza.with({ to: juliet, type: "chat" }).type, "chat");
  assert.equal(stanza.inner.toString(), "<body>1</body>");
  assert.equal(stanza.to, undefined);
});

test("what is not ASCII in a start tag or an appended child is written whole", () => {
  const stanza = read("<message to='zoë@h.test' id='é'><body>ü</body></message>");
  const head = "<message from='romeo@h.test/garden' to='zoë@h.test' id='é'><body>ü</body>";
  assert.equal(stanza.bytes().toString(), `${head}</message>`);
  const child = "<x xmlns='u:x' by='ööööööööööö'/>";
  const longer = stanza.appendWritten("x", "u:x", child);
  assert.equal(longer.bytes().toString(), `${head}${child}</message>`);
  assert.equal(longer.child("x", "u:x")?.attr("by"), "ööööööööööö");
  assert.equal(
    longer.append(element("y", "u:y")).bytes().toString(),
    `${head}${child}<y xmlns='u:y'/></message>`,
  );
});

test("what is stored is read again as it was", () => {
  const stanza = read(
    "<message to='juliet@h.test' type='chat' foo='1'><body>é</body><x xmlns='u:x'><y/></x></message>",
  );
  const again = Stanza.decode(stanza.bytes());
  assert.deepEqual(again.bytes(), stanza.bytes());
  assert.deepEqual(again.children, stanza.children);
  assert.equal(again.to?.toString(), "juliet@h.test");
});

test("answers exchange the addresses; an error carries what was sent", () => {
  const request = read("<iq to='juliet@h.test' type='get' id='7'><q xmlns='u:q'/></iq>");
  assert.equal(
    request.reply("result").bytes().toString(),
    "<iq from='juliet@h.test' to='romeo@h.test/garden' type='result' id='7'/>",
  );
  assert.equal(
    request
      .bounce(new StanzaError("forbidden", { text: "no" }))
      .bytes()
      .toString(),
    "<iq from='juliet@h.test' to='romeo@h.test/garden' type='error' id='7'><q xmlns='u:q'/><error type='auth'>" +
      "<forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>" +
      "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' xml:lang='en'>no</text></error></iq>",
  );
  const secret = request.bounce(new StanzaError("conflict", { withoutContent: true }));
  assert.deepEqual(
    secret.children.map(({ name }) => name),
    ["error"],
  );
  // RFC 6120 §8.3.1: the error for an iq has an id whatever the iq had; other stanzas get back what they had.
  const unknown = new StanzaError("bad-request");
  assert.equal(read("<iq type='get'/>").bounce(unknown).id, "");
  assert.equal(read("<message/>").bounce(unknown).id, undefined);
  // RFC 6120 §10.3: without `to` the account itself answers.
  assert.equal(
    read("<iq type='get' id='7'><q xmlns='u:q'/></iq>").reply("result").from?.toString(),
    "romeo@h.test",
  );
});

test("a stanza that is kept holds its own bytes, once, and nothing else", () => {
  const body = element("body", CONTENT, {}, "bÿe");
  for (const stanza of [
    read("<presence><status>here</status></presence>"),
    read("<message id='ÿ'><subject>s</subject></message>").append(body),
    Stanza.of("message", {}, body),
  ]) {
    const kept = stanza.kept();
    assert.deepEqual(kept.bytes(), stanza.bytes());
    assert.deepEqual(kept.inner, stanza.inner);
    assert.equal(kept.inner.buffer, kept.bytes().buffer);
    assert.equal(kept.inner.buffer.byteLength, kept.bytes().length);
    assert.deepEqual(kept.append(body).bytes(), stanza.append(body).bytes());
  }
  assert.equal(read("<presence/>").kept().bytes().toString(), read("<presence/>").bytes().toString());
  assert.equal(read("<presence/>").kept().inner.length, 0);
});

test("the largest stanza that a configuration may let in is read again", () => {
  const attributes = Array.from({ length: 1024 }, (_one, n) => ` a${n}='v'`).join("");
  const deep = `${"<d>".repeat(990)}${"</d>".repeat(990)}`;
  const text = "x".repeat(2 * 1024 * 1024);
  const many = "<e/>".repeat(20_000);
  const xml = `<message from='a@b/c' to='d@e'><q xmlns='urn:q' big='${text}'><p${attributes}/>${deep}${many}</q></message>`;
  const once = Stanza.decode(Buffer.from(xml));
  assert.deepEqual(Stanza.decode(Buffer.from(once.bytes())).bytes(), once.bytes());
});
