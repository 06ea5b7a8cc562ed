import { nodeprep } from "./precis-nodeprep.ts";
import { hasRightToLeft, satisfiesBidiRule } from "./unicode-bidi.ts";
import { conforms } from "./unicode-context.ts";
import { lowerCodePoints, mapWidth, precisClass } from "./unicode-properties.ts";

/** Longest part of an address in octets of UTF-8 (RFC 7622 §3.1). */
export const MAX_PART_OCTETS = 1023;

/** No mapping makes a longer part (in UTF-16 units) fit: composition at most turns four units of 8 octets into 3 octets. */
export const MAX_UNPREPARED_LENGTH = 2048;

const REFUSED = 0;
const PLAIN = 1;
const UPPER = 2;

/** RFC 7622 §3.3.1: valid in the IdentifierClass, but not in a localpart. */
const EXCLUDED = "\"&'/:<>@";

/** What each ASCII character is in a localpart: PLAIN stays as it is, UPPER is mapped to lower case. */
const LOCALPART_ASCII: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) => {
  if (code <= 0x20 || code === 0x7f || EXCLUDED.includes(String.fromCharCode(code))) return REFUSED;
  return code >= 0x41 && code <= 0x5a ? UPPER : PLAIN;
});

/** Prepared localpart (RFC 7622 §3.3: UsernameCaseMapped of RFC 8265 §3.3), or undefined when it is refused. */
export function prepareLocalpart(text: string): string | undefined {
  let upper = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) return mapLocalpart(text);
    const kind = LOCALPART_ASCII[code];
    if (kind === REFUSED) return undefined;
    if (kind === UPPER) upper = true;
  }
  if (text.length === 0 || text.length > MAX_PART_OCTETS) return undefined;
  return upper ? text.toLowerCase() : text;
}

/** Prepared resourcepart (RFC 7622 §3.4: OpaqueString of RFC 8265 §4.2), or undefined when it is refused. */
export function prepareResourcepart(text: string): string | undefined {
  if (isPrintableAscii(text)) return text.length > 0 && text.length <= MAX_PART_OCTETS ? text : undefined;
  if (text.length > MAX_UNPREPARED_LENGTH) return undefined;
  const prepared = opaqueString(text);
  return prepared !== undefined && fits(prepared) ? prepared : undefined;
}

/** Password prepared with OpaqueString (RFC 8265 §4.2), or undefined when it is refused. Its length is the caller's concern. */
export function preparePassword(text: string): string | undefined {
  if (text === "") return undefined;
  return isPrintableAscii(text) ? text : opaqueString(text);
}

/**
 * The localpart that a new account gets, or undefined: as `prepareLocalpart`, and the Nodeprep form (RFC 3920 appendix A)
 * must be the same, so that peers which still use stringprep write to the same account. `straße` and a final sigma are
 * valid localparts, but not registrable ones.
 */
export function registrableLocalpart(text: string): string | undefined {
  const prepared = prepareLocalpart(text);
  if (prepared === undefined) return undefined;
  return nodeprep(text) === prepared && nodeprep(prepared) === prepared ? prepared : undefined;
}

function mapLocalpart(text: string): string | undefined {
  if (text.length > MAX_UNPREPARED_LENGTH) return undefined;
  // RFC 7622 §4: map what can be mapped and judge the result; the order is that of RFC 8264 §7.
  const name = lowerCodePoints(mapWidth(text)).normalize("NFC");
  if (!conforms(name, precisClass, "V") || !fits(name)) return undefined;
  if (hasRightToLeft(name) && !satisfiesBidiRule(name)) return undefined;
  for (let index = 0; index < name.length; index++) {
    if (LOCALPART_ASCII[name.charCodeAt(index)] === REFUSED) return undefined;
  }
  return name;
}

function opaqueString(text: string): string | undefined {
  // Mapped first, as a localpart is: decomposed Hangul is nothing that the FreeformClass has, its composition is.
  const prepared = text.replace(/\p{Zs}/gu, " ").normalize("NFC");
  return conforms(prepared, precisClass, "VF") ? prepared : undefined;
}

function isPrintableAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code > 0x7e) return false;
  }
  return true;
}

function fits(prepared: string): boolean {
  return prepared !== "" && Buffer.byteLength(prepared) <= MAX_PART_OCTETS;
}
