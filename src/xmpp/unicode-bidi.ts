import { bidiClass } from "./unicode-properties.ts";

const FIRST_RIGHT_TO_LEFT = 0x590;

/** Contains a code point of class R, AL or AN (RFC 5893 §1.4). */
export function hasRightToLeft(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) >= FIRST_RIGHT_TO_LEFT) return /[RAN]/.test(bidiClasses(text));
  }
  return false;
}

/** The Bidi Rule for one label or string: the six conditions of RFC 5893 §2. */
export function satisfiesBidiRule(text: string): boolean {
  const classes = bidiClasses(text);
  // Conditions 1, 5, 6: a left-to-right string.
  if (classes.startsWith("L")) return /^[LESCTOBM]+$/.test(classes) && /[LE]M*$/.test(classes);
  // Conditions 1 to 4: a right-to-left string.
  if (!/^[RA][RANESCTOBM]*$/.test(classes) || !/[RANE]M*$/.test(classes)) return false;
  return !(classes.includes("E") && classes.includes("N"));
}

function bidiClasses(text: string): string {
  return Array.from(text, (each) => bidiClass(each.codePointAt(0)!)).join("");
}
