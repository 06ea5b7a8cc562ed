import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { Driver } from "../support/server.ts";
import type { Piece } from "./bytes.ts";

/**
 * What is expected to come. In the notation of the reference: `SE(x)` a stream error, the end of the stream and of the
 * connection; `ST(x)` a stanza error; `SASL(x)` a failure, and the stream stays. `end`: the stream ends without an error;
 * `dropped`: the connection ends without a byte; `nothing`: all was handled and nothing has come. Anything else is a pattern.
 */
export type Expectation = string | { readonly is: string; readonly lacks: string };

export interface Step {
  /**
   * Who sends: `clear` and `tls` have just connected; `secure` has opened its stream inside TLS; `unbound` is mal's stream after the login;
   * `alice` and `bob` are there all the time, and any other name is an account that logs in for this case (resource `m`).
   */
  readonly as: string;
  readonly send: readonly Piece[];
  /** Seconds that the clock is put forward after sending. */
  readonly leap: number;
  /** Seconds that the clock is put forward at most, in small steps, until the answer is there. */
  readonly clock: number;
  /** What comes to the sender, in this order and nothing else; undefined where a later step says it. */
  readonly answer: readonly Expectation[] | undefined;
  /** What comes to alice and bob; nothing to those who are not named. */
  readonly others: Readonly<Record<string, readonly Expectation[]>>;
}

export interface Case {
  readonly name: string;
  /** It leaves something behind that gives it another answer the next time. */
  readonly once: boolean;
  readonly steps: readonly Step[];
}

/** A row of the list of attacks: what is sent, and the right answer with its clause. */
export interface Row {
  readonly id: string;
  readonly attack: string;
  readonly clause: string;
  /** Why the answer is this one, where the clause leaves a choice. */
  readonly note: string | undefined;
  readonly drivers: readonly Driver[];
  /** Options of the server, YAML. */
  readonly configuration: string;
  /** Accounts that must be there beside those who act. */
  readonly accounts: readonly string[];
  readonly cases: readonly Case[];
  /** The row's part that data cannot say: functions of `code/`. */
  readonly code: readonly string[];
  /** Files whose tests show what cannot be seen over a socket. */
  readonly elsewhere: readonly string[];
}

const ROW = [
  "id",
  "attack",
  "clause",
  "note",
  "drivers",
  "configuration",
  "accounts",
  "cases",
  "code",
  "elsewhere",
];
const CASE = ["name", "steps", "once"];
const STEP = ["name", "as", "send", "leap", "clock", "answer", "others"];

type Fields = Readonly<Record<string, unknown>>;

/** All rows, or those of some sections. */
export function readRows(sections = ""): readonly Row[] {
  const folder = join(import.meta.dirname, "rows");
  return readdirSync(folder)
    .filter((name) => name.endsWith(".yaml"))
    .sort()
    .flatMap((name) => (parse(readFileSync(join(folder, name), "utf8")) as Fields[]).map(readRow))
    .filter(({ id }) => sections === "" || sections.includes(id[0]!));
}

function readRow(fields: Fields): Row {
  const id = String(fields["id"]);
  onlyKnown(fields, ROW, id);
  const cases = list(fields["cases"]).map((one, index) => readCase(one as Fields, `${id} case ${index + 1}`));
  const row: Row = {
    id,
    attack: word(fields, "attack", id),
    clause: word(fields, "clause", id),
    note: fields["note"] as string | undefined,
    drivers: (fields["drivers"] ?? ["memory"]) as Driver[],
    configuration: (fields["configuration"] ?? "") as string,
    accounts: list(fields["accounts"]).map(String),
    cases,
    code: list(fields["code"]).map(String),
    elsewhere: list(fields["elsewhere"]).map(String),
  };
  if (row.cases.length + row.code.length + row.elsewhere.length === 0) throw new Error(`${id} shows nothing`);
  return row;
}

/** @throws on a word that means nothing here */
export function readCase(fields: Fields, where: string): Case {
  const single = fields["steps"] === undefined;
  onlyKnown(fields, single ? [...CASE, ...STEP] : CASE, where);
  const steps = single ? [fields] : (fields["steps"] as Fields[]);
  const read = steps.map((step) => {
    if (!single) onlyKnown(step, STEP, where);
    return readStep(step, where);
  });
  return { name: String(fields["name"] ?? ""), once: fields["once"] === true, steps: read };
}

function readStep(fields: Fields, where: string): Step {
  return {
    as: String(word(fields, "as", where)),
    send: list(fields["send"]) as readonly Piece[],
    leap: Number(fields["leap"] ?? 0),
    clock: Number(fields["clock"] ?? 0),
    answer: fields["answer"] === undefined ? undefined : (list(fields["answer"]) as readonly Expectation[]),
    others: Object.fromEntries(
      Object.entries((fields["others"] ?? {}) as Fields).map(([who, what]) => [
        who,
        list(what) as Expectation[],
      ]),
    ),
  };
}

function list(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

function word(fields: Fields, name: string, where: string): string {
  const value = fields[name];
  if (typeof value !== "string" || value === "") throw new Error(`${where} does not say its ${name}`);
  return value;
}

function onlyKnown(fields: Fields, known: readonly string[], where: string): void {
  for (const name of Object.keys(fields)) {
    if (!known.includes(name)) throw new Error(`${where}: "${name}" means nothing`);
  }
}
