import assert from "node:assert/strict";
import { test } from "node:test";
import { both, HEADER, inStream } from "../../test/support/scanning.ts";

test("A01, A03–A06: DOCTYPE, comments and processing instructions as soon as they show", () => {
  for (const text of ["<!D", "<!-", "<?p", "<?x"]) assert.equal(inStream(text), "restricted-xml", text);
  assert.deepEqual(both("<?xml version='1.0'?><!D"), ["restricted-xml"]);
  for (const text of ["<!D", "<!-", "<?"]) assert.equal(inStream("<a>", text), "restricted-xml", text);
  assert.equal(inStream("<?xml version='1.0'?>"), "restricted-xml");
});

test("A07: no entity but the five, as soon as it shows", () => {
  for (const text of ["&f", "&ampx", "&a;", "&quote", "&é"]) {
    assert.equal(inStream("<a>", text), "restricted-xml", text);
    assert.equal(inStream("<a b='", text), "restricted-xml", text);
  }
  for (const text of ["& ", "&;", "&1", "&amp ", "&<", "&#", "&#;", "&#x;", "&#xg", "&#1g"]) {
    assert.equal(inStream("<a>", `${text} </a>`), "not-well-formed", text);
  }
});

test("A08, A20: an end tag matches its start tag byte by byte", () => {
  for (const text of [
    "<message><body>x</bodyx>",
    "<message><body>x</bod>",
    "<a></A>",
    "<a></b",
    "<a></a b='1'>",
    "<a></ a>",
    "<a></stream:stream>",
    "<a xmlns:p='u' xmlns:q='u'><p:b></q:b>",
    "</a",
    "</stream:streams>",
    "</stream>",
  ]) {
    assert.equal(inStream(text), "not-well-formed", text);
  }
});

test("A09, A10: an attribute comes once, by its name and by its expanded name", () => {
  for (const text of [
    "<a to='bob@h.test' to='alice@h.test'/>",
    "<x xmlns:a='u' xmlns:b='u' a:q='1' b:q='2'/>",
    "<x xmlns:a='u' xmlns:b='&#117;' a:q='1' b:q='2'/>",
    "<x xmlns:a='http://etherx.jabber.org/streams' stream:q='1' a:q='2'/>",
    "<x xmlns:a='u' xmlns:a='v'/>",
    "<x xmlns='u' xmlns='u'/>",
  ]) {
    assert.equal(inStream(text), "not-well-formed", text);
  }
  for (const text of [
    "<x xmlns:a='u' xmlns:b='v' a:q='1' b:q='2' q='3'/>",
    "<x xmlns:a='u' xmlns='u' a:q='1' q='2'/>",
    "<x xml:q='1' q='2'/>",
    "<x xmlns:xml='http://www.w3.org/XML/1998/namespace' xml:lang='en'/>",
  ]) {
    assert.equal(inStream(text), "more", text);
  }
});

test("A11: prefixes and their declarations", () => {
  for (const text of [
    "<p:a/>",
    "<a p:b='1'/>",
    "<a><b xmlns:p='u'/><p:c/></a>",
    "<a xmlns:xmlns='u'/>",
    "<a xmlns:xmlns='http://www.w3.org/2000/xmlns/'/>",
    "<a xmlns='http://www.w3.org/2000/xmlns/'/>",
    "<a xmlns:p='http://www.w3.org/2000/xmlns/'/>",
    "<a xmlns:xml='u'/>",
    "<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>",
    "<a xmlns='http://www.w3.org/XML/1998/namespac&#101;'/>",
    "<a xmlns:p=''/>",
    "<xmlns:a/>",
    "<a:b:c/>",
    "<a b:c:d=''/>",
    "<:a/>",
    "<a:/>",
    "<a :b=''/>",
    "<a b:=''/>",
    "<stream:1a/>",
    "<stream:-a/>",
  ]) {
    assert.equal(inStream(text), "not-well-formed", text);
  }
  assert.equal(inStream("<p:a xmlns:p='u'><p:b p:c='1'/></p:a><stream:features/><xml:a/>"), "more");
});

test("A12, A15: characters that XML does not allow, bytes that are not UTF-8", () => {
  const hex = [
    "00",
    "01",
    "0b",
    "1f",
    "80",
    "c3",
    "c080",
    "c1bf",
    "e08080",
    "eda080",
    "edbfbf",
    "efbfbe",
    "efbfbf",
    "eb3c",
    "f08fbfbf",
    "f4908080",
    "f5808080",
    "ff",
  ];
  for (const sequence of hex) {
    const raw = Buffer.from(sequence, "hex");
    assert.equal(inStream("<a>", raw, "</a>"), "not-well-formed", sequence);
    assert.equal(inStream("<a b='", raw, "'/>"), "not-well-formed", sequence);
    assert.equal(inStream("<a><![CDATA[", raw, "]]></a>"), "not-well-formed", sequence);
    assert.equal(inStream("<a", raw, "/>"), "not-well-formed", sequence);
  }
  for (const reference of ["&#0;", "&#x1F;", "&#xD800;", "&#xFFFE;", "&#x110000;", "&#99999999999;"]) {
    assert.equal(inStream(`<a>${reference}`), "not-well-formed", reference);
  }
  assert.equal(
    inStream("<a>\t\r\n\u007f\u0085\ud7ff\ue000\ufffd\u{10000}\u{10ffff}&#x10FFFF;&#9;</a>"),
    "more",
  );
});

test("A18: CDATA belongs to content only and ends where it says", () => {
  const stanza = "<message><body><![CDATA[</body></message><presence/>]]></body></message>";
  assert.deepEqual(both(HEADER, stanza), ["open", stanza, "more"]);
  for (const text of [
    "<a><![CDATA[ ]]]]></a>",
    "<a><![CDATA[]]></a>",
    "<a><![CDATA[]]]></a>",
    "<a><![CDATA[>]>]]>></a>",
  ]) {
    assert.deepEqual(both(HEADER, text), ["open", text, "more"], text);
  }
  for (const text of ["<![", "<a><![c", "<a><![CDATAx", "<a>]]></a>"])
    assert.equal(inStream(text), "not-well-formed", text);
});

test("the grammar of tags", () => {
  for (const text of [
    "<a b/>",
    "<a b=/>",
    "<a b=c/>",
    "<a b='c'd='e'/>",
    "<a b='<'/>",
    "<a / >",
    "<a//>",
    "<1a/>",
    "<-a/>",
    "<.a/>",
    "<a 1='x'/>",
    "<a b='\"/>\0",
    "<a\u00d7/>",
    "<\u0300/>",
    "<a \u00b7='x'/>",
    "<a\u2028/>",
    "x",
    "&amp;",
    "]]>",
    "<a\0/>",
    "< a/>",
    "<a b 'c'/>",
    "<a =''/>",
  ]) {
    assert.equal(inStream(text), "not-well-formed", text);
  }
  for (const text of [
    "<a b='\"' c=\"'\" d = '>' />",
    "<a\n\tb\r=\n'c'\t></a \n>",
    "<é à='ü'/>",
    "<a\u00b7\u0300\u203f/>",
    "<\u{10000}\u{effff}/>",
    "<名前/>",
    "<a>]] > ]]&gt;</a>",
    "<a>'\"></a>",
  ]) {
    assert.deepEqual(both(HEADER, text), ["open", text, "more"], text);
  }
});
