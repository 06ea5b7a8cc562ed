/** What the derivations of RFC 8264 §8 and RFC 5892 §3 ask about a code point. */
export interface Properties {
  readonly codePoint: number;
  /** General_Category: `Lu`, …, `Cn`. */
  readonly category: string;
  /** Hangul_Syllable_Type: `L`, `V`, `T`, `LV`, `LVT`, or empty. */
  readonly hangul: string;
  readonly ignorable: boolean;
  readonly noncharacter: boolean;
  readonly joinControl: boolean;
  readonly whiteSpace: boolean;
  /** NFKC(cp) is not cp. */
  readonly hasCompat: boolean;
  /** NFKC(casefold(NFKC(cp))) is not cp. */
  readonly unstable: boolean;
}

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

const isLetterDigit = (category: string): boolean =>
  ["Ll", "Lu", "Lo", "Nd", "Lm", "Mn", "Mc"].includes(category);
const isOldHangulJamo = (hangul: string): boolean => ["L", "V", "T"].includes(hangul);

/** RFC 8264 §8. */
export function precisClass(of: Properties): ClassLetter {
  const exceptional = exception(of.codePoint);
  if (exceptional !== undefined) return exceptional;
  if (of.category === "Cn" && !of.noncharacter) return "U";
  if (between(of.codePoint, 0x21, 0x7e)) return "V";
  if (of.joinControl) return "J";
  if (isOldHangulJamo(of.hangul) || of.ignorable || of.noncharacter || of.category === "Cc") return "D";
  if (of.hasCompat) return "F";
  if (isLetterDigit(of.category)) return "V";
  if (/^(Lt|Nl|No|Me|Zs|S.|P.)$/.test(of.category)) return "F";
  return "D";
}

/** RFC 5892 §3. */
export function idnaClass(of: Properties): ClassLetter {
  const exceptional = exception(of.codePoint);
  if (exceptional !== undefined) return exceptional;
  if (of.category === "Cn" && !of.noncharacter) return "U";
  if (/^[-0-9a-z]$/.test(String.fromCodePoint(of.codePoint))) return "V";
  if (of.joinControl) return "J";
  if (of.unstable || of.whiteSpace || of.ignorable || of.noncharacter) return "D";
  // IgnorableBlocks: marks for symbols, musical symbols, ancient Greek musical notation (RFC 5892 §2.4).
  if (between(of.codePoint, 0x20d0, 0x20ff) || between(of.codePoint, 0x1d100, 0x1d24f)) return "D";
  if (isOldHangulJamo(of.hangul)) return "D";
  return isLetterDigit(of.category) ? "V" : "D";
}
