import assert from "node:assert/strict";
import { clientSession } from "../../src/xml/limits.ts";
import { type ScanEvent, Scanner } from "../../src/xml/scanner.ts";
import { XmlError } from "../../src/xml/xml-error.ts";

export const OPEN: string =
  "<stream:stream to='h.test' version='1.0' xml:lang='en' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";
export const HEADER: string = `<?xml version='1.0'?>${OPEN}`;

export type Input = string | Buffer;

export function bytes(...parts: readonly Input[]): Buffer {
  return Buffer.concat(parts.map((part) => Buffer.from(part as string)));
}

/** All events, then how it ended: "more", or the condition. */
export function scan(
  input: Buffer,
  step: number = input.length,
  scanner: Scanner = new Scanner(clientSession),
): string[] {
  const seen: string[] = [];
  try {
    for (let at = 0; at < input.length; at += step) {
      scanner.push(Buffer.from(input.subarray(at, at + step)));
      for (let event = scanner.next(); event !== undefined; event = scanner.next()) seen.push(shown(event));
    }
  } catch (error) {
    assert.ok(error instanceof XmlError, String(error));
    assert.throws(() => scanner.next(), error, "the error stays");
    scanner.push(Buffer.from("<a/>"));
    assert.throws(() => scanner.next(), error);
    assert.equal(scanner.unread, 0);
    return [...seen, error.condition];
  }
  return [...seen, "more"];
}

export function shown(event: ScanEvent): string {
  if (event.kind === "element") return event.frame.bytes.toString();
  return event.kind;
}

/** What the input gives, the same in one piece and byte by byte. */
export function both(...parts: readonly Input[]): string[] {
  const input = bytes(...parts);
  const whole = scan(input);
  assert.deepEqual(scan(input, 1), whole, "byte by byte");
  return whole;
}

/** The end of a stream that holds this. */
export function inStream(...parts: readonly Input[]): string {
  return both(HEADER, ...parts).at(-1)!;
}
