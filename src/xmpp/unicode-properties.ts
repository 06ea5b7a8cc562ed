import {
  BIDI_CLASSES,
  IDNA_CLASSES,
  JOINING_TYPES,
  PRECIS_CLASSES,
  VIRAMAS,
  WIDTH_MAPPINGS,
} from "./unicode-properties.generated.ts";
import { MappingTable, RangeTable } from "./unicode-ranges.ts";

const precis = new RangeTable(PRECIS_CLASSES);
const idna = new RangeTable(IDNA_CLASSES);
const bidi = new RangeTable(BIDI_CLASSES);
const joining = new RangeTable(JOINING_TYPES);
const viramas = new RangeTable(VIRAMAS);
const widths = new MappingTable(WIDTH_MAPPINGS);

/**
 * RFC 8264 §8: U unassigned, D disallowed, V valid, J CONTEXTJ, O CONTEXTO, F valid in the FreeformClass only. What
 * Unicode 17.0 did not assign is unassigned, whatever the runtime knows.
 */
export function precisClass(codePoint: number): string {
  return precis.at(codePoint);
}

/** RFC 5892 §3: U unassigned, D disallowed, V valid (PVALID), J CONTEXTJ, O CONTEXTO; of Unicode 17.0. */
export function idnaClass(codePoint: number): string {
  return idna.at(codePoint);
}

/** A is AL, N AN, E EN, S ES, C CS, T ET, O ON, B BN, M NSM, L and R themselves, X any other Bidi_Class. */
export function bidiClass(codePoint: number): string {
  return bidi.at(codePoint);
}

/** Joining_Type: U, T, L, R, D or C. */
export function joiningType(codePoint: number): string {
  return joining.at(codePoint);
}

/** Canonical_Combining_Class is Virama (9). */
export function isVirama(codePoint: number): boolean {
  return viramas.at(codePoint) === "V";
}

/** Fullwidth and halfwidth code points become their decomposition mappings (UAX #11; RFC 8264 §5.2.1, RFC 5895 §2). */
export function mapWidth(text: string): string {
  return text.replace(/[\u3000\uff00-\uffef]/g, (each) => widths.at(each.charCodeAt(0)) ?? each);
}

/**
 * Lower case code point by code point: `ΑΣ` becomes `ασ`, not `ας`. String.toLowerCase looks at the neighbours of a sigma
 * (and of nothing else), but the mapping rules know no final sigma (RFC 7622 §3.5, examples 9 to 11).
 */
export function lowerCodePoints(text: string): string {
  return text.replaceAll("Σ", "σ").toLowerCase();
}
