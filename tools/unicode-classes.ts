/** U unassigned, D disallowed, V valid, J CONTEXTJ, O CONTEXTO, F valid in the FreeformClass only. */
export type ClassLetter = "U" | "D" | "V" | "J" | "O" | "F";

const between = (codePoint: number, first: number, last: number): boolean =>
  codePoint >= first && codePoint <= last;

/** Exceptions (F): RFC 5892 §2.6, which RFC 8264 §9.6 takes over. BackwardCompatible (G) is empty in both. */
function exception(codePoint: number): ClassLetter | undefined {
  if ([0xdf, 0x3c2, 0x6fd, 0x6fe, 0xf0b, 0x3007].includes(codePoint)) return "V";
  if ([0xb7, 0x375, 0x5f3, 0x5f4, 0x30fb].includes(codePoint)) return "O";
  if (between(codePoint, 0x660, 0x669) || between(codePoint, 0x6f0, 0x6f9)) return "O";
  if ([0x640, 0x7fa, 0x302e, 0x302f, 0x303b].includes(codePoint) || between(codePoint, 0x3031, 0x3035))
    return "D";
  return undefined;
}

/** Hangul_Syllable_Type is L, V or T: blocks that are full since Unicode 5.2 (RFC 5892 §2.9). */
function isOldHangulJamo(codePoint: number): boolean {
  return (
    between(codePoint, 0x1100, 0x11ff) ||
    between(codePoint, 0xa960, 0xa97c) ||
    between(codePoint, 0xd7b0, 0xd7c6) ||
    between(codePoint, 0xd7cb, 0xd7fb)
  );
}

const isLetterDigit = (text: string): boolean => /[\p{Ll}\p{Lu}\p{Lo}\p{Nd}\p{Lm}\p{Mn}\p{Mc}]/u.test(text);

/** What both derivations refuse whatever it looks like. */
const isIgnorable = (text: string): boolean =>
  /[\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/u.test(text);

/** The classes with which both derivations begin. */
function firstClass(codePoint: number, text: string): ClassLetter | undefined {
  const exceptional = exception(codePoint);
  if (exceptional !== undefined) return exceptional;
  return /\p{Cn}/u.test(text) && !/\p{Noncharacter_Code_Point}/u.test(text) ? "U" : undefined;
}

/** The derived property of RFC 8264 §8, in the Unicode version of this Node.js. */
export function precisClass(codePoint: number): ClassLetter {
  const text = String.fromCodePoint(codePoint);
  const first = firstClass(codePoint, text);
  if (first !== undefined) return first;
  if (between(codePoint, 0x21, 0x7e)) return "V";
  if (/\p{Join_Control}/u.test(text)) return "J";
  if (isOldHangulJamo(codePoint) || isIgnorable(text) || /\p{Cc}/u.test(text)) return "D";
  // HasCompat (RFC 8264 §9.17).
  if (text.normalize("NFKC") !== text) return "F";
  if (isLetterDigit(text)) return "V";
  return /[\p{Lt}\p{Nl}\p{No}\p{Me}\p{Zs}\p{S}\p{P}]/u.test(text) ? "F" : "D";
}

/** The derived property of RFC 5892 §3, in the Unicode version of this Node.js. */
export function idnaClass(codePoint: number): ClassLetter {
  const text = String.fromCodePoint(codePoint);
  const first = firstClass(codePoint, text);
  if (first !== undefined) return first;
  if (/^[-0-9a-z]$/.test(text)) return "V";
  if (/\p{Join_Control}/u.test(text)) return "J";
  // Unstable (RFC 5892 §2.2) is NFKC(casefold(NFKC(cp))) ≠ cp; this property differs for ignorable code points only.
  if (/\p{Changes_When_NFKC_Casefolded}/u.test(text) || /\p{White_Space}/u.test(text) || isIgnorable(text))
    return "D";
  // IgnorableBlocks: marks for symbols, musical symbols, ancient Greek musical notation (RFC 5892 §2.4).
  if (between(codePoint, 0x20d0, 0x20ff) || between(codePoint, 0x1d100, 0x1d24f)) return "D";
  return isLetterDigit(text) && !isOldHangulJamo(codePoint) ? "V" : "D";
}
