// The scanner against saxes, a strict parser of another make: the same documents accepted, the same trees, wherever the input is cut.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { SaxesParser } from "saxes";
import type { Element } from "../../src/xml/element.ts";
import { stored } from "../../src/xml/limits.ts";
import { type ScanEvent, Scanner, Workspaces } from "../../src/xml/scanner.ts";
import { XmlError } from "../../src/xml/xml-error.ts";
import { attributesOf } from "../support/attributes-of.ts";
import { Chance, spoil, XmlGenerator } from "../support/xml-generator.ts";

const SEED = 20_261_125;
const FRAGMENTS = 95_000;
const STREAMS = 7_000;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const workspaces = new Workspaces();
const seen = new Set<string>();
const EVERY_BYTE = Array.from({ length: 20_000 }, (_, k) => k + 1);

// Most documents end in two errors: nobody reads where they were thrown.
Error.stackTraceLimit = 0;

type Kind = "fragment" | "stream";

/** What a parser made of a document. */
interface Reading {
  /** Of a fragment the tree; of a stream the header, then the elements. */
  readonly trees: readonly string[];
  /** "complete", "incomplete", or why it was refused. */
  readonly end: string;
}

interface Case {
  readonly kind: Kind;
  readonly text: string;
  readonly ours: Reading;
  readonly theirs: Reading;
}

const PADDED_NAMESPACE =
  /xmlns[^=<>]*=\s*(?:'(?:\s|&#)|"(?:\s|&#)|'[^']*(?:\s|&#\w+;)'|"[^"]*(?:\s|&#\w+;)")/;

/** Where we differ on purpose; each has to occur, or it is not true any more. */
const DIFFERENCES: ReadonlyMap<string, (one: Case) => boolean> = new Map([
  [
    "comments, processing instructions and DOCTYPE are restricted (RFC 6120 §11.1)",
    ({ ours, text }: Case) => ours.end === "restricted-xml" && /<!--|<\?|<!DOCTYPE/.test(text),
  ],
  [
    "what follows the end of a stream is not read (RFC 6120 §4.4)",
    ({ kind, ours, theirs }: Case) =>
      kind === "stream" && ours.end === "complete" && theirs.end !== "complete",
  ],
  [
    "a stream has nothing but white space between its elements (RFC 6120 §4.3)",
    ({ kind, ours, theirs }: Case) =>
      kind === "stream" && ours.end === "not-well-formed" && theirs.trees.includes("text"),
  ],
  [
    "another encoding than UTF-8 is refused (RFC 6120 §11.6)",
    ({ ours, text }: Case) => ours.end === "unsupported-encoding" && /encoding *=/.test(text),
  ],
  [
    "a fragment has no byte order mark: it is part of a stream",
    ({ kind, text }: Case) => kind === "fragment" && text.startsWith("\ufeff"),
  ],
  [
    "saxes does not ask how a local name starts (Namespaces in XML 1.0 §3 [4])",
    ({ ours, text }: Case) =>
      ours.end === "not-well-formed" && /:(?:[-.0-9\u00b7\u203f\u2040]|[\u0300-\u036f])/.test(text),
  ],
  [
    "saxes trims namespace names, which Namespaces in XML 1.0 §2.3 compares as they are",
    ({ text }: Case) => PADDED_NAMESPACE.test(text),
  ],
]);

/** Element with attributes, without children. */
function tagOf(name: string, ns: string, attributes: readonly (readonly [string, string])[]): string {
  const list = attributes.map(([key, value]) => ` ${key}=${JSON.stringify(value)}`).sort();
  return `{${ns}}${name}${list.join("")}`;
}

function treeOf(element: Element): string {
  const children = element.children.map((child) =>
    typeof child === "string" ? JSON.stringify(child) : treeOf(child),
  );
  return `<${tagOf(element.name, element.ns, [...element.attributes])}>${children.join("")}</>`;
}

// ---- ours

interface Scan {
  readonly events: readonly ScanEvent[];
  readonly end: string;
}

/** Feeds the document in pieces that end at `cuts`; each piece is overwritten once it was read. */
function scan(kind: Kind, document: Buffer, cuts: readonly number[]): Scan {
  const scanner = new Scanner(stored, workspaces);
  if (kind === "fragment") scanner.assume({ contentNs: "", prefixes: new Map() });
  const events: ScanEvent[] = [];
  const received = Buffer.from(document);
  let from = 0;
  try {
    for (let k = 0; k <= cuts.length; k++) {
      const to = cuts[k] ?? document.length;
      scanner.push(received.subarray(from, to));
      for (let event = scanner.next(); event !== undefined; event = scanner.next()) events.push(event);
      if (to - from === 1) received[from] = 0;
      else received.fill(0, from, to);
      from = to;
    }
  } catch (error) {
    if (error instanceof XmlError) return { events, end: error.condition };
    throw error;
  }
  const complete =
    kind === "stream" ? events.at(-1)?.kind === "close" : events.length === 1 && scanner.unread === 0;
  return { events, end: complete ? "complete" : "incomplete" };
}

function readingOf({ events, end }: Scan): Reading {
  const trees: string[] = [];
  for (const event of events) {
    if (event.kind === "element") trees.push(treeOf(event.frame.element()));
    if (event.kind !== "open") continue;
    const { name, ns, attributes, prefixes } = event.header;
    const expanded = [...attributes].map(([key, value]) => {
      const colon = key.indexOf(":");
      if (colon < 0 || key === "xml:lang") return [key, value] as const;
      const uri = prefixes.get(key.slice(0, colon)) ?? "http://www.w3.org/XML/1998/namespace";
      return [`{${uri}}${key.slice(colon + 1)}`, value] as const;
    });
    trees.push(tagOf(name, ns, expanded));
  }
  return { trees, end };
}

/** Everything about a scan that can be compared without making trees. */
function traceOf({ events, end }: Scan): string {
  const parts = events.map((event) => {
    if (event.kind === "open") return `open ${event.header.name} ${[...event.header.attributes].join()}`;
    if (event.kind === "close") return "close";
    const { frame } = event;
    const children = frame.children.map((child) => `${child.name} ${child.ns} ${child.start} ${child.end}`);
    const attributes = attributesOf(frame).join();
    return `${frame.bytes.toString("latin1")} ${frame.name} ${frame.ns} ${frame.innerStart} ${frame.innerEnd} ${frame.plain} ${frame.text} ${children.join()} ${attributes}`;
  });
  return [...parts, end].join("\n");
}

// ---- theirs

/** Reads with saxes; bytes that are not UTF-8 never reach it. */
function saxesReading(kind: Kind, document: Buffer): Reading {
  const trees: string[] = [];
  const open: string[] = [];
  let text = "";
  const put = (part: string): void => {
    if (open.length > 0) open[open.length - 1] += part;
    else trees.push(part);
  };
  const flush = (): void => {
    if (text === "") return;
    if (open.length > 0) put(JSON.stringify(text));
    else if (/[^ \t\r\n]/.test(text)) trees.push("text");
    text = "";
  };
  const depthOfRoot = kind === "stream" ? 1 : 0;
  let depth = 0;
  const parser = new SaxesParser({ xmlns: true });
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("text", (part) => {
    text += part;
  });
  parser.on("cdata", (part) => {
    text += part;
    // At the top of a stream even an empty section is more than white space.
    if (depth <= depthOfRoot && open.length === 0) trees.push("text");
  });
  parser.on("opentag", (tag) => {
    flush();
    const attributes = Object.values(tag.attributes)
      .filter(({ prefix, name }) => prefix !== "xmlns" && name !== "xmlns")
      .map(({ name, prefix, local, uri, value }): [string, string] => [
        prefix === "" || name === "xml:lang" ? name : `{${uri}}${local}`,
        value,
      ]);
    const start = tagOf(tag.local, tag.uri, attributes);
    depth++;
    if (depth <= depthOfRoot) trees.push(start);
    else open.push(`<${start}>`);
  });
  parser.on("closetag", () => {
    flush();
    depth--;
    const done = open.pop();
    if (done !== undefined) put(`${done}</>`);
  });
  try {
    parser.write(decoder.decode(document)).close();
  } catch (error) {
    return { trees, end: (error as Error).message };
  }
  return { trees, end: "complete" };
}

// ---- the comparison

/** What is compared, for the message when it fails. */
function shown(seed: string, document: Buffer): string {
  return `${seed}: ${JSON.stringify(document.toString("latin1"))}`;
}

function compare(kind: Kind, document: Buffer, whole: Scan, label: string): Reading {
  const ours = readingOf(whole);
  const theirs = saxesReading(kind, document);
  const accepted = ours.end === "complete";
  const agreed = accepted === (theirs.end === "complete");
  if (agreed && (!accepted || isDeepStrictEqual(ours.trees, theirs.trees))) return ours;
  const one = { kind, text: document.toString(), ours, theirs };
  for (const [why, applies] of DIFFERENCES) {
    if (!applies(one)) continue;
    seen.add(why);
    return ours;
  }
  assert.fail(
    `${shown(label, document)}\nours: ${ours.end} ${ours.trees}\ntheirs: ${theirs.end} ${theirs.trees}`,
  );
}

/** One byte at a time, and cut in three places, must give what the whole gave. */
function compareCuts(kind: Kind, document: Buffer, whole: Scan, chance: Chance, label: string): void {
  const expected = traceOf(whole);
  const some = Array.from({ length: 3 }, () => chance.below(document.length + 1)).sort((a, b) => a - b);
  for (const cuts of [EVERY_BYTE.slice(0, Math.max(0, document.length - 1)), some]) {
    const trace = traceOf(scan(kind, document, cuts));
    if (trace !== expected) assert.equal(trace, expected, shown(`${label}, cut at ${cuts.join()}`, document));
  }
}

function document(kind: Kind, chance: Chance, generator: XmlGenerator): Buffer {
  const made = Buffer.from(kind === "stream" ? generator.stream(chance.below(4)) : generator.element());
  return chance.oneIn(3) ? made : spoil(chance, made);
}

function run(kind: Kind, count: number): void {
  const chance = new Chance(SEED + count);
  const generator = new XmlGenerator(chance);
  const ends = new Map<string, number>();
  for (let k = 0; k < count; k++) {
    const one = document(kind, chance, generator);
    const whole = scan(kind, one, []);
    const { end } = compare(kind, one, whole, `${kind} ${k}`);
    ends.set(end, (ends.get(end) ?? 0) + 1);
    compareCuts(kind, one, whole, chance, `${kind} ${k}`);
  }
  // A generator that makes nothing but rubbish, or no rubbish, would show nothing.
  for (const end of ["complete", "incomplete", "not-well-formed", "restricted-xml"]) {
    assert.ok((ends.get(end) ?? 0) > count / 200, `${end}: ${ends.get(end)} of ${count}`);
  }
  assert.ok(ends.get("complete")! > count / 4, `complete: ${ends.get("complete")} of ${count}`);
}

test(`${FRAGMENTS} elements are read as saxes reads them, and the same however they are cut`, () => {
  run("fragment", FRAGMENTS);
});

test(`${STREAMS} streams are read as saxes reads them, and the same however they are cut`, () => {
  run("stream", STREAMS);
});

test("every difference in the table occurs", () => {
  assert.deepEqual([...seen].sort(), [...DIFFERENCES.keys()].sort());
});
