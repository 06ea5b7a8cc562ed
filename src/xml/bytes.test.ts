import assert from "node:assert/strict";
import { test } from "node:test";
import { codePoint, isCharacter, isNameCharacter, isNameStart, sequenceLength } from "./bytes.ts";
import { XmlError } from "./xml-error.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function accepted(bytes: Buffer): number | undefined {
  try {
    return sequenceLength(bytes, 0, bytes.length);
  } catch (error) {
    if (error instanceof XmlError) return undefined;
    throw error;
  }
}

/** Whether the platform's decoder takes the bytes for one character. */
function decodable(bytes: Buffer): boolean {
  try {
    return [...decoder.decode(bytes)].length === 1;
  } catch {
    return false;
  }
}

test("every code point above ASCII is taken if and only if it is a Char, and comes out as it went in", () => {
  for (let code = 0x80; code <= 0x10ffff; code++) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const bytes = Buffer.from(String.fromCodePoint(code));
    const length = accepted(bytes);
    assert.equal(length, isCharacter(code) ? bytes.length : undefined, code.toString(16));
    if (length !== undefined) assert.equal(codePoint(bytes, 0, length), code);
  }
});

test("two, three and four bytes are taken if and only if they are UTF-8", () => {
  for (let lead = 0x80; lead <= 0xff; lead++) {
    for (let second = 0; second <= 0xff; second++) {
      const two = Buffer.from([lead, second]);
      if (lead < 0xe0) assert.equal(accepted(two) === 2, decodable(two), two.toString("hex"));
      for (const third of [0x00, 0x7f, 0x80, 0xbd, 0xc0, 0xff]) {
        const three = Buffer.from([lead, second, third]);
        if (lead >= 0xe0 && lead < 0xf0)
          assert.equal(accepted(three) === 3, decodable(three), three.toString("hex"));
        for (const fourth of [0x00, 0x7f, 0x80, 0xbf, 0xc0, 0xff]) {
          const four = Buffer.from([lead, second, third, fourth]);
          if (lead >= 0xf0) assert.equal(accepted(four) === 4, decodable(four), four.toString("hex"));
        }
      }
    }
  }
});

test("the start of a sequence waits for the rest, what can not become one does not", () => {
  for (const hex of ["c3", "e2", "e282", "f0", "f09f", "f09f91"])
    assert.equal(accepted(Buffer.from(hex, "hex")), 0, hex);
  for (const hex of ["80", "c0", "c1", "e080", "eda0", "e2c3", "f080", "f490", "f09fc3", "f5", "ff"]) {
    assert.equal(accepted(Buffer.from(hex, "hex")), undefined, hex);
  }
});

test("names of the fifth edition of XML 1.0", () => {
  const start =
    /[\xC0-\xD6\xD8-\xF6\xF8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\u{10000}-\u{EFFFF}]/u;
  const more = /[\xB7\u203F\u2040]|[\u0300-\u036F]/u;
  for (let code = 0x80; code <= 0x10ffff; code++) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const character = String.fromCodePoint(code);
    const starts = start.test(character);
    if (isNameStart(code) !== starts) assert.fail(code.toString(16));
    if (isNameCharacter(code) !== (starts || more.test(character))) assert.fail(code.toString(16));
  }
});
