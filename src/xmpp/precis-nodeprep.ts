import { MappingTable, RangeTable } from "./unicode-ranges.ts";
import { NODEPREP_CLASSES, NODEPREP_FOLDINGS } from "./unicode-stringprep.generated.ts";

const classes = new RangeTable(NODEPREP_CLASSES);
const foldings = new MappingTable(NODEPREP_FOLDINGS);

/**
 * The Nodeprep profile of stringprep (RFC 3920 appendix A, RFC 3454), which localparts had before RFC 7622 and which much
 * deployed software still applies; undefined when it refuses. `text` is a stored string: what Unicode 3.2 did not assign is
 * refused (RFC 3454 §7).
 */
export function nodeprep(text: string): string | undefined {
  let mapped = "";
  for (const each of text) {
    const codePoint = each.codePointAt(0)!;
    const letter = classes.at(codePoint);
    if (letter === "U") return undefined;
    if (letter !== "N") mapped += foldings.at(codePoint) ?? each;
  }
  const prepared = mapped.normalize("NFKC");
  const letters = Array.from(prepared, (each) => classes.at(each.codePointAt(0)!)).join("");
  if (letters === "" || letters.includes("P")) return undefined;
  // RFC 3454 §6: with a RandALCat character, no LCat character, and a RandALCat character at both ends.
  if (
    letters.includes("R") &&
    (letters.includes("L") || !letters.startsWith("R") || !letters.endsWith("R"))
  ) {
    return undefined;
  }
  return prepared;
}
