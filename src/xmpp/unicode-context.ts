import { isVirama, joiningType } from "./unicode-properties.ts";

const ZERO_WIDTH_NON_JOINER = 0x200c;
const ZERO_WIDTH_JOINER = 0x200d;
const MIDDLE_DOT = 0xb7;
const SMALL_L = 0x6c;
const KERAIA = 0x375;
const GERESH = 0x5f3;
const GERSHAYIM = 0x5f4;
const KATAKANA_MIDDLE_DOT = 0x30fb;

/**
 * Whether each code point of `text` has a class that `accepted` lists, or is CONTEXTJ or CONTEXTO (J, O) and satisfies its
 * contextual rule (RFC 5892 appendix A, for IDNA and for PRECIS).
 */
export function conforms(text: string, classOf: (codePoint: number) => string, accepted: string): boolean {
  const points = Array.from(text, (each) => each.codePointAt(0)!);
  return points.every((codePoint, index) => {
    const letter = classOf(codePoint);
    if (letter === "J" || letter === "O") return satisfiesContext(points, index);
    return accepted.includes(letter);
  });
}

/** RFC 5892 appendix A; code points without a rule there are refused. */
function satisfiesContext(points: readonly number[], index: number): boolean {
  const codePoint = points[index]!;
  const before = points[index - 1];
  const after = points[index + 1];
  switch (codePoint) {
    case ZERO_WIDTH_NON_JOINER:
      return (before !== undefined && isVirama(before)) || joinsAround(points, index);
    case ZERO_WIDTH_JOINER:
      return before !== undefined && isVirama(before);
    case MIDDLE_DOT:
      return before === SMALL_L && after === SMALL_L;
    case KERAIA:
      return after !== undefined && /\p{Script=Greek}/u.test(String.fromCodePoint(after));
    case GERESH:
    case GERSHAYIM:
      return before !== undefined && /\p{Script=Hebrew}/u.test(String.fromCodePoint(before));
    case KATAKANA_MIDDLE_DOT:
      return points.some((each) =>
        /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u.test(String.fromCodePoint(each)),
      );
  }
  // Appendix A.8, A.9: the two sets of Arabic digits do not mix.
  if (isArabicIndicDigit(codePoint)) return !points.some(isExtendedArabicIndicDigit);
  if (isExtendedArabicIndicDigit(codePoint)) return !points.some(isArabicIndicDigit);
  return false;
}

function isArabicIndicDigit(codePoint: number): boolean {
  return codePoint >= 0x660 && codePoint <= 0x669;
}

function isExtendedArabicIndicDigit(codePoint: number): boolean {
  return codePoint >= 0x6f0 && codePoint <= 0x6f9;
}

/** Appendix A.1: (Joining_Type:{L,D})(Joining_Type:T)* here (Joining_Type:T)*(Joining_Type:{R,D}). */
function joinsAround(points: readonly number[], index: number): boolean {
  const left = nearestJoiningType(points, index, -1);
  const right = nearestJoiningType(points, index, 1);
  return (left === "L" || left === "D") && (right === "R" || right === "D");
}

function nearestJoiningType(points: readonly number[], index: number, step: 1 | -1): string {
  for (let at = index + step; at >= 0 && at < points.length; at += step) {
    const type = joiningType(points[at]!);
    if (type !== "T") return type;
  }
  return "U";
}
