import type { JsonSchema } from "./option-types.ts";

/** One argument of a command: how its word, and its value in JSON, are read. */
export interface Argument<T> {
  /** "string", "integer", "[string]": as ejabberd's help shows it. */
  readonly kind: string;
  readonly doc: string;
  /** Completes "must be …". */
  readonly says: string;
  /** A word that could stand here; undefined where a stranger's would only mislead. */
  readonly example: string | undefined;
  /** Never to be shown or logged; the terminal asks for it without echo when it is the last and missing. */
  readonly secret: boolean;
  /** What users write to each other: as little for the log as a secret. */
  readonly content: boolean;
  /** Asked for twice, because nobody can see a slip. */
  readonly confirm: boolean;
  /** Of the value in JSON. */
  readonly schema: JsonSchema;
  /** undefined when the word cannot be one. */
  parse(word: string): T | undefined;
  /** The same for a value that came as JSON. */
  fromJson(value: unknown): T | undefined;
}

export type Arguments = { readonly [name: string]: Argument<unknown> };

export type ArgumentValues<A extends Arguments> = {
  readonly [N in keyof A]: A[N] extends Argument<infer T> ? T : never;
};

const shown = { secret: false, content: false, confirm: false };

export function text(doc: string, example?: string): Argument<string> {
  return {
    kind: "string",
    doc,
    says: "text",
    example,
    ...shown,
    schema: { type: "string" },
    parse: (word) => word,
    fromJson: (value) => (typeof value === "string" ? value : undefined),
  };
}

/** A stanza, a body, a reason that a user gets to read: not for the log. */
export function content(doc: string, example?: string): Argument<string> {
  return { ...text(doc, example), content: true };
}

export function integer(doc: string, example?: string): Argument<number> {
  return {
    kind: "integer",
    doc,
    says: "a whole number",
    example,
    ...shown,
    schema: { type: "integer" },
    parse: wholeNumber,
    // mod_http_api takes digits in quotation marks too.
    fromJson(value) {
      if (typeof value === "string") return wholeNumber(value);
      return Number.isSafeInteger(value) ? (value as number) : undefined;
    },
  };
}

function wholeNumber(word: string): number | undefined {
  // Number("") is 0 and Number("0x10") is 16: only digits are a number here.
  const value = /^-?\d{1,16}$/.test(word) ? Number(word) : Number.NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}

/** One of a few words. */
export function choice<const W extends string>(words: readonly W[], doc: string): Argument<W> {
  const read = (value: unknown): W | undefined => words.find((word) => word === value);
  return {
    kind: "string",
    doc,
    says: `one of ${words.join(", ")}`,
    example: words[0],
    ...shown,
    schema: { enum: words },
    parse: read,
    fromJson: read,
  };
}

/** Words separated by commas, as ejabberdctl takes them; the empty word is the empty list. In JSON an array, or such a text. */
export function list(doc: string, example?: string): Argument<readonly string[]> {
  const parse = (word: string): readonly string[] => (word === "" ? [] : word.split(","));
  return {
    kind: "[string]",
    doc,
    says: "a list with commas between its elements",
    example,
    ...shown,
    schema: { type: "array", items: { type: "string" } },
    parse,
    fromJson(value) {
      if (typeof value === "string") return parse(value);
      return Array.isArray(value) && value.every((one) => typeof one === "string") ? value : undefined;
    },
  };
}

/** A password that exists. */
export function password(doc: string): Argument<string> {
  return { ...text(doc), secret: true };
}

/** A password that is being set. */
export function newPassword(doc: string): Argument<string> {
  return { ...text(doc), secret: true, confirm: true };
}
