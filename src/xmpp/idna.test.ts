import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { domainToAscii, prepareDomain } from "./idna.ts";
import { decodePunycode } from "./idna-punycode.ts";

test("the form for DNS and the prepared form lead to each other", () => {
  assert.equal(domainToAscii("bücher.例え.test"), "xn--bcher-kva.xn--r8jz45g.test");
  assert.equal(prepareDomain("xn--bcher-kva.xn--r8jz45g.test"), "bücher.例え.test");
  assert.equal(domainToAscii("example.net"), "example.net");
  assert.equal(domainToAscii("[::1]"), "[::1]");
});

test("any accepted name survives the way through its A-labels", () => {
  const label = fc.string({
    unit: fc.constantFrom("a", "ü", "ß", "例", "א", "1", "-", "ا", "ａ", "É"),
    minLength: 1,
    maxLength: 9,
  });
  fc.assert(
    fc.property(fc.array(label, { minLength: 1, maxLength: 4 }), (labels) => {
      const domain = prepareDomain(labels.join("."));
      if (domain === undefined) return;
      assert.match(domainToAscii(domain), /^[-.0-9a-z]+$/);
      assert.equal(prepareDomain(domainToAscii(domain)), domain);
      assert.equal(prepareDomain(domainToAscii(domain).toUpperCase()), domain);
    }),
    { numRuns: 2000 },
  );
});

test("no A-label has a second spelling, and no input throws", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."abz019-"), minLength: 1, maxLength: 12 }), (text) => {
      decodePunycode(text);
      const domain = prepareDomain(`xn--${text}.test`);
      if (domain !== undefined) assert.equal(domainToAscii(domain), `xn--${text}.test`);
    }),
    { numRuns: 5000 },
  );
});
