import { XmlError } from "./xml-error.ts";

export const TAB = 0x09;
export const LINE_FEED = 0x0a;
export const CARRIAGE_RETURN = 0x0d;
export const SPACE = 0x20;
export const EXCLAMATION = 0x21;
export const DOUBLE_QUOTE = 0x22;
export const HASH = 0x23;
export const AMPERSAND = 0x26;
export const SINGLE_QUOTE = 0x27;
export const SLASH = 0x2f;
export const COLON = 0x3a;
export const SEMICOLON = 0x3b;
export const LESS = 0x3c;
export const EQUALS = 0x3d;
export const GREATER = 0x3e;
export const QUESTION = 0x3f;
export const LEFT_BRACKET = 0x5b;
export const RIGHT_BRACKET = 0x5d;

const NAME_CHARACTER = /[A-Za-z0-9_.-]/;

function table(special: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (special(byte) ? 1 : 0));
}

function isSpace(byte: number): boolean {
  return byte === SPACE || byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === TAB;
}

/** 0: a byte of text that needs no look; 1: markup, reference, `>` (which may end a `]]>`), control, not ASCII. */
export const TEXT: Uint8Array = table(
  (byte) =>
    (byte < SPACE && !isSpace(byte)) ||
    byte >= 0x80 ||
    byte === LESS ||
    byte === AMPERSAND ||
    byte === GREATER,
);

/** 0: a byte of an attribute value that needs no look; 1: quote, reference, `<`, white space other than 0x20, control, not ASCII. */
export const VALUE: Uint8Array = table(
  (byte) =>
    byte < SPACE ||
    byte >= 0x80 ||
    byte === LESS ||
    byte === AMPERSAND ||
    byte === SINGLE_QUOTE ||
    byte === DOUBLE_QUOTE,
);

/** 0: an ASCII NameChar without the colon. */
export const NAME: Uint8Array = table(
  (byte) => byte >= 0x80 || !NAME_CHARACTER.test(String.fromCharCode(byte)),
);

/** 1: an ASCII NameStartChar without the colon. */
export const NAME_START: Uint8Array = table((byte) => /[A-Za-z_]/.test(String.fromCharCode(byte)));

/** 0: white space, XML 1.0 §2.3 [3]. */
export const WHITE: Uint8Array = table((byte) => !isSpace(byte));

/**
 * The length of the UTF-8 sequence at `i`, whose first byte is 0x80 or above; 0 when the input ends inside it.
 * @throws XmlError for what is not UTF-8 in its shortest form (RFC 3629 §4), or not a Char (XML 1.0 §2.2 [2])
 */
export function sequenceLength(b: Buffer, i: number, stop: number): number {
  const lead = b[i]!;
  if (lead < 0xe0) {
    if (lead < 0xc2) throw notUtf8();
    if (i + 1 >= stop) return 0;
    if ((b[i + 1]! & 0xc0) !== 0x80) throw notUtf8();
    return 2;
  }
  if (lead > 0xf4) throw notUtf8();
  if (i + 1 >= stop) return 0;
  const second = b[i + 1]!;
  if (second < lowestSecond(lead) || second > highestSecond(lead)) throw notUtf8();
  if (i + 2 >= stop) return 0;
  const third = b[i + 2]!;
  if ((third & 0xc0) !== 0x80) throw notUtf8();
  if (lead < 0xf0) {
    // U+FFFE and U+FFFF
    if (lead === 0xef && second === 0xbf && third >= 0xbe) throw notCharacter();
    return 3;
  }
  if (i + 3 >= stop) return 0;
  if ((b[i + 3]! & 0xc0) !== 0x80) throw notUtf8();
  return 4;
}

// Overlong forms.
function lowestSecond(lead: number): number {
  return lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
}

// Surrogates, and what lies above U+10FFFF.
function highestSecond(lead: number): number {
  return lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
}

/** The code point of a sequence whose length is known. */
export function codePoint(b: Buffer, i: number, length: number): number {
  const lead = b[i]!;
  if (length === 2) return ((lead & 0x1f) << 6) | (b[i + 1]! & 0x3f);
  const upper = (b[i + 1]! & 0x3f) << 6;
  if (length === 3) return ((lead & 0x0f) << 12) | upper | (b[i + 2]! & 0x3f);
  return ((lead & 0x07) << 18) | (upper << 6) | ((b[i + 2]! & 0x3f) << 6) | (b[i + 3]! & 0x3f);
}

/** XML 1.0 §2.2 [2]. */
export function isCharacter(code: number): boolean {
  if (code < SPACE) return code === TAB || code === LINE_FEED || code === CARRIAGE_RETURN;
  return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);
}

// XML 1.0 (fifth edition) §2.3 [4], from U+0080 on: pairs of first and last.
const START_RANGES: readonly (readonly [number, number])[] = [
  [0xc0, 0xd6],
  [0xd8, 0xf6],
  [0xf8, 0x2ff],
  [0x370, 0x37d],
  [0x37f, 0x1fff],
  [0x200c, 0x200d],
  [0x2070, 0x218f],
  [0x2c00, 0x2fef],
  [0x3001, 0xd7ff],
  [0xf900, 0xfdcf],
  [0xfdf0, 0xfffd],
  [0x10000, 0xeffff],
];

/** XML 1.0 (fifth edition) §2.3 [4], for code points above ASCII. */
export function isNameStart(code: number): boolean {
  return START_RANGES.some(([first, last]) => code >= first && code <= last);
}

/** XML 1.0 (fifth edition) §2.3 [4a], for code points above ASCII. */
export function isNameCharacter(code: number): boolean {
  return (
    code === 0xb7 ||
    (code >= 0x300 && code <= 0x36f) ||
    code === 0x203f ||
    code === 0x2040 ||
    isNameStart(code)
  );
}

/** Whether two ranges of `length` bytes are equal. */
export function sameBytes(a: Buffer, at: number, b: Buffer, bt: number, length: number): boolean {
  for (let k = 0; k < length; k++) if (a[at + k] !== b[bt + k]) return false;
  return true;
}

/** Whether the bytes from `start` to `end` are this ASCII text. */
export function isText(b: Buffer, start: number, end: number, text: string): boolean {
  if (end - start !== text.length) return false;
  for (let k = 0; k < text.length; k++) if (b[start + k] !== text.charCodeAt(k)) return false;
  return true;
}

function notUtf8(): XmlError {
  return new XmlError("not-well-formed", "not UTF-8");
}

export function notCharacter(): XmlError {
  return new XmlError("not-well-formed", "a character that XML does not allow");
}

/** The offset of the first byte from `i` on that `table` marks, or `stop`. */
export function skip(table: Uint8Array, b: Buffer, from: number, stop: number): number {
  let i = from;
  while (i < stop && table[b[i]!] === 0) i++;
  return i;
}
