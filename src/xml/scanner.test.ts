import assert from "node:assert/strict";
import { test } from "node:test";
import { both, bytes, HEADER, OPEN, shown } from "../../test/support/scanning.ts";
import { beforeLogin, clientSession } from "./limits.ts";
import { Scanner } from "./scanner.ts";

test("a stream: header, elements, end", () => {
  assert.deepEqual(both(HEADER, " <a/>\n<b>x</b> \t", "</stream:stream >"), [
    "open",
    "<a/>",
    "<b>x</b>",
    "close",
    "more",
  ]);
});

test("the header gives its names, attributes and declarations", () => {
  const scanner = new Scanner(beforeLogin);
  scanner.push(
    bytes(
      "<s:stream from='a&amp;b' id=\"x\ty\" xml:lang='de' s:z='1' xmlns:s='urn:s' xmlns:db='urn:&#100;b' xmlns='urn:c'>",
    ),
  );
  const event = scanner.next();
  assert.ok(event?.kind === "open");
  const { header } = event;
  assert.deepEqual(
    [header.name, header.prefix, header.ns, header.contentNs],
    ["stream", "s", "urn:s", "urn:c"],
  );
  assert.deepEqual(
    [...header.attributes],
    [
      ["from", "a&b"],
      ["id", "x y"],
      ["xml:lang", "de"],
      ["s:z", "1"],
    ],
  );
  assert.deepEqual(
    [...header.prefixes],
    [
      ["s", "urn:s"],
      ["db", "urn:db"],
    ],
  );
});

test("a header without prefix and declarations", () => {
  const scanner = new Scanner(beforeLogin);
  scanner.push(bytes("<stream>"));
  const event = scanner.next();
  assert.ok(event?.kind === "open");
  assert.deepEqual(
    { ...event.header, attributes: [], prefixes: [] },
    { name: "stream", prefix: "", ns: "", contentNs: "", attributes: [], prefixes: [] },
  );
});

test("a header that ends itself opens and closes the stream", () => {
  assert.deepEqual(both("<stream/><a/>"), ["open", "close", "more"]);
});

test("nothing is read behind the end of the stream", () => {
  assert.deepEqual(both(HEADER, "</stream:stream>", "<a/><<<", Buffer.from([0xff])), [
    "open",
    "close",
    "more",
  ]);
});

test("what may stand before the header", () => {
  assert.deepEqual(both(" \r\n", OPEN), ["open", "more"]);
  assert.deepEqual(both(HEADER.replace("?>", "?>\n \n")), ["open", "more"]);
  assert.deepEqual(both(Buffer.from([0xef, 0xbb, 0xbf]), HEADER), ["open", "more"]);
  for (const declaration of [
    "<?xml version='1.0' encoding='UTF-8'?>",
    `<?xml version="1.0" encoding="utf-8" standalone="no" ?>`,
    "<?xml\tversion = '1.1'\n?>",
  ]) {
    assert.deepEqual(both(declaration, OPEN), ["open", "more"], declaration);
  }
});

test("what is no XML declaration, or stands at the wrong place", () => {
  for (const [text, end] of [
    ["<?xml?>", "restricted-xml"],
    ["<?xml ?>", "not-well-formed"],
    ["<?xml version='2.0'?>", "not-well-formed"],
    ["<?xml encoding='utf-8' version='1.0'?>", "not-well-formed"],
    ["<?xml version='1.0' standalone='maybe'?>", "not-well-formed"],
    ["<?xml version='1.0'>", "not-well-formed"],
    ["<?xml-stylesheet href='x'?>", "restricted-xml"],
    ["<?php x?>", "restricted-xml"],
    [" <?xml version='1.0'?>", "restricted-xml"],
    ["<?xml version='1.0'?><?xml version='1.0'?>", "restricted-xml"],
    [`<?xml version='1.0'${" ".repeat(300)}?>`, "policy-violation"],
  ] as const) {
    assert.deepEqual(both(text, OPEN), [end], text);
  }
});

test("A14: no other encoding than UTF-8", () => {
  assert.deepEqual(both(Buffer.from([0xff, 0xfe, 0x3c, 0x00])), ["unsupported-encoding"]);
  assert.deepEqual(both(Buffer.from([0xfe, 0xff, 0x00, 0x3c])), ["unsupported-encoding"]);
  assert.deepEqual(both("<?xml version='1.0' encoding='ISO-8859-1'?>", OPEN), ["unsupported-encoding"]);
  assert.deepEqual(both(Buffer.from([0xfe, 0x3c])), ["not-well-formed"]);
});

test("A40: another protocol is refused at its first byte", () => {
  for (const first of ["G", "P", "S", "\0", "\x16", "{"])
    assert.deepEqual(both(first), ["not-well-formed"], first);
  for (const two of ["</", "<1", "< ", "<<"]) assert.deepEqual(both(two), ["not-well-formed"], two);
});

test("A31: white space between elements leaves nothing behind", () => {
  const scanner = new Scanner(beforeLogin);
  scanner.push(bytes(HEADER));
  assert.equal(scanner.next()?.kind, "open");
  const spaces = Buffer.alloc(65_536, " \n\t\r");
  for (let k = 0; k < 160; k++) {
    scanner.push(spaces);
    assert.equal(scanner.next(), undefined);
    assert.equal(scanner.unread, 0);
  }
  scanner.push(bytes("</stream:stream"));
  assert.equal(scanner.next(), undefined);
  scanner.push(spaces);
  assert.equal(scanner.next(), undefined);
  assert.equal(scanner.unread, 0);
  scanner.push(bytes(">"));
  assert.equal(scanner.next()?.kind, "close");
});

test("a restart keeps what was not read, and expects a header", () => {
  const scanner = new Scanner(clientSession);
  scanner.push(bytes(HEADER, "<auth/>", "\n", HEADER, "<a/>"));
  assert.equal(scanner.next()?.kind, "open");
  assert.equal(scanner.next()?.kind, "element");
  scanner.reset();
  assert.equal(scanner.next()?.kind, "open");
  const event = scanner.next();
  assert.ok(event?.kind === "element");
  assert.equal(event.frame.ns, "jabber:client");
  scanner.reset();
  scanner.push(bytes("</stream:stream>"));
  assert.throws(() => scanner.next(), { condition: "not-well-formed" });
});

test("a restart forgets the old header, and reads an element that was half there as the new one", () => {
  const scanner = new Scanner(clientSession);
  scanner.push(bytes(HEADER, "<stre"));
  scanner.next();
  assert.equal(scanner.next(), undefined);
  scanner.reset();
  scanner.push(bytes("am xmlns='urn:new'><a/><stream:b/>"));
  const open = scanner.next();
  assert.ok(open?.kind === "open");
  assert.equal(open.header.contentNs, "urn:new");
  assert.equal(scanner.next()?.kind, "element");
  assert.throws(() => scanner.next(), { condition: "not-well-formed" });
});

test("discarded input is never read", () => {
  const scanner = new Scanner(clientSession);
  scanner.push(bytes(HEADER, "<starttls/>", "<auth/><half"));
  scanner.next();
  scanner.next();
  assert.equal(scanner.unread, "<auth/><half".length);
  scanner.discard();
  assert.equal(scanner.unread, 0);
  assert.equal(scanner.next(), undefined);
  scanner.push(bytes("<half"));
  assert.equal(scanner.next(), undefined);
  assert.equal(scanner.unread, 5);
  scanner.discard();
  scanner.reset();
  scanner.push(bytes(HEADER));
  assert.equal(scanner.next()?.kind, "open");
});

test("a chunk may change once next() gave undefined, or after hold()", () => {
  const scanner = new Scanner(clientSession);
  const chunk = bytes(HEADER, "<a>one</a><b>two");
  scanner.push(chunk);
  scanner.next();
  const first = scanner.next();
  assert.ok(first?.kind === "element");
  scanner.hold();
  chunk.fill(0);
  assert.equal(first.frame.bytes.toString(), "<a>one</a>");
  assert.equal(scanner.next(), undefined);
  const rest = bytes(" three</b><c/>");
  scanner.push(rest);
  scanner.push(bytes("<d/>"));
  const names = [scanner.next(), scanner.next(), scanner.next()].map((event) => event && shown(event));
  assert.deepEqual(names, ["<b>two three</b>", "<c/>", "<d/>"]);
  assert.equal(scanner.next(), undefined);
});

test("elements may stand in a scope without any header", () => {
  const scanner = new Scanner(clientSession);
  scanner.assume({ contentNs: "urn:c", prefixes: new Map([["p", "urn:p"]]) });
  scanner.push(bytes("<a><p:b/></a>"));
  const event = scanner.next();
  assert.ok(event?.kind === "element");
  assert.deepEqual([event.frame.ns, event.frame.children[0]?.ns], ["urn:c", "urn:p"]);
  scanner.push(bytes("</"));
  assert.throws(() => scanner.next(), { condition: "not-well-formed" });
});
