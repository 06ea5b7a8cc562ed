import assert from "node:assert/strict";
import { test } from "node:test";
import { bytes, HEADER, OPEN, scan } from "../../test/support/scanning.ts";
import { beforeLogin, clientSession, type XmlLimits } from "./limits.ts";
import { Scanner } from "./scanner.ts";

const LIMITS: XmlLimits = {
  bytes: 600,
  elements: 5,
  depth: 4,
  attributes: 3,
  namespaces: 3,
  nameBytes: 10,
  valueBytes: 20,
};

/** A scanner behind a header, with these limits. */
function opened(limits: XmlLimits): Scanner {
  const scanner = new Scanner(clientSession);
  scanner.push(bytes(HEADER));
  assert.equal(scanner.next()?.kind, "open");
  scanner.setLimits(limits);
  return scanner;
}

/** How the input ends in a stream with `LIMITS`, whole and byte by byte. */
function end(text: string, limits: XmlLimits = LIMITS): string {
  const whole = scan(bytes(text), text.length, opened(limits)).at(-1);
  assert.equal(scan(bytes(text), 1, opened(limits)).at(-1), whole, "byte by byte");
  return whole!;
}

/** How many bytes of the input are read, one at a time, before it is refused. */
function bytesBeforeRefusal(text: string, limits: XmlLimits): number {
  const scanner = opened(limits);
  const input = bytes(text);
  for (let k = 0; k < input.length; k++) {
    scanner.push(Buffer.from(input.subarray(k, k + 1)));
    try {
      scanner.next();
    } catch (error) {
      assert.equal((error as { condition?: string }).condition, "policy-violation");
      return k + 1;
    }
  }
  assert.fail("not refused");
}

test("each limit holds what it says and not one more", () => {
  const pairs: readonly (readonly [string, string, string])[] = [
    ["bytes", `<a>${"x".repeat(593)}</a>`, `<a>${"x".repeat(594)}</a>`],
    ["elements", `<a>${"<b/>".repeat(4)}</a>`, `<a>${"<b/>".repeat(5)}</a>`],
    ["depth", "<a><b><c><d/></c></b></a>", "<a><b><c><d><e/></d></c></b></a>"],
    ["attributes", "<a b='' c='' d='' xmlns='u'/>", "<a b='' c='' d='' e=''/>"],
    [
      "namespaces",
      "<a xmlns:b='u' xmlns='v'><c xmlns:d='w'/></a>",
      "<a xmlns:b='u' xmlns='v'><c xmlns:d='w' xmlns:e='x'/></a>",
    ],
    ["nameBytes", `<${"a".repeat(10)}/>`, `<${"a".repeat(11)}/>`],
    ["nameBytes of an attribute", `<a ${"é".repeat(5)}=''/>`, `<a ${"é".repeat(5)}a=''/>`],
    ["nameBytes with the prefix", `<stream:bcd/>`, `<stream:bcde/>`],
    ["valueBytes", `<a b='${"x".repeat(20)}'/>`, `<a b='${"x".repeat(21)}'/>`],
    [
      "valueBytes, references as they stand",
      `<a b='${"&#x00041;".repeat(2)}xx'/>`,
      `<a b='${"&#x00041;".repeat(2)}xxx'/>`,
    ],
  ];
  for (const [limit, inside, outside] of pairs) {
    assert.equal(end(inside), "more", limit);
    assert.equal(end(outside), "policy-violation", limit);
    assert.equal(end(inside + inside), "more", `${limit}, per element`);
  }
});

test("A26, A28, A29: floods end at the byte that crosses the limit", () => {
  assert.equal(bytesBeforeRefusal("<a>".repeat(40_000), beforeLogin), 8 * "<a>".length + 2);
  assert.equal(bytesBeforeRefusal(`<a>${"<a/>".repeat(60_000)}`, beforeLogin), 3 + 31 * 4 + 2);
  const many = Array.from({ length: 20_000 }, (_, k) => ` a${k}=''`);
  const declared = Array.from({ length: 20_000 }, (_, k) => ` xmlns:a${k}='u'`);
  assert.equal(
    bytesBeforeRefusal(`<a${many.join("")}`, clientSession),
    2 + many.slice(0, 65).join("").length,
  );
  assert.equal(
    bytesBeforeRefusal(`<a${declared.join("")}`, clientSession),
    2 + declared.slice(0, 129).join("").length,
  );
});

test("A30: what never ends fails at its limit", () => {
  const long = (head: string, byte: string): string => head + byte.repeat(20_000);
  assert.equal(bytesBeforeRefusal(long("<", "a"), beforeLogin), 1 + beforeLogin.nameBytes + 1);
  assert.equal(bytesBeforeRefusal(long("<m ", "a"), beforeLogin), 3 + beforeLogin.nameBytes + 1);
  assert.equal(bytesBeforeRefusal(long("<m x='", "a"), beforeLogin), 6 + beforeLogin.valueBytes + 1);
  assert.equal(bytesBeforeRefusal(long("<m>", "x"), beforeLogin), beforeLogin.bytes);
  assert.equal(bytesBeforeRefusal(long("<m>", " "), beforeLogin), beforeLogin.bytes);
  assert.equal(bytesBeforeRefusal(long("<m", " "), beforeLogin), beforeLogin.bytes);
  assert.equal(bytesBeforeRefusal(long("<m></m", " "), beforeLogin), beforeLogin.bytes);
  assert.equal(bytesBeforeRefusal(long("<m><![CDATA[", "x"), beforeLogin), beforeLogin.bytes);
  assert.equal(bytesBeforeRefusal(long("<m>&#x", "0"), beforeLogin), 3 + 32 + 1);
});

test("the header has limits too", () => {
  const header = (value: string): Buffer => bytes(OPEN.replace("h.test", value));
  const read = (value: string, step?: number): string | undefined =>
    scan(header(value), step, new Scanner(beforeLogin)).at(-1);
  assert.equal(read("x".repeat(3072)), "more");
  assert.equal(read("x".repeat(3073)), "policy-violation");
  assert.equal(read("x".repeat(3073), 1), "policy-violation");
  assert.equal(
    scan(bytes(`<stream ${"xmlns='u' a=''".repeat(2)}`), 1, new Scanner(beforeLogin)).at(-1),
    "not-well-formed",
  );
});

test("new limits hold from the next element on", () => {
  const scanner = opened(LIMITS);
  scanner.push(bytes("<a><b><c><d><e/></d></c></b></a>"));
  scanner.setLimits(clientSession);
  assert.equal(scanner.next()?.kind, "element");
  scanner.push(bytes("<a><b><c>"));
  assert.equal(scanner.next(), undefined);
  scanner.setLimits({ ...LIMITS, depth: 1 });
  scanner.push(bytes("<d/></c></b></a><a><b/></a>"));
  assert.equal(scanner.next()?.kind, "element");
  assert.throws(() => scanner.next(), { condition: "policy-violation" });
});
