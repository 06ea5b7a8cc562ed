// Holds the code to the table in layers.ts: imports go downwards only, peers and members are strangers, no circles.
//   node tools/check-layers.ts [--write] [ROOT]      --write puts drawing and table into docs/ARCHITECTURE.md

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { drawing, type Layer, layers, surroundings, tableText } from "./layers.ts";
import { between } from "./markdown.ts";
import {
  type Fault,
  filesUnder,
  isTest,
  readSources,
  report,
  resolveImport,
  type SourceFile,
} from "./source-tree.ts";

/** Its version is read by the server, and by nobody else. */
const manifest = "package.json";
const places = [...surroundings.keys()];

/** The place that a path belongs to: `src/xml`, `test/support`, `tools`; undefined when the architecture has none for it. */
function placeOf(path: string): string | undefined {
  const parts = path.split("/");
  if (parts[0] === "src") return parts.length > 2 ? `src/${parts[1]}` : "src";
  return places.find((place) => path.startsWith(`${place}/`));
}

/** The member of its layer that a file belongs to: `ping.ts`, `ping.test.ts` and `ping/…` are one. */
function memberOf(path: string): string {
  return path.split("/")[2]!.replace(/\..*$/s, "");
}

function isBelow(place: string, target: string): boolean {
  return target === place || target.startsWith(`${place}/`);
}

/** Why this import inside `src` may not be, or undefined. */
function innerRefusal(layer: Layer, file: SourceFile, target: string): string | undefined {
  const name = target.split("/")[1]!;
  if (name === layer.name) {
    if (layer.members === undefined) return undefined;
    const [from, to] = [memberOf(file.path), memberOf(target)];
    if (from === to || layer.members.shared.includes(to)) return undefined;
    return `members of ${layer.name} are strangers: ${from} imports ${to}`;
  }
  if (layer.imports.includes(name)) return undefined;
  const allowed = layer.imports.join(", ") || "nothing";
  return `${layer.name} may not import ${name} (it may import: ${allowed})`;
}

function outerRefusal(place: string, target: string, targetPlace: string): string | undefined {
  const allowed = surroundings.get(place) ?? [];
  if (place === targetPlace || allowed.some((one) => isBelow(one, target))) return undefined;
  return `${place} may not import ${targetPlace} (it may import: ${allowed.join(", ") || "nothing"})`;
}

function refusal(file: SourceFile, place: string, target: string): string | undefined {
  const targetPlace = placeOf(target);
  if (targetPlace === undefined) return `imports ${target}, which lies outside the architecture`;
  if (!place.startsWith("src")) return outerRefusal(place, target, targetPlace);
  if (!targetPlace.startsWith("src")) {
    if (isTest(file.path) && targetPlace === "test/support") return undefined;
    return `src never imports ${targetPlace}`;
  }
  if (isTest(target)) return "a test is never imported";
  const layer = layers.find((one) => `src/${one.name}` === place);
  return layer === undefined ? undefined : innerRefusal(layer, file, target);
}

function checkFile(file: SourceFile, known: ReadonlySet<string>): readonly Fault[] {
  const place = placeOf(file.path);
  const fault = (line: number, message: string): Fault => ({ path: file.path, line, message });
  if (place === undefined)
    return [fault(1, "lies outside the architecture: tools/layers.ts has no place for it")];
  if (place.startsWith("src") && !layers.some((layer) => `src/${layer.name}` === place)) {
    return [fault(1, `${place} is no layer: tools/layers.ts does not list it`)];
  }
  const faults: Fault[] = [];
  for (const { specifier, line } of file.imports) {
    if (specifier === undefined) {
      if (place.startsWith("src"))
        faults.push(fault(line, "imports a computed name, which nobody can check"));
      continue;
    }
    const target = resolveImport(file.path, specifier);
    if (target === undefined || (target === manifest && place === "src/server")) continue;
    const message =
      target === manifest || known.has(target)
        ? refusal(file, place, target)
        : `imports ${target}, which is not there`;
    if (message !== undefined) faults.push(fault(line, message));
  }
  return faults;
}

/** Every circle of imports once, by depth-first search. */
function circles(files: readonly SourceFile[]): readonly Fault[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const faults: Fault[] = [];
  const visit = (file: SourceFile, trail: readonly string[]): void => {
    done.add(file.path);
    for (const { specifier, line } of file.imports) {
      const target = specifier === undefined ? undefined : resolveImport(file.path, specifier);
      const next = target === undefined ? undefined : byPath.get(target);
      if (next === undefined) continue;
      const start = [...trail, file.path].indexOf(next.path);
      if (start >= 0) {
        const circle = [...trail, file.path].slice(start);
        faults.push({ path: file.path, line, message: `circle: ${[...circle, next.path].join(" → ")}` });
      } else if (!done.has(next.path)) visit(next, [...trail, file.path]);
    }
  };
  for (const file of files) if (!done.has(file.path)) visit(file, []);
  return faults;
}

const folders = ["src", "test", "bench", "tools", "examples"];

/** All faults of the tree under `root` against the layers, and how many files were read. */
export function checkLayers(root: string): { readonly checked: number; readonly faults: readonly Fault[] } {
  const files = readSources(root, folders);
  const known = new Set(filesUnder(root, folders, [".ts", ".json"]));
  const faults = files.flatMap((file) => checkFile(file, known));
  // A tree without src is not this tree: whoever moved it must say so here.
  const checked = files.some((file) => file.path.startsWith("src/")) ? files.length : 0;
  return { checked, faults: [...faults, ...circles(files)] };
}

const page = "docs/ARCHITECTURE.md";

/** Compares drawing and table in docs/ARCHITECTURE.md with the layers that exist; writes them when asked. */
export function checkPage(root: string, write: boolean): readonly Fault[] {
  const path = join(root, page);
  if (!existsSync(path)) return [{ path: page, line: 1, message: "is missing" }];
  const present = layers.filter((layer) => existsSync(join(root, "src", layer.name)));
  const names = new Set(present.map((layer) => layer.name));
  const table = present.map((layer) => ({
    ...layer,
    imports: layer.imports.filter((name) => names.has(name)),
  }));
  const text = readFileSync(path, "utf8");
  const drawn = between(text, "layers", `\`\`\`text\n${drawing(table)}\n\`\`\``);
  const wanted = drawn === undefined ? undefined : between(drawn, "folders", tableText(table));
  if (wanted === undefined) {
    return [
      {
        path: page,
        line: 1,
        message: "lacks the markers <!-- layers --> and <!-- folders --> with their ends",
      },
    ];
  }
  if (write && wanted !== text) writeFileSync(path, wanted);
  if (write || wanted === text) return [];
  return [
    {
      path: page,
      line: 1,
      message: "shows other layers than the code has: node tools/check-layers.ts --write",
    },
  ];
}

function main(): number {
  const options = process.argv.slice(2);
  const root = options.find((option) => !option.startsWith("--")) ?? ".";
  const { checked, faults } = checkLayers(root);
  return report("layers", checked, [...faults, ...checkPage(root, options.includes("--write"))]);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) process.exitCode = main();
