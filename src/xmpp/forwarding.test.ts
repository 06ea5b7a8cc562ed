import assert from "node:assert/strict";
import { test } from "node:test";
import { stanza } from "../../test/support/stanzas.ts";
import { element } from "../xml/element.ts";
import { forwarding } from "./forwarding.ts";
import { Stanza } from "./stanza.ts";

const head = { from: stanza("a@h.test", "<message/>").from, type: "chat" };

test("a message in another, byte for byte", () => {
  const content = "<body>1 &amp; 2</body><x xmlns='u:x'  a = \"1\" >&lt;</x>";
  const message = stanza("b@h.test/b", `<message to='a@h.test' id='&quot;' u='1'>${content}</message>`);
  const carrier = forwarding(head, element("sent", "u:c", { a: "'" }), message);
  assert.equal(
    carrier.bytes().toString(),
    `<message from='a@h.test' type='chat'><sent xmlns='u:c' a='&apos;'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='b@h.test/b' to='a@h.test' id='&quot;' u='1'>${content}</message></forwarded></sent></message>`,
  );
  assert.ok(carrier.has("sent", "u:c"));
  const inside = Stanza.decode(carrier.bytes())
    .child("sent", "u:c")!
    .child("forwarded", "urn:xmpp:forward:0")!
    .child("message", "jabber:client")!;
  assert.equal(inside.child("body")!.text, "1 & 2");
  assert.equal(inside.child("x", "u:x")!.text, "<");
});

test("with its moment, and without content", () => {
  const message = stanza("b@h.test/b", "<message/>");
  const carrier = forwarding(head, element("result", "u:m"), message, new Date(1278803305001));
  assert.equal(
    carrier.inner.toString(),
    "<result xmlns='u:m'><forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2010-07-10T23:08:25.001Z'/><message xmlns='jabber:client' from='b@h.test/b'/></forwarded></result>",
  );
});

test("attributes with a prefix keep their declaration", () => {
  const message = stanza("b@h.test/b", "<message xmlns:p='u:p' p:a='1'><body>1</body></message>");
  const carrier = Stanza.decode(forwarding(head, element("sent", "u:c"), message).bytes());
  const inside = carrier.child("sent", "u:c")!.elements()[0]!.elements()[0]!;
  assert.equal(inside.attr("{u:p}a"), "1");
});
