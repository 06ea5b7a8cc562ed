import { isVirama, joiningType } from "./unicode-properties.ts";

const ZERO_WIDTH_NON_JOINER = 0x200c;
const ZERO_WIDTH_JOINER = 0x200d;
const MIDDLE_DOT = 0xb7;
const SMALL_L = 0x6c;
const KERAIA = 0x375;
const GERESH = 0x5f3;
const GERSHAYIM = 0x5f4;

/**
 * Whether each code point of `text` has a class that `accepted` lists, or is CONTEXTJ or CONTEXTO (J, O) and satisfies its
 * contextual rule (RFC 5892 appendix A, for IDNA and for PRECIS).
 */
export function conforms(text: string, classOf: (codePoint: number) => string, accepted: string): boolean {
  let needsContext = false;
  for (let index = 0; index < text.length; index++) {
    const codePoint = text.codePointAt(index)!;
    if (codePoint > 0xffff) index++;
    const letter = classOf(codePoint);
    if (letter === "J" || letter === "O") needsContext = true;
    else if (!accepted.includes(letter)) return false;
  }
  if (!needsContext) return true;
  const points = Array.from(text, (each) => each.codePointAt(0)!);
  return (
    satisfiesWholeStringRules(text) && points.every((_, index) => satisfiesNeighbourRules(points, index))
  );
}

/** The rules that look at all of the string: once for all, so that a long one costs no more than its length. */
function satisfiesWholeStringRules(text: string): boolean {
  // Appendix A.7: the katakana middle dot is among kana or Han.
  if (text.includes("\u30fb") && !/[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u.test(text))
    return false;
  // Appendix A.8, A.9: Arabic-Indic digits and extended Arabic-Indic digits do not mix.
  return !(/[\u0660-\u0669]/.test(text) && /[\u06f0-\u06f9]/.test(text));
}

/** Appendix A.1 to A.6. */
function satisfiesNeighbourRules(points: readonly number[], index: number): boolean {
  const before = points[index - 1];
  const after = points[index + 1];
  switch (points[index]) {
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
    default:
      return true;
  }
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
