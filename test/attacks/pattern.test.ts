import assert from "node:assert/strict";
import { test } from "node:test";
import { substitute, toBytes } from "./bytes.ts";
import { difference, holds, parsePattern } from "./pattern.ts";

const message = parsePattern(
  "<message from='a' id=''><body>x</body><y xmlns='urn:y'>1<z/></y><thread/></message>",
);
const differs = (pattern: string): string | undefined => difference(parsePattern(pattern), message);

test("a pattern says what must be there and nothing of the rest", () => {
  for (const pattern of [
    "<message/>",
    "<message from='a'/>",
    "<message from='*' id='' to='-'/>",
    "<message><body/><thread/></message>",
    "<message><body>x</body></message>",
    "<message><body>*</body><y xmlns='urn:y'><z/></y></message>",
  ]) {
    assert.equal(differs(pattern), undefined, pattern);
  }
});

test("and finds what differs", () => {
  for (const [pattern, wrong] of [
    ["<iq/>", /<message xmlns='jabber:client'> is not <iq/],
    ["<message xmlns='jabber:server'/>", /is not <message xmlns='jabber:server'>/],
    ["<message from='b'/>", /from="a" in <message> is not "b"/],
    ["<message from='-'/>", /from="a"/],
    ["<message to='*'/>", /to=undefined/],
    ["<message id='*' from=''/>", /from="a"/],
    ["<message><thread/><body/></message>", /<body> is not in this place/],
    ["<message><body>y</body></message>", /the text "x" of <body> is not "y"/],
    ["<message><body/><body/></message>", /<body> is not in this place/],
    ["<message><y/></message>", /has no <y xmlns='jabber:client'>/],
  ] as const) {
    assert.match(differs(pattern) ?? "nothing", wrong, pattern);
  }
});

test("what must not be there is looked for at every depth", () => {
  assert.ok(holds(parsePattern("<z xmlns='urn:y'/>"), message));
  assert.ok(!holds(parsePattern("<z/>"), message));
});

test("a pattern is one element", () => {
  assert.throws(() => parsePattern("<a/><b/>"), /2 elements/);
  assert.throws(() => parsePattern("<a>"), /0 elements/);
  assert.throws(() => parsePattern("<a b=1/>"));
});

test("bytes are text, escapes, names, base 64 and repetition", () => {
  assert.deepEqual(toBytes(["a\\xEB<é"]), Buffer.from([0x61, 0xeb, 0x3c, 0xc3, 0xa9]));
  assert.equal(toBytes(["<x xmlns='$[tls]'/>"]).toString(), "<x xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
  assert.equal(toBytes(["$[b64:\\x00a\\x00b]"]).toString(), Buffer.from("\0a\0b").toString("base64"));
  assert.equal(toBytes([{ repeat: "ab", times: 3 }, "c"]).toString(), "abababc");
  assert.equal(toBytes([{ repeat: " a{n}", times: 3 }]).toString(), " a1 a2 a3");
  assert.equal(toBytes(["$[x]"], { x: "y" }).toString(), "y");
  assert.throws(() => substitute("$[nothing]", {}), /means nothing/);
});
