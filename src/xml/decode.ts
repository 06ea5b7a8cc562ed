import { knownName } from "./known-names.ts";
import { resolveReference } from "./references.ts";

/** A name or another run of valid UTF-8 without references. */
export function decodeName(b: Buffer, start: number, end: number): string {
  return knownName(b, start, end) ?? b.toString("utf8", start, end);
}

/** Character data that was validated, with line ends (XML 1.0 §2.11) and references resolved. */
export function decodeText(b: Buffer, start: number, end: number): string {
  const raw = b.toString("utf8", start, end);
  if (!raw.includes("&") && !raw.includes("\r")) return raw;
  return raw.replace(/\r\n?|&[^;]*;/g, (found) =>
    found.charCodeAt(0) === 0x0d ? "\n" : resolveReference(found),
  );
}

/** The content of a CDATA section: references mean nothing there. */
export function decodeSection(b: Buffer, start: number, end: number): string {
  const raw = b.toString("utf8", start, end);
  return raw.includes("\r") ? raw.replace(/\r\n?/g, "\n") : raw;
}

/** An attribute value that was validated, normalised as XML 1.0 §3.3.3 says for CDATA. */
export function decodeValue(b: Buffer, start: number, end: number): string {
  const known = knownName(b, start, end);
  if (known !== undefined) return known;
  const raw = b.toString("utf8", start, end);
  if (!/[&\t\n\r]/.test(raw)) return raw;
  return raw.replace(/\r\n|[\t\n\r]|&[^;]*;/g, (found) =>
    found.charCodeAt(0) === 0x26 ? resolveReference(found) : " ",
  );
}
