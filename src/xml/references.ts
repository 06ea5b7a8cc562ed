import { AMPERSAND, HASH, isCharacter, NAME, NAME_START, notCharacter, SEMICOLON } from "./bytes.ts";
import { XmlError } from "./xml-error.ts";

/** XML 1.0 §4.6 with the semicolon, and what each stands for. */
const PREDEFINED = [
  ["amp;", "&"],
  ["lt;", "<"],
  ["gt;", ">"],
  ["apos;", "'"],
  ["quot;", '"'],
] as const;

/** A reference to a character has as many leading zeros as it likes; ours end here. */
const LONGEST = 32;

/**
 * The length of the reference at `i`, where the `&` stands, with its semicolon; 0 when the input ends inside it.
 * @throws XmlError at the first byte that can not be right: restricted-xml for another entity than the five
 * (RFC 6120 §11.1), not-well-formed, policy-violation
 */
export function referenceLength(b: Buffer, i: number, stop: number): number {
  if (i + 1 >= stop) return 0;
  return b[i + 1] === HASH ? numericLength(b, i, stop) : namedLength(b, i, stop);
}

function namedLength(b: Buffer, i: number, stop: number): number {
  const start = i + 1;
  let longest = 0;
  for (const [name] of PREDEFINED) {
    let k = 0;
    while (k < name.length && start + k < stop && b[start + k] === name.charCodeAt(k)) k++;
    if (k === name.length) return k + 1;
    if (start + k >= stop) return 0;
    if (k > longest) longest = k;
  }
  const odd = b[start + longest]!;
  const another = longest === 0 ? isNameStartByte(odd) : odd === SEMICOLON || isNameByte(odd);
  if (another) throw new XmlError("restricted-xml", "an entity other than the predefined ones");
  throw new XmlError("not-well-formed", "an ampersand that starts no reference");
}

function isNameStartByte(byte: number): boolean {
  return NAME_START[byte] === 1 || byte >= 0x80;
}

function isNameByte(byte: number): boolean {
  return NAME[byte] === 0 || byte >= 0x80;
}

function numericLength(b: Buffer, i: number, stop: number): number {
  let at = i + 2;
  if (at >= stop) return 0;
  const base = b[at] === 0x78 ? 16 : 10;
  if (base === 16) at++;
  let code = 0;
  for (; at < stop; at++) {
    if (at - i >= LONGEST) throw new XmlError("policy-violation", "a character reference is too long");
    const byte = b[at]!;
    if (byte === SEMICOLON) {
      if (!isCharacter(code)) throw notCharacter();
      return at + 1 - i;
    }
    const digit = digitValue(byte);
    if (digit >= base) throw new XmlError("not-well-formed", "not a digit in a character reference");
    code = code * base + digit;
    if (code > 0x10ffff) throw notCharacter();
  }
  return 0;
}

function digitValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : 16;
}

/** What a reference that was checked stands for; `text` is all of it, `&` and `;` included. */
export function resolveReference(text: string): string {
  if (text.charCodeAt(0) !== AMPERSAND) throw new TypeError("not a reference");
  if (text.charCodeAt(1) !== HASH) {
    const name = text.slice(1);
    const found = PREDEFINED.find(([known]) => known === name);
    if (found === undefined) throw new TypeError("not a predefined entity");
    return found[1];
  }
  const hex = text.charCodeAt(2) === 0x78;
  return String.fromCodePoint(Number.parseInt(text.slice(hex ? 3 : 2, -1), hex ? 16 : 10));
}
