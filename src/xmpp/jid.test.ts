import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Jid } from "./jid.ts";

const full = Jid.parse("Romeo@Example.NET/Orchard")!;

test("the parts are prepared", () => {
  assert.deepEqual([full.local, full.domain, full.resource], ["romeo", "example.net", "Orchard"]);
  assert.equal(full.toString(), "romeo@example.net/Orchard");
});

test("what kind of address it is (RFC 6120 §1.4)", () => {
  const kinds = ["a@b/c", "a@b", "b/c", "b"].map((text) => Jid.parse(text)!);
  assert.deepEqual(
    kinds.map((jid) => [jid.isFull, jid.isBare, jid.isDomain]),
    [
      [true, false, false],
      [false, true, false],
      [true, false, false],
      [false, true, true],
    ],
  );
});

test("bare and domain addresses are made once", () => {
  assert.equal(full.bare.toString(), "romeo@example.net");
  assert.equal(full.bare, full.bare);
  assert.equal(full.bare.bare, full.bare);
  assert.equal(full.domainJid.toString(), "example.net");
  assert.equal(full.domainJid, full.domainJid);
  assert.equal(Jid.parse("b/c")!.domainJid.toString(), "b");
  const domain = Jid.parse("b")!;
  assert.equal(domain.domainJid, domain);
});

test("of prepares each part, and no part can smuggle a separator in", () => {
  assert.equal(Jid.of("A", "B", "C")?.toString(), "a@b/C");
  assert.equal(Jid.of("", "B")?.toString(), "b");
  assert.equal(Jid.of("a@b", "c"), undefined);
  assert.equal(Jid.of("a/b", "c"), undefined);
  assert.equal(Jid.of("a", "b/c"), undefined);
  assert.equal(Jid.of("a", "b@c"), undefined);
  assert.equal(Jid.of("a", ""), undefined);
});

test("withResource", () => {
  assert.equal(full.withResource("a\u00a0b")?.toString(), "romeo@example.net/a b");
  assert.equal(full.withResource(""), undefined);
  assert.equal(full.withResource("\u0000"), undefined);
});

test("equality is that of the prepared parts", () => {
  assert.ok(full.equals(Jid.parse("ROMEO@example.net./Orchard")!));
  for (const other of [
    "romeo@example.net/orchard",
    "romeo@example.net",
    "juliet@example.net/Orchard",
    "romeo@a/Orchard",
  ]) {
    assert.ok(!full.equals(Jid.parse(other)!), other);
  }
});

test("each part has 1 to 1023 octets after preparation, a name at most 253 (RFC 7622 §3.1)", () => {
  const name = `${"a".repeat(63)}.${"b".repeat(63)}.${"c".repeat(63)}.${"d".repeat(61)}`;
  assert.equal(name.length, 253);
  assert.ok(Jid.parse(`${"a".repeat(1023)}@${name}/${"r".repeat(1023)}`));
  assert.ok(Jid.parse(`${"é".repeat(511)}a@${name}./${"♚".repeat(341)}`));
  assert.ok(Jid.parse(`${"e\u0301".repeat(511)}@b`), "octets are counted after composition");
  for (const refused of [
    `${"a".repeat(1024)}@b`,
    `${"é".repeat(512)}@b`,
    `b/${"r".repeat(1024)}`,
    `b/${"♚".repeat(342)}`,
    `${name}d`,
    `x.${name}`,
    `${"a".repeat(64)}.test`,
    `${"ü".repeat(60)}.test`,
    `b/${"\u0301".repeat(100_000)}`,
    `${"xn--".repeat(100_000)}`,
  ]) {
    assert.equal(Jid.parse(refused), undefined, refused.slice(0, 20));
  }
});

const samples = [
  "a",
  "ß",
  "Σ",
  "ς",
  "İ",
  "ǅ",
  "Å",
  "ﬁ",
  "Ａ",
  "ｶ",
  "ﾞ",
  "\u0301",
  "\u0345",
  "א",
  "ا",
  "١",
  "1",
  "ᄒ",
  "ᅡ",
];
const part = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.string({ unit: "grapheme", maxLength: 12 }),
  fc.string({
    unit: fc.constantFrom(...samples, "\u200d", "\u094d", " ", "\u3000", "/", "@", ".", "-"),
    maxLength: 8,
  }),
);

test("whatever is accepted is its own prepared form", () => {
  fc.assert(
    fc.property(part, part, part, (local, domain, resource) => {
      for (const text of [
        `${local}@h.test/${resource}`,
        domain,
        `${local}@${domain}`,
        `xn--${domain}/${resource}`,
      ]) {
        const jid = Jid.parse(text);
        if (jid === undefined) continue;
        const again = Jid.parse(jid.toString());
        assert.ok(again?.equals(jid), text);
        assert.equal(again?.toString(), jid.toString());
        for (const each of [jid.local, jid.domain, jid.resource]) assert.ok(Buffer.byteLength(each) <= 1023);
      }
    }),
    { numRuns: 3000 },
  );
});

test("every code point alone is refused or prepared for good", () => {
  for (let codePoint = 0; codePoint < 0x110000; codePoint += codePoint < 0x3000 ? 1 : 61) {
    if (codePoint === 0x20000) codePoint = 0xe0000;
    const text = String.fromCodePoint(codePoint);
    for (const jid of [Jid.of(text, "b"), Jid.of("", `a${text}`), Jid.of("", "b", `${text}x`)]) {
      if (jid !== undefined) assert.ok(Jid.parse(jid.toString())?.equals(jid), codePoint.toString(16));
    }
  }
});
