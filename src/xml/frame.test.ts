import assert from "node:assert/strict";
import { test } from "node:test";
import { attributesOf } from "../../test/support/attributes-of.ts";
import { bytes, HEADER } from "../../test/support/scanning.ts";
import type { Frame } from "./frame.ts";
import { clientSession } from "./limits.ts";
import { Scanner } from "./scanner.ts";
import { serialize } from "./writer.ts";

function frameOf(text: string): Frame {
  const scanner = new Scanner(clientSession);
  scanner.push(bytes(HEADER, text));
  assert.equal(scanner.next()?.kind, "open");
  const event = scanner.next();
  assert.ok(event?.kind === "element");
  return event.frame;
}

test("a frame gives its name and attributes from its start tag", () => {
  const frame = frameOf("<message to='a&amp;b' id=\"1\n2\" xml:lang='de' stream:x='y' é='ü'>x</message>");
  assert.deepEqual([frame.name, frame.ns], ["message", "jabber:client"]);
  assert.deepEqual(attributesOf(frame), [
    ["to", "a&b"],
    ["id", "1 2"],
    ["xml:lang", "de"],
    ["stream:x", "y"],
    ["é", "ü"],
  ]);
  assert.equal(frame.attribute("to"), "a&b");
  assert.equal(frame.attribute("xml:lang"), "de");
  assert.equal(frame.attribute("é"), "ü");
  assert.equal(frame.attribute("from"), undefined);
  assert.equal(frame.attribute("xmlns"), undefined);
});

test("the inner range", () => {
  const inner = (text: string): string => {
    const { bytes: own, innerStart, innerEnd } = frameOf(text);
    return own.toString("utf8", innerStart, innerEnd);
  };
  assert.equal(inner("<a><b/> x </a >"), "<b/> x ");
  assert.equal(inner("<a></a>"), "");
  assert.equal(inner("<a b='>'/>"), "");
  assert.equal(frameOf("<a/>").innerStart, 4);
});

test("the children, wherever their namespace is declared", () => {
  const text =
    "<iq xmlns:p='urn:p'><a/><b xmlns='urn:b'><deep/></b><p:c/><q:d xmlns:q='urn:&#113;'/><stream:e/><xml:f/><g xmlns=''/></iq>";
  const frame = frameOf(text);
  assert.deepEqual(
    frame.children.map(({ name, ns, start, end }) => [name, ns, frame.bytes.toString("utf8", start, end)]),
    [
      ["a", "jabber:client", "<a/>"],
      ["b", "urn:b", "<b xmlns='urn:b'><deep/></b>"],
      ["c", "urn:p", "<p:c/>"],
      ["d", "urn:q", "<q:d xmlns:q='urn:&#113;'/>"],
      ["e", "http://etherx.jabber.org/streams", "<stream:e/>"],
      ["f", "http://www.w3.org/XML/1998/namespace", "<xml:f/>"],
      ["g", "", "<g xmlns=''/>"],
    ],
  );
  assert.deepEqual(frameOf("<a xmlns='urn:a'><b/></a>").children[0]?.ns, "urn:a");
});

test("which frames are plain", () => {
  for (const text of [
    "<a/>",
    "<a xmlns='jabber:client' to='b' xml:lang='en'><b xml:lang='de'>x &amp; y</b></a>",
    "<a><b xmlns='urn:b'><c/></b></a>",
    "<a><p:b xmlns:p='urn:p' p:c='d'><p:e/></p:b></a>",
    "<a xmlns:p='urn:p'><b/></a>",
    "<a><b xmlns='jabber:server'/></a>",
  ]) {
    assert.equal(frameOf(text).plain, true, text);
  }
  for (const text of [
    "<a><b><![CDATA[x]]></b></a>",
    "<a xmlns='urn:a'/>",
    "<a xmlns=''/>",
    "<stream:a/>",
    "<p:a xmlns:p='jabber:client'/>",
    "<a stream:b='c'/>",
    "<a xmlns:p='urn:p'><p:b/></a>",
    "<a xmlns:p='urn:p'><b p:c='d'/></a>",
    "<a><stream:b/></a>",
    "<a><b stream:c='d'/></a>",
    "<a><b xmlns='jabber:client'/></a>",
    "<a><b xmlns='urn:b'><c xmlns='jabber:client'/></b></a>",
    "<a><p:b xmlns:p='jabber:client'/></a>",
    "<a><b xmlns='jabber:&#99;lient'/></a>",
    "<a xmlns='jabber:&#99;lient'/>",
  ]) {
    assert.equal(frameOf(text).plain, false, text);
  }
});

test("text directly in the element", () => {
  for (const text of ["<a/>", "<a> \n<b>x</b>\t</a>", "<a><b/>\r\n</a>"])
    assert.equal(frameOf(text).text, false, text);
  for (const text of ["<a>x</a>", "<a> <b/> x</a>", "<a>&amp;</a>", "<a><![CDATA[x]]></a>", "<a>é</a>"]) {
    assert.equal(frameOf(text).text, true, text);
  }
});

test("A17, A18, A19: the tree, and what is written from it", () => {
  const written = (text: string): string => serialize(frameOf(text).element(), "jabber:client");
  assert.equal(written("<message id='a&#10;b&#9;c'/>"), "<message id='a&#10;b&#9;c'/>");
  assert.equal(
    written("<message><body><![CDATA[</body></message><presence/>]]></body></message>"),
    "<message><body>&lt;/body&gt;&lt;/message&gt;&lt;presence/&gt;</body></message>",
  );
  const tree = frameOf(
    "<message to='bob@h.test'><message xmlns='jabber:client' from='admin@h.test'><body>x</body></message></message>",
  ).element();
  assert.equal(tree.child("message")?.attr("from"), "admin@h.test");
  assert.equal(tree.child("body"), undefined);
});

test("the tree joins text, sections and references, and normalises line ends", () => {
  const frame = frameOf("<a>x\r\ny\rz<![CDATA[<&amp;\r\n]]>&#13;&lt;<b/>\n<![CDATA[]]></a>");
  const tree = frame.element();
  assert.deepEqual(
    tree.children.map((child) => (typeof child === "string" ? child : child.name)),
    ["x\ny\nz<&amp;\n\r<", "b", "\n"],
  );
  assert.equal(frame.element(), tree, "made once");
});
