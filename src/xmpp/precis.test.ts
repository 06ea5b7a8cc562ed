import assert from "node:assert/strict";
import { test } from "node:test";
import { prepareLocalpart, preparePassword, prepareResourcepart, registrableLocalpart } from "./precis.ts";
import { nodeprep } from "./precis-nodeprep.ts";

test("ASCII in a localpart: RFC 7622 §3.3.1", () => {
  const accepted = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)).filter(
    prepareLocalpart,
  );
  assert.equal(accepted.join("").replace(/[0-9A-Za-z]/g, ""), "!#$%()*+,-.;=?[\\]^_`{|}~");
});

test("the exclusions hold for what the mapping makes", () => {
  for (const text of ["＂", "＆", "＇", "／", "：", "＜", "＞", "＠"]) {
    assert.equal(prepareLocalpart(`a${text}é`), undefined, text);
  }
});

test("ASCII in a resourcepart", () => {
  const accepted = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)).filter(
    prepareResourcepart,
  );
  assert.equal(accepted.length, 95);
});

test("a password may be longer than a part of an address", () => {
  const long = "ü".repeat(3000);
  assert.equal(preparePassword(long), long);
  assert.equal(prepareResourcepart(long), undefined);
});

test("the time for contextual rules grows with the length, not with its square", () => {
  for (const [dot, end] of [
    ["\u30fb", "カ"],
    ["\u0661", "\u0627"],
    ["\u200c", "a"],
  ] as const) {
    const start = process.cpuUsage().user;
    preparePassword(dot.repeat(200_000) + end);
    const micros = process.cpuUsage().user - start;
    assert.ok(micros < 2_000_000, `${micros} µs`);
  }
});

test("Nodeprep (RFC 3920 appendix A)", () => {
  const cases: [string, string | undefined][] = [
    ["Straße", "strasse"],
    ["ς", "σ"],
    ["ＡⅠ", "ai"],
    ["a\u200bb\u00adc", "abc"],
    ["\u00ad", undefined],
    ["a b", undefined],
    ["a@b", undefined],
    ["a\ue000", undefined],
    ["\u0221", undefined],
    ["אa", undefined],
    ["א1", undefined],
    ["א1ב", "א1ב"],
  ];
  for (const [text, expected] of cases) assert.equal(nodeprep(text), expected, JSON.stringify(text));
});

test("a registrable name is one that both ways of preparation leave alone", () => {
  assert.equal(registrableLocalpart("Ünal"), "ünal");
  assert.equal(registrableLocalpart("straße"), undefined);
  assert.equal(prepareLocalpart("straße"), "straße");
});
