import {
  Document,
  isCollection,
  isNode,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type YAMLError,
} from "yaml";
import type { Path } from "../kernel/option-types.ts";
import { explain, unclosed } from "./yaml-errors.ts";

/** 1-based; columns count UTF-16 units. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface Problem extends Place {
  readonly message: string;
}

/** A configuration text as plain values, with the way back from a value to its place. */
export interface Source {
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** `value` means nothing, because the text is no YAML. */
  readonly broken: boolean;
  /** Where the name or the value at this path stands, or the nearest thing around it that is in the text. */
  place(path: Path, on: "name" | "value"): Place;
  /** Whether the text sets what stands at this path. */
  sets(path: Path): boolean;
}

const START: Place = { line: 1, column: 1 };

function broken(place: Place, message: string): Source {
  return {
    value: undefined,
    problems: [{ ...place, message }],
    broken: true,
    place: () => place,
    sets: () => false,
  };
}

/** Reads YAML 1.2 in UTF-8. Never throws. */
export function parseSource(bytes: Uint8Array): Source {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return broken(START, "The file is in UTF-16. Save it as UTF-8.");
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return invalidBytes(bytes);
  }
  const control = /(?![\t\n\r])\p{Cc}/u.exec(text);
  if (control !== null) {
    const code = control[0].charCodeAt(0).toString(16).padStart(4, "0").toUpperCase();
    return broken(
      placeAfter(text.slice(0, control.index)),
      `The control character U+${code} stands here. Remove it.`,
    );
  }
  try {
    return parseText(text);
  } catch (error) {
    // Aliases of aliases, each of which is small.
    if (/alias count/.test(String(error)))
      return broken(START, "The references (`*name`) multiply to too many values.");
    return broken(START, `The text cannot be read as YAML: ${(error as Error).message}.`);
  }
}

function placeAfter(text: string): Place {
  const lines = text.split("\n");
  return { line: lines.length, column: lines.at(-1)!.length + 1 };
}

function invalidBytes(bytes: Uint8Array): Source {
  // All before the first byte that is not UTF-8: the longest prefix that decodes without a replacement character of its own.
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let at = 0;
  let good = "";
  for (let end = bytes.indexOf(0x0a); ; end = bytes.indexOf(0x0a, at)) {
    const line = bytes.subarray(at, end < 0 ? bytes.length : end + 1);
    try {
      good += decoder.decode(line);
      at += line.length;
    } catch {
      const start = firstInvalid(line);
      const byte = line[start]!.toString(16).padStart(2, "0").toUpperCase();
      good += new TextDecoder().decode(line.subarray(0, start));
      return broken(placeAfter(good), `The byte 0x${byte} is not UTF-8. Save the file as UTF-8.`);
    }
  }
}

/** Index of the first byte of the first sequence that is not UTF-8. */
function firstInvalid(line: Uint8Array): number {
  const text = new TextDecoder().decode(line);
  let from = 0;
  for (const character of text) {
    const size = Buffer.byteLength(character);
    const same = Buffer.from(character).equals(line.subarray(from, from + size));
    if (!same) return from;
    from += size;
  }
  return from;
}

function parseText(text: string): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    logLevel: "error",
  });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const errors: readonly YAMLError[] = [...document.errors, ...document.warnings];
  const problems = errors.map((error) => ({
    ...placeAt(errorOffset(error, document)),
    message: explain(error, text),
  }));
  for (const { offset, name } of unresolvedAliases(document)) {
    const message = `\`*${name}\` refers to nothing. Put text that begins with \`*\` in quotes.`;
    problems.push({ ...placeAt(offset), message });
  }
  const fatal = problems.length > errors.length || errors.some((error) => error.code !== "DUPLICATE_KEY");
  return {
    value: fatal ? undefined : plainOf(document.toJS({ mapAsMap: true }), new Map()),
    problems: firstOfEachLine(problems),
    broken: fatal,
    place: (path, on) => placeAt(offsetOf(document, path, on)),
    sets: (path) => path.length === 0 || document.hasIn(path),
  };
}

/** Maps become objects, but for those whose order an object would lose: it puts names that are whole numbers first. */
function plainOf(value: unknown, made: Map<object, unknown>): unknown {
  if (typeof value !== "object" || value === null) return value;
  const known = made.get(value);
  if (known !== undefined) return known;
  if (Array.isArray(value)) {
    const list = value.map((one) => plainOf(one, made));
    made.set(value, list);
    return list;
  }
  if (!(value instanceof Map)) return value;
  const pairs = Array.from(
    value as ReadonlyMap<string, unknown>,
    ([name, one]) => [name, plainOf(one, made)] as const,
  );
  const ordered = pairs.some(([name]) => /^\d+$/.test(name));
  const plain = ordered ? new Map(pairs) : Object.fromEntries(pairs);
  made.set(value, plain);
  return plain;
}

function unresolvedAliases(document: Document): readonly { offset: number; name: string }[] {
  const found: { offset: number; name: string }[] = [];
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) === undefined)
        found.push({ offset: alias.range?.[0] ?? 0, name: alias.source });
    },
  });
  return found;
}

/** Where a person should look: a quote or bracket that is not closed is noticed at the end, but the mistake is at its beginning. */
function errorOffset(error: YAMLError, document: Document): number {
  let offset = error.pos[0];
  if (!unclosed(error)) return offset;
  visit(document, {
    Node(_, node) {
      const { range } = node;
      const opens = isScalar(node) ? node.type?.startsWith("QUOTE") : isCollection(node) && node.flow;
      if (opens && range && range[0] < error.pos[0] && range[2] >= error.pos[0] - 1) offset = range[0];
    },
  });
  return offset;
}

/** One mistake makes several errors on its line; the first one names it. */
function firstOfEachLine(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<number>();
  return problems.filter(({ line }) => !seen.has(line) && seen.add(line));
}

function offsetOf(document: Document, path: Path, on: "name" | "value"): number {
  for (let length = path.length; length > 0; length--) {
    const part = path.slice(0, length);
    const name = nameOffset(document, part);
    // What is wrong inside something that the text says in a short form is wrong at the short form.
    if (on === "name" && length === path.length && name !== undefined) return name;
    const node = document.getIn(part, true);
    if (isNode(node) && node.range) return node.range[0];
    if (name !== undefined) return name;
  }
  return document.contents?.range?.[0] ?? 0;
}

function nameOffset(document: Document, path: Path): number | undefined {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const items = (parent as { items?: readonly { key?: unknown }[] } | null)?.items ?? [];
  for (const item of items) {
    const key = item?.key as { value?: unknown; range?: readonly number[] } | undefined;
    if (key?.value === path.at(-1)) return key?.range?.[0];
  }
  return undefined;
}

/** Long lines stay lines. */
const LAYOUT = { lineWidth: 0 };

/** The text with another value in the place of the one that stands there, where both fit into a line: nothing else is touched then. */
function replaced(text: string, document: Document, path: Path, value: unknown): string | undefined {
  const there = document.getIn(path, true);
  if (isNode(there) && there.range && (isScalar(there) || (isCollection(there) && there.flow))) {
    const [from, to] = there.range;
    return text.slice(0, from) + inline(value) + text.slice(to);
  }
  // A new member of a list or mapping in brackets: it is written anew as a whole.
  const parent = path.length > 1 && there === undefined ? document.getIn(path.slice(0, -1), true) : undefined;
  if (!isCollection(parent) || !parent.flow) return undefined;
  const whole = parent.toJS(document) as Record<string | number, unknown>;
  whole[path.at(-1)!] = value;
  return replaced(text, document, path.slice(0, -1), whole);
}

function inline(value: unknown): string {
  const document = new Document(value);
  visit(document, {
    Collection(_, node) {
      node.flow = true;
    },
  });
  return document.toString(LAYOUT).trim();
}

/** The text with this value at this path; comments stay, and where the value fits into a line everything else does. */
export function setInText(text: string, path: Path, value: unknown): string {
  const document = parseDocument(text);
  return replaced(text, document, path, value) ?? written(document, path, value);
}

/** The text without what stands at this path; undefined where nothing does. */
export function removeFromText(text: string, path: Path): string | undefined {
  const document = parseDocument(text);
  return document.deleteIn(path) ? document.toString(LAYOUT) : undefined;
}

function written(document: Document, path: Path, value: unknown): string {
  document.setIn(path, document.createNode(value));
  return document.toString(LAYOUT);
}
