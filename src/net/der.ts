/** Writing and reading of DER (ITU-T X.690), as far as certificates need it. */

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

function lengthBytes(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length);
  const digits: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  return Buffer.of(0x80 | digits.length, ...digits);
}

/** One value: tag, length, content. */
export function tagged(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.of(tag), lengthBytes(body.length), body]);
}

export function sequence(...items: readonly Uint8Array[]): Buffer {
  return tagged(TAG.sequence, ...items);
}

/** A context-specific tag around whole values: `[number] EXPLICIT`. */
export function explicit(number: number, ...items: readonly Uint8Array[]): Buffer {
  return tagged(0xa0 | number, ...items);
}

/** A context-specific tag in place of a primitive one: `[number] IMPLICIT`. */
export function implicit(number: number, content: Uint8Array): Buffer {
  return tagged(0x80 | number, content);
}

/** A non-negative integer from its big-endian bytes. */
export function integer(bytes: Uint8Array): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const minimal = bytes.length === 0 ? Buffer.of(0) : bytes.subarray(start);
  return tagged(TAG.integer, minimal[0]! >= 0x80 ? Buffer.of(0) : Buffer.alloc(0), minimal);
}

/** `unused`: bits at the end of the last byte that do not count. */
export function bitString(bytes: Uint8Array, unused = 0): Buffer {
  return tagged(TAG.bitString, Buffer.of(unused), bytes);
}

export function octetString(bytes: Uint8Array): Buffer {
  return tagged(TAG.octetString, bytes);
}

export function utf8String(text: string): Buffer {
  return tagged(TAG.utf8String, Buffer.from(text));
}

export function boolean(value: boolean): Buffer {
  return tagged(TAG.boolean, Buffer.of(value ? 0xff : 0x00));
}

/** From dotted decimal: "2.5.29.17". */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...arcs] = dotted.split(".").map(Number);
  const bytes: number[] = [];
  for (const arc of [first * 40 + second, ...arcs]) {
    const digits = [arc % 128];
    for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) {
      digits.unshift(0x80 | (rest % 128));
    }
    bytes.push(...digits);
  }
  return tagged(TAG.objectIdentifier, Buffer.from(bytes));
}

/** A moment to the second; UTCTime to 2049, GeneralizedTime from 2050 on (RFC 5280 §4.1.2.5). */
export function time(milliseconds: number): Buffer {
  const digits = `${new Date(milliseconds).toISOString().replace(/[-:T]/g, "").slice(0, 14)}Z`;
  const year = Number(digits.slice(0, 4));
  return year >= 1950 && year < 2050
    ? tagged(TAG.utcTime, Buffer.from(digits.slice(2)))
    : tagged(TAG.generalizedTime, Buffer.from(digits));
}

export interface DerValue {
  readonly tag: number;
  readonly content: Buffer;
}

export class DerError extends Error {
  override readonly name = "DerError";
}

/** The values that stand one after the other in `bytes`. Throws DerError when they do not fit exactly. */
export function readValues(bytes: Buffer): DerValue[] {
  const values: DerValue[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const tag = bytes[offset]!;
    if ((tag & 0x1f) === 0x1f) throw new DerError("multi-byte tags do not occur in certificates");
    let length = bytes[offset + 1];
    offset += 2;
    if (length === undefined || length === 0x80 || length > 0x84) throw new DerError("bad length");
    if (length > 0x80) {
      const count = length - 0x80;
      if (offset + count > bytes.length) throw new DerError("cut off in a length");
      length = bytes.readUIntBE(offset, count);
      offset += count;
    }
    if (offset + length > bytes.length) throw new DerError("cut off in a value");
    values.push({ tag, content: bytes.subarray(offset, offset + length) });
    offset += length;
  }
  return values;
}

/** Dotted decimal of an OBJECT IDENTIFIER's content. */
export function readObjectIdentifier(content: Buffer): string {
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of content) {
    arc = arc * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      arcs.push(arc);
      arc = 0;
    }
  }
  const joined = arcs.shift() ?? 0;
  const first = Math.min(2, Math.floor(joined / 40));
  return [first, joined - first * 40, ...arcs].join(".");
}
