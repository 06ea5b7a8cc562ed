import { canonicalIpv6Literal, isIpv4 } from "./idna-ip-literal.ts";
import { decodePunycode, encodePunycode } from "./idna-punycode.ts";
import { MAX_PART_OCTETS, MAX_UNPREPARED_LENGTH } from "./precis.ts";
import { hasRightToLeft, satisfiesBidiRule } from "./unicode-bidi.ts";
import { conforms } from "./unicode-context.ts";
import { idnaClass, lowerCodePoints, mapWidth } from "./unicode-properties.ts";

/** RFC 1035 §2.3.4, in A-labels: 255 octets with the length octets of the first label and of the root. */
const MAX_NAME_OCTETS = 253;
const MAX_LABEL_OCTETS = 63;
const ACE_PREFIX = "xn--";

const DOT = 0x2e;
const HYPHEN = 0x2d;

/**
 * Prepared domainpart (RFC 7622 §3.2), or undefined when it is refused: lower case, U-labels in place of A-labels, NFC, no
 * final dot; an IPv4 address in dotted decimals; an IPv6 address in brackets as RFC 5952 writes it.
 */
export function prepareDomain(text: string): string | undefined {
  if (isPlainDomain(text)) return text;
  const lower = text.toLowerCase();
  return isPlainDomain(lower) ? lower : mapDomain(text);
}

/** The form for DNS, TLS and certificates: A-labels in place of the U-labels of a prepared domainpart. */
export function domainToAscii(prepared: string): string {
  return isAscii(prepared) ? prepared : prepared.split(".").map(toAsciiLabel).join(".");
}

/** A prepared domain of ASCII letters, digits and single hyphens, which is nearly every one. */
function isPlainDomain(text: string): boolean {
  const length = text.length;
  if (length > MAX_NAME_OCTETS) return false;
  let start = 0;
  let last = DOT;
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    if (code === DOT) {
      if (last === DOT || last === HYPHEN || index - start > MAX_LABEL_OCTETS) return false;
      start = index + 1;
    } else if (code === HYPHEN) {
      if (last === DOT || last === HYPHEN) return false;
    } else if (!((code >= 0x61 && code <= 0x7a) || isDigit(code))) {
      return false;
    }
    last = code;
  }
  if (last === DOT || last === HYPHEN || length - start > MAX_LABEL_OCTETS) return false;
  return !isDigit(text.charCodeAt(start));
}

function mapDomain(text: string): string | undefined {
  if (text.length > MAX_UNPREPARED_LENGTH) return undefined;
  if (text.startsWith("[")) return canonicalIpv6Literal(text);
  // RFC 7622 §3.2: the final dot goes before anything else; the other three are what the mapping turns into dots.
  const name = text.replace(/[.\u3002\uff0e\uff61]$/, "");
  // RFC 5895 §2: case, width, normalization, and the ideographic full stop as a separator.
  const mapped = lowerCodePoints(mapWidth(name)).normalize("NFC").replaceAll("\u3002", ".");
  if (isIpv4(mapped)) return mapped;
  const labels: string[] = [];
  let octets = -1;
  for (const raw of mapped.split(".")) {
    const label = raw.startsWith(ACE_PREFIX) ? fromAsciiLabel(raw) : raw;
    if (label === undefined || !isLabel(label)) return undefined;
    const length = toAsciiLabel(label).length;
    octets += length + 1;
    if (length > MAX_LABEL_OCTETS || octets > MAX_NAME_OCTETS) return undefined;
    labels.push(label);
  }
  // RFC 1123 §2.1: the highest label is not a number, so that nothing else takes the name for an address (`127.1`, `0x7f.1`).
  if (/^(?:\d+|0x[0-9a-f]*)$/.test(labels.at(-1)!)) return undefined;
  // RFC 5893 §2: one right-to-left label puts every label under the Bidi Rule.
  if (labels.some(hasRightToLeft) && !labels.every(satisfiesBidiRule)) return undefined;
  const domain = labels.join(".");
  return Buffer.byteLength(domain) <= MAX_PART_OCTETS ? domain : undefined;
}

/** NR-LDH label or U-label (RFC 5890 §2.3.2.1, RFC 5891 §4.2, §5.4); the Bidi Rule is the name's concern. */
function isLabel(label: string): boolean {
  // A code point takes at least one octet of the A-label, so that a longer label is refused before it costs anything.
  if (label.length > 2 * MAX_LABEL_OCTETS) return false;
  if (label === "" || label.startsWith("-") || label.endsWith("-") || label.startsWith("--", 2)) return false;
  if (isAscii(label)) return /^[-0-9a-z]+$/.test(label);
  if (/^\p{M}/u.test(label)) return false;
  return conforms(label, idnaClass, "V") && label === label.normalize("NFC");
}

/** The U-label of an A-label, or undefined when it is none: another spelling of the same label would be a second name. */
function fromAsciiLabel(label: string): string | undefined {
  if (label.length > MAX_LABEL_OCTETS) return undefined;
  const decoded = decodePunycode(label.slice(ACE_PREFIX.length));
  if (decoded === undefined || isAscii(decoded) || toAsciiLabel(decoded) !== label) return undefined;
  return decoded;
}

function toAsciiLabel(label: string): string {
  return isAscii(label) ? label : ACE_PREFIX + encodePunycode(label);
}

function isAscii(text: string): boolean {
  return /^\p{ASCII}*$/u.test(text);
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
