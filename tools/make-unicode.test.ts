import assert from "node:assert/strict";
import { test } from "node:test";
import { MappingTable, RangeTable } from "../src/xmpp/unicode-ranges.ts";
import { packMappings, packRanges } from "./make-unicode.ts";
import { idnaClass, precisClass } from "./unicode-classes.ts";

test("a packed table answers what went in", () => {
  const letters = ["A", "A", "B", "A", ...Array.from({ length: 100 }, () => "C"), "D"];
  const table = new RangeTable(packRanges(letters));
  for (const [codePoint, letter] of letters.entries()) assert.equal(table.at(codePoint), letter);
  const mappings = new MappingTable(
    packMappings([
      [0x41, [0x61]],
      [0xdf, [0x73, 0x73]],
      [0x10400, [0x10428]],
    ]),
  );
  assert.deepEqual(
    [0x41, 0x42, 0xdf, 0x10400].map((each) => mappings.at(each)),
    ["a", undefined, "ss", "𐐨"],
  );
});

test("the derivations: RFC 8264 §8 and RFC 5892 §3, one code point per category", () => {
  const cases: [number, string, string][] = [
    [0x61, "V", "V"],
    [0x41, "V", "D"],
    [0x5f, "V", "D"],
    [0x20, "F", "D"],
    [0x09, "D", "D"],
    [0xa0, "F", "D"],
    [0xad, "D", "D"],
    [0xb7, "O", "O"],
    [0xdf, "V", "V"],
    [0x378, "U", "U"],
    [0x640, "D", "D"],
    [0x1100, "D", "D"],
    [0x200d, "J", "J"],
    [0x2163, "F", "D"],
    [0x265a, "F", "D"],
    [0xac00, "V", "V"],
    [0xd800, "D", "D"],
    [0xe000, "D", "D"],
    [0xfdd0, "D", "D"],
    [0xff21, "F", "D"],
    [0x1d165, "V", "D"],
  ];
  for (const [codePoint, precis, idna] of cases) {
    assert.deepEqual([precisClass(codePoint), idnaClass(codePoint)], [precis, idna], codePoint.toString(16));
  }
});
