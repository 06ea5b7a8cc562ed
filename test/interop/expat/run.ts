// The scanner against expat, the parser of most XMPP software: node test/interop/expat/run.ts [count]
// The last line says how many documents passed and failed.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { isNameCharacter, isNameStart } from "../../../src/xml/bytes.ts";
import { stored } from "../../../src/xml/limits.ts";
import { Scanner, Workspaces } from "../../../src/xml/scanner.ts";
import { XmlError } from "../../../src/xml/xml-error.ts";
import { Chance, spoil, XmlGenerator } from "../../support/xml-generator.ts";

const SEED = 7_590;
const ORACLE = fileURLToPath(new URL("oracle.py", import.meta.url));

interface Case {
  readonly stream: boolean;
  readonly document: Buffer;
  /** "complete", "incomplete", or the condition of the error. */
  readonly ours: string;
}

const workspaces = new Workspaces();

function read(stream: boolean, document: Buffer): string {
  const scanner = new Scanner(stored, workspaces);
  if (!stream) scanner.assume({ contentNs: "", prefixes: new Map() });
  const kinds: string[] = [];
  try {
    scanner.push(document);
    for (let event = scanner.next(); event !== undefined; event = scanner.next()) kinds.push(event.kind);
  } catch (error) {
    if (error instanceof XmlError) return error.condition;
    throw error;
  }
  const complete = stream ? kinds.at(-1) === "close" : kinds.length === 1 && scanner.unread === 0;
  return complete ? "complete" : "incomplete";
}

function makeCases(count: number): Case[] {
  const chance = new Chance(SEED);
  const generator = new XmlGenerator(chance);
  return Array.from({ length: count }, () => {
    const stream = chance.oneIn(6);
    const made = Buffer.from(stream ? generator.stream(chance.below(4)) : generator.element());
    const document = chance.oneIn(3) ? made : spoil(chance, made);
    return { stream, document, ours: read(stream, document) };
  });
}

/** Expat's answers, in the order of the cases. */
async function ask(cases: readonly Case[]): Promise<readonly string[]> {
  const oracle = spawn("python3", [ORACLE], { stdio: ["pipe", "pipe", "inherit"] });
  const output: Buffer[] = [];
  oracle.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  const input = cases.flatMap(({ stream, document }) => {
    const header = Buffer.alloc(5);
    header.writeUInt8(stream ? 1 : 0);
    header.writeUInt32BE(document.length, 1);
    return [header, document];
  });
  oracle.stdin.end(Buffer.concat(input));
  const [code] = await once(oracle, "close");
  const answers = Buffer.concat(output).toString().split("\n").slice(0, -1);
  if (code !== 0 || answers.length !== cases.length)
    throw new Error(`python3 ended with ${code}, ${answers.length} answers`);
  return answers;
}

interface Difference {
  readonly why: string;
  readonly when: (one: Case, theirs: string) => boolean;
}

/** Where we differ on purpose. */
const DIFFERENCES: readonly Difference[] = [
  {
    why: "comments, processing instructions and DOCTYPE are restricted (RFC 6120 §11.1)",
    when: ({ ours, document }) =>
      ours === "restricted-xml" && /<!--|<\?|<!DOCTYPE/.test(document.toString("latin1")),
  },
  {
    why: "what follows the end of a stream is not read (RFC 6120 §4.4)",
    when: ({ stream, ours }, theirs) => stream && ours === "complete" && theirs.startsWith("refused"),
  },
  {
    why: "a stream has nothing but white space between its elements (RFC 6120 §4.3)",
    when: ({ ours }, theirs) => ours === "not-well-formed" && theirs === "accepted with text",
  },
  {
    why: "another encoding than UTF-8 is refused (RFC 6120 §11.6)",
    when: ({ ours }) => ours === "unsupported-encoding",
  },
  {
    why: "expat takes any version number (XML 1.0 §2.8 [26])",
    when: ({ document }) => /^<\?xml version=(?!["']1\.\d+["'])/.test(document.toString("latin1")),
  },
  {
    why: "a fragment has no byte order mark: it is part of a stream",
    when: ({ stream, document }) => !stream && document.subarray(0, 3).toString("latin1") === "\xef\xbb\xbf",
  },
];

/**
 * The document with its names in ASCII, each character with another spelling of its own. Expat knows the names of the fourth edition
 * of XML 1.0, which had fewer; it has to accept what differs in nothing else.
 */
function withAsciiNames(document: Buffer): Buffer {
  const text = document.toString().replace(/[^\0-\x7f]/gu, (character) => {
    const code = character.codePointAt(0)!;
    if (isNameStart(code)) return `A${code.toString(16)}`;
    return isNameCharacter(code) ? `-${code.toString(16)}` : character;
  });
  return Buffer.from(text);
}

function agree({ ours }: Case, theirs: string): boolean {
  return (ours === "complete") === theirs.startsWith("accepted");
}

async function main(count: number): Promise<void> {
  const cases = makeCases(count);
  const answers = await ask(cases);
  const explained = new Map<string, number>();
  const open: { one: Case; theirs: string }[] = [];
  const explain = (why: string): void => void explained.set(why, (explained.get(why) ?? 0) + 1);
  for (const [k, one] of cases.entries()) {
    const theirs = answers[k]!;
    if (agree(one, theirs)) continue;
    const difference = DIFFERENCES.find(({ when }) => when(one, theirs));
    if (difference === undefined) open.push({ one, theirs });
    else explain(difference.why);
  }
  const named = open.map(({ one }) => ({ ...one, document: withAsciiNames(one.document) }));
  const again = await ask(named);
  const failures = open.filter(({ one }, k) => one.ours !== "complete" || !agree(one, again[k]!));
  for (let k = failures.length; k < open.length; k++)
    explain("expat knows the names of the fourth edition of XML 1.0");
  for (const { one, theirs } of failures.slice(0, 20)) {
    console.log(`ours: ${one.ours}, expat: ${theirs}: ${JSON.stringify(one.document.toString("latin1"))}`);
  }
  const accepted = cases.filter(({ ours }) => ours === "complete").length;
  console.log(`${cases.length} documents, ${accepted} of them accepted; differences with a reason:`);
  for (const [why, times] of explained) console.log(`  ${times} × ${why}`);
  console.log(`${cases.length - failures.length} passed, ${failures.length} failed`);
  // A generator of nothing but rubbish, or of none, would show nothing.
  if (failures.length > 0 || accepted < count / 4 || accepted > count * 0.9) process.exitCode = 1;
}

await main(Number(process.argv[2] ?? 120_000));
