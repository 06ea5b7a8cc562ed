/**
 * Writes src/xmpp/unicode-*.generated.ts: `node tools/make-unicode.ts`. The results are committed; neither the build nor the
 * server needs what this program reads:
 *
 * - properties and normalization of this Node.js, which must be of Unicode 17.0;
 * - Bidi_Class, Canonical_Combining_Class and decompositions from the Python package unicodedata2 17.0.1, Joining_Type from
 *   the Python package idna 3.17, both made from the Unicode Character Database 17.0.0, which is checked;
 * - RFC 3454's tables (Unicode 3.2) from `stringprep` in Python 3's standard library. That module lower-cases with the
 *   interpreter's own Unicode version; entries that Unicode 3.2 did not have are dropped, which leaves the 1371 of table B.2.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { idnaClass, precisClass } from "./unicode-classes.ts";

const UNICODE = "17.0";
const PACKAGES = ["unicodedata2==17.0.1", "idna==3.17"];
const CODE_POINTS = 0x110000;

/** Packs one letter per code point as `RangeTable` reads it. */
export function packRanges(letters: readonly string[]): string {
  let packed = "";
  let start = 0;
  for (let index = 1; index <= letters.length; index++) {
    if (index < letters.length && letters[index] === letters[start]) continue;
    packed += `${letters[start]}${(index - start).toString(36)}`;
    start = index;
  }
  return packed;
}

/** Packs pairs of a code point and what it is mapped to, in ascending order, as `MappingTable` reads it. */
export function packMappings(mappings: readonly (readonly [number, readonly number[]])[]): string {
  let last = 0;
  const entries: string[] = [];
  for (const [codePoint, target] of mappings) {
    entries.push(`${(codePoint - last).toString(36)}:${target.map((each) => each.toString(36)).join(".")}`);
    last = codePoint;
  }
  return entries.join(",");
}

type Mappings = [number, number[]][];
type Database = { assigned: boolean[]; bidi: string[]; joining: string[]; virama: string[]; width: Mappings };

const DATABASE = `
import json, unicodedata2 as u
from idna import idnadata, intranges
assert u.unidata_version == idnadata.__version__ == "17.0.0"
bidi = dict(L="L", R="R", AL="A", AN="N", EN="E", ES="S", CS="C", ET="T", ON="O", BN="B", NSM="M")
chars = [chr(c) for c in range(0x110000)]
joining = ["U"] * 0x110000
for kind, ranges in idnadata.joining_types.items():
    for first, last in map(intranges._decode_range, ranges):
        joining[first:last] = kind * (last - first)
width = []
for c in chars:
    kind, *target = u.decomposition(c).split() or [""]
    if kind in ("<wide>", "<narrow>"): width.append((ord(c), [int(t, 16) for t in target]))
print(json.dumps({
  "assigned": [u.category(c) != "Cn" for c in chars],
  "bidi": [bidi.get(u.bidirectional(c), "X") for c in chars],
  "joining": joining,
  "virama": ["V" if u.combining(c) == 9 else "O" for c in chars],
  "width": width,
}))
`;

const STRINGPREP = `
import json, stringprep as s
from unicodedata import ucd_3_2_0 as u
known = lambda text: all(u.category(c) != "Cn" for c in text)
chars = [chr(c) for c in range(0x110000)]
prohibited = (s.in_table_c11_c12, s.in_table_c21_c22, s.in_table_c3, s.in_table_c4, s.in_table_c5, s.in_table_c6,
              s.in_table_c7, s.in_table_c8, s.in_table_c9)
def letter(c):
    if s.in_table_b1(c): return "N"
    if c in "\\"&'/:<>@" or any(table(c) for table in prohibited): return "P"
    if s.in_table_a1(c): return "U"
    return "R" if s.in_table_d1(c) else "L" if s.in_table_d2(c) else "O"
b2 = [(ord(c), [ord(t) for t in s.map_table_b2(c)]) for c in chars
      if s.map_table_b2(c) != c and known(c) and known(s.map_table_b2(c))]
print(json.dumps({"letters": [letter(c) for c in chars], "b2": b2}))
`;

function python<T>(program: string, packages: string): T {
  const env = { ...process.env, PYTHONPATH: packages };
  return JSON.parse(
    execFileSync("python3", ["-c", program], { encoding: "utf8", maxBuffer: 1 << 28, env }),
  ) as T;
}

function constant(name: string, doc: string, packed: string): string {
  const lines = packed.match(/.{1,110}/g) ?? [""];
  return `/** ${doc} */\nexport const ${name}: string =\n  ${lines.map((line) => JSON.stringify(line)).join(" +\n  ")};\n`;
}

function writeTables(file: string, source: string, constants: readonly string[]): void {
  const head = `// Written by tools/make-unicode.ts from ${source}. Do not edit.\n`;
  writeFileSync(new URL(`../src/xmpp/${file}`, import.meta.url), `${head}\n${constants.join("\n")}`);
}

function writeUnicode(database: Database): void {
  const all = Array.from({ length: CODE_POINTS }, (_, codePoint) => codePoint);
  const precis = all.map(precisClass);
  const idna = all.map(idnaClass);
  // A source that is older than it says shows here.
  const unassigned = (c: number) =>
    precis[c] === "U" || /\p{Noncharacter_Code_Point}/u.test(String.fromCodePoint(c));
  const odd = all.find((codePoint) => database.assigned[codePoint] === unassigned(codePoint));
  if (odd !== undefined)
    throw new Error(`the sources do not agree whether U+${odd.toString(16)} is assigned`);
  const letters = "U unassigned, D disallowed, V valid, J CONTEXTJ, O CONTEXTO";
  const bidi = "A is AL, N AN, E EN, S ES, C CS, T ET, O ON, B BN, M NSM, X any other.";
  writeTables("unicode-properties.generated.ts", `the Unicode Character Database ${UNICODE}`, [
    constant("PRECIS_CLASSES", `RFC 8264 §8: ${letters}, F FREE_PVAL.`, packRanges(precis)),
    constant("IDNA_CLASSES", `RFC 5892 §3: ${letters}.`, packRanges(idna)),
    constant("BIDI_CLASSES", bidi, packRanges(database.bidi)),
    constant("JOINING_TYPES", "Joining_Type.", packRanges(database.joining)),
    constant("VIRAMAS", "V where Canonical_Combining_Class is Virama.", packRanges(database.virama)),
    constant("WIDTH_MAPPINGS", "Decompositions <wide> and <narrow>.", packMappings(database.width)),
  ]);
}

function writeStringprep(tables: { letters: string[]; b2: Mappings }): void {
  if (tables.b2.length !== 1371) throw new Error(`table B.2 has 1371 entries, not ${tables.b2.length}`);
  const letters =
    "N mapped to nothing (B.1), P prohibited (Nodeprep), U unassigned (A.1), R RandALCat (D.1), L LCat (D.2), O any other";
  writeTables("unicode-stringprep.generated.ts", "RFC 3454 and RFC 3920 appendix A (Unicode 3.2)", [
    constant("NODEPREP_CLASSES", `${letters}.`, packRanges(tables.letters)),
    constant("NODEPREP_FOLDINGS", "RFC 3454 table B.2.", packMappings(tables.b2)),
  ]);
}

function main(): void {
  if (process.versions.unicode !== UNICODE) throw new Error(`needs a Node.js with Unicode ${UNICODE}`);
  const folder = mkdtempSync(join(tmpdir(), "unicode-"));
  try {
    execFileSync("python3", [
      "-m",
      "pip",
      "install",
      "--quiet",
      "--no-deps",
      "--target",
      folder,
      ...PACKAGES,
    ]);
    writeUnicode(python(DATABASE, folder));
    writeStringprep(python(STRINGPREP, folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (import.meta.main) main();
