import { AMPERSAND, LESS, notCharacter, sequenceLength } from "./bytes.ts";
import { referenceLength } from "./references.ts";
import { unexpected } from "./xml-error.ts";

/**
 * The length of the reference or character at `i`, whose byte is not a plain one in text or in a value; 0 when the input
 * ends inside it.
 * @throws XmlError
 */
export function specialLength(b: Buffer, i: number, stop: number): number {
  const byte = b[i]!;
  if (byte >= 0x80) return sequenceLength(b, i, stop);
  if (byte === AMPERSAND) return referenceLength(b, i, stop);
  throw byte === LESS ? unexpected() : notCharacter();
}
