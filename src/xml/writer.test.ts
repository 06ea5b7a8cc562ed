import assert from "node:assert/strict";
import { test } from "node:test";
import { element } from "./element.ts";
import { parseElement } from "./parse.ts";
import { escapeAttribute, escapeText, serialize } from "./writer.ts";

test("text keeps its meaning", () => {
  assert.equal(escapeText("plain 'text' \"é 👋\n\t"), "plain 'text' \"é 👋\n\t");
  assert.equal(escapeText("a<b>&c]]>\r"), "a&lt;b&gt;&amp;c]]&gt;&#13;");
  assert.equal(escapeAttribute("plain é 👋"), "plain é 👋");
  assert.equal(escapeAttribute("<'&'>\"\t\n\r"), "&lt;&apos;&amp;&apos;&gt;&quot;&#9;&#10;&#13;");
});

test("what XML does not allow never gets out", () => {
  for (let code = 0; code <= 0xffff; code++) {
    const allowed =
      (code >= 0x20 && code <= 0xd7ff) || (code >= 0xe000 && code <= 0xfffd) || [9, 10, 13].includes(code);
    const text = `a${String.fromCharCode(code)}b`;
    const expected = allowed ? text : "a\ufffdb";
    const tree = parseElement(`<a b='${escapeAttribute(text)}'>${escapeText(text)}</a>`);
    if (tree.text !== expected || tree.attr("b") !== expected) assert.fail(code.toString(16));
  }
  assert.equal(escapeText("\ud83d\ud83d\udc4b\udc4b"), "\ufffd👋\ufffd");
});

test("a namespace is declared where it changes", () => {
  const tree = element(
    "a",
    "urn:a",
    {},
    element("b", "urn:a"),
    element("c", "urn:c", {}, element("d", "urn:c"), element("e", "")),
    "x",
  );
  assert.equal(serialize(tree, "urn:a"), "<a><b/><c xmlns='urn:c'><d/><e xmlns=''/></c>x</a>");
  assert.equal(serialize(tree, ""), "<a xmlns='urn:a'><b/><c xmlns='urn:c'><d/><e xmlns=''/></c>x</a>");
  assert.equal(serialize(element("a", "it's & <so>"), ""), "<a xmlns='it&apos;s &amp; &lt;so&gt;'/>");
});

test("attributes with a prefix", () => {
  const xml = "http://www.w3.org/XML/1998/namespace";
  const tree = element("a", "", {
    "{urn:b}c": "1",
    "xml:lang": "en",
    "{urn:b}d": "2",
    [`{${xml}}space`]: "3",
    e: "4",
  });
  assert.equal(
    serialize(tree, ""),
    "<a xmlns:ns1='urn:b' ns1:c='1' xml:lang='en' ns1:d='2' xml:space='3' e='4'/>",
  );
  assert.equal(serialize(element("a", xml, {}, element("b", xml)), "urn:c"), "<xml:a><xml:b/></xml:a>");
});
