import { suggest } from "../base/suggest.ts";

/** Where a value stands in the configuration: names of options and indexes of lists, from the outside in. */
export type Path = readonly (string | number)[];

/** One thing that is wrong with a configuration. `on` says whether the name or the value at `path` is meant. */
export interface Fault {
  readonly path: Path;
  readonly on: "name" | "value";
  /** One or two sentences, the suggestion included. */
  readonly message: string;
}

export type Report = (fault: Fault) => void;

export type JsonSchema = Readonly<Record<string, unknown>>;

/** How a value is written in a configuration file, and what it becomes. */
export interface Type<T> {
  /** Completes "must be …": "a whole number from 0 to 10". */
  readonly says: string;
  readonly schema: JsonSchema;
  /** undefined after at least one report, never otherwise. `value` is what YAML or JSON gave. */
  read(value: unknown, at: Path, report: Report): T | undefined;
  /** The value as it would stand in the file. */
  write(value: T): unknown;
}

/** A short, single-line picture of a value for an error. */
export function show(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  if (typeof value === "number") return String(value);
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** How the place at `path` is called in a sentence. */
export function placeOf(path: Path): string {
  const last = path.at(-1);
  if (last === undefined) return "the configuration";
  if (typeof last === "string") return `\`${last}\``;
  const list = path.findLast((part) => typeof part === "string");
  return list === undefined ? "an element of the list" : `an element of \`${list}\``;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Reports "`limit` must be a whole number, not "many"." and gives undefined. */
export function mismatch(
  type: { says: string },
  value: unknown,
  at: Path,
  report: Report,
  hint = "",
): undefined {
  const message = `${sentence(placeOf(at))} must be ${type.says}, not ${show(value)}.${hint}`;
  report({ path: at, on: "value", message });
}

export interface Range {
  readonly min?: number;
  readonly max?: number;
}

export function within(value: number, range: Range): boolean {
  return value >= (range.min ?? Number.NEGATIVE_INFINITY) && value <= (range.max ?? Number.POSITIVE_INFINITY);
}

/** " from 0 to 10", ", at least 1" or nothing. */
export function rangeWords(range: Range, write: (value: number) => unknown): string {
  const { min, max } = range;
  if (min !== undefined && max !== undefined) return ` from ${write(min)} to ${write(max)}`;
  if (min !== undefined) return `, at least ${write(min)}`;
  return max === undefined ? "" : `, at most ${write(max)}`;
}

function bounds(range: Range): JsonSchema {
  return {
    ...(range.min === undefined ? {} : { minimum: range.min }),
    ...(range.max === undefined ? {} : { maximum: range.max }),
  };
}

export function integerType(range: Range = {}): Type<number> {
  const type: Type<number> = {
    says: `a whole number${rangeWords(range, (value) => value)}`,
    schema: { type: "integer", ...bounds(range) },
    read(value, at, report) {
      if (typeof value === "number" && Number.isSafeInteger(value) && within(value, range)) return value;
      const quoted = typeof value === "string" && /^\d{1,15}$/.test(value) && within(Number(value), range);
      return mismatch(type, value, at, report, quoted ? " Write it without quotes." : "");
    },
    write: (value) => value,
  };
  return type;
}

const SWITCHES: ReadonlyMap<unknown, boolean> = new Map([
  ["yes", true],
  ["on", true],
  ["true", true],
  ["no", false],
  ["off", false],
  ["false", false],
]);

/** YAML 1.2 has only true and false; older versions, and people, have more. */
function switchHint(value: unknown): string {
  const meant = SWITCHES.get(typeof value === "string" ? value.toLowerCase() : value);
  return meant === undefined ? "" : ` Did you mean \`${meant}\`?`;
}

export const booleanType: Type<boolean> = {
  says: "true or false",
  schema: { type: "boolean" },
  read(value, at, report) {
    if (typeof value === "boolean") return value;
    return mismatch(booleanType, value, at, report, switchHint(value));
  },
  write: (value) => value,
};

export interface TextRules {
  readonly minLength?: number;
  readonly maxLength?: number;
}

export function textType(rules: TextRules = {}): Type<string> {
  const { minLength = 0, maxLength = 65_536 } = rules;
  const type: Type<string> = {
    says: minLength > 0 ? `text of at least ${minLength} character${minLength > 1 ? "s" : ""}` : "text",
    schema: { type: "string", ...(minLength > 0 ? { minLength } : {}), maxLength },
    read(value, at, report) {
      if (typeof value === "string" && value.length >= minLength && value.length <= maxLength) return value;
      const quote = typeof value === "number" || typeof value === "boolean";
      return mismatch(type, value, at, report, quote ? ` Put it in quotes: "${value}".` : "");
    },
    write: (value) => value,
  };
  return type;
}

/** Text that `parse` accepts; `parse` gives the value or, as an Error, the reason to show. */
export function parsedType<T>(settings: {
  readonly says: string;
  readonly parse: (text: string) => T | Error;
  readonly write?: (value: T) => string;
  readonly schema?: JsonSchema;
}): Type<T> {
  const type: Type<T> = {
    says: settings.says,
    schema: { type: "string", ...settings.schema },
    read(value, at, report) {
      if (typeof value !== "string") return mismatch(type, value, at, report);
      const parsed = settings.parse(value);
      if (!(parsed instanceof Error)) return parsed;
      return mismatch(type, value, at, report, parsed.message === "" ? "" : ` ${parsed.message}`);
    },
    write: settings.write ?? ((value) => String(value)),
  };
  return type;
}

export function choiceType<const C extends string>(choices: readonly C[]): Type<C> {
  const listed = choices.map((choice) => `\`${choice}\``);
  const type: Type<C> = {
    says: listed.length > 1 ? `${listed.slice(0, -1).join(", ")} or ${listed.at(-1)}` : listed.join(),
    schema: { enum: choices },
    read(value, at, report) {
      const found = choices.find((choice) => choice === value);
      if (found !== undefined) return found;
      const near = typeof value === "string" ? suggest(value, choices) : undefined;
      return mismatch(type, value, at, report, near === undefined ? "" : ` Did you mean \`${near}\`?`);
    },
    write: (value) => value,
  };
  return type;
}

export interface ListRules<T> {
  readonly minLength?: number;
  /** Two elements with the same key are a mistake: "`example.org` stands twice in `hosts`." */
  readonly unique?: (element: T) => string;
}

export function listType<T>(of: Type<T>, rules: ListRules<T> = {}): Type<readonly T[]> {
  const type: Type<readonly T[]> = {
    says: `${(rules.minLength ?? 0) > 0 ? "a list with at least one element" : "a list"}`,
    schema: {
      type: "array",
      items: of.schema,
      ...(rules.minLength === undefined ? {} : { minItems: rules.minLength }),
      ...(rules.unique === undefined ? {} : { uniqueItems: true }),
    },
    read(value, at, report) {
      if (!Array.isArray(value)) {
        return mismatch(type, value, at, report, listHint(value));
      }
      if (value.length < (rules.minLength ?? 0)) {
        return void report({
          path: at,
          on: "value",
          message: `${sentence(placeOf(at))} must be ${type.says}.`,
        });
      }
      return readElements(value, at, report);
    },
    write: (values) => values.map((value) => of.write(value)),
  };

  function readElements(value: readonly unknown[], at: Path, report: Report): readonly T[] | undefined {
    const read: T[] = [];
    const seen = new Set<string>();
    let failed = false;
    for (const [index, element] of value.entries()) {
      const path = [...at, index];
      const one = of.read(element, path, report);
      if (one === undefined) {
        failed = true;
        continue;
      }
      const key = rules.unique?.(one);
      if (key !== undefined && seen.has(key)) {
        report({ path, on: "value", message: `\`${key}\` stands twice in ${placeOf(at)}.` });
        failed = true;
      }
      if (key !== undefined) seen.add(key);
      read.push(one);
    }
    return failed ? undefined : read;
  }
  return type;
}

function listHint(value: unknown): string {
  if (typeof value !== "string" || value.includes("\n") || value.length > 60) return "";
  if (value.startsWith("-")) return ` Put a space after the dash: - ${value.slice(1)}.`;
  return ` Write it as a list: [${value}].`;
}

/** A type with a short form: what `expand` gives for a value is read in its place; undefined where the value is no short form. */
export function shorthandType<T>(
  full: Type<T>,
  short: {
    readonly says: string;
    readonly schema: JsonSchema;
    readonly expand: (value: unknown) => unknown;
  },
): Type<T> {
  const type: Type<T> = {
    says: `${short.says} or ${full.says}`,
    schema: { anyOf: [short.schema, full.schema] },
    read(value, at, report) {
      const expanded = short.expand(value);
      if (expanded !== undefined) return full.read(expanded, at, report);
      const plain = typeof value !== "object";
      return plain ? mismatch(type, value, at, report, switchHint(value)) : full.read(value, at, report);
    },
    write: full.write,
  };
  return type;
}

/** A mapping with free names, all values of one type. */
export function recordType<T>(of: Type<T>): Type<ReadonlyMap<string, T>> {
  const type: Type<ReadonlyMap<string, T>> = {
    says: "a mapping of names to values",
    schema: { type: "object", additionalProperties: of.schema },
    read(value, at, report) {
      if (!isMapping(value)) return mismatch(type, value, at, report);
      const read = new Map<string, T>();
      let failed = false;
      for (const [name, element] of entriesOf(value)) {
        const one = of.read(element, [...at, name], report);
        if (one === undefined) failed = true;
        else read.set(name, one);
      }
      return failed ? undefined : read;
    },
    write: (values) => Object.fromEntries([...values].map(([name, value]) => [name, of.write(value)])),
  };
  return type;
}

/** An object as JSON has it, or a Map where the order of the names would be lost otherwise. */
export type Mapping = Readonly<Record<string, unknown>> | ReadonlyMap<string, unknown>;

export function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** In the order of the text. */
export function entriesOf(mapping: Mapping): readonly (readonly [string, unknown])[] {
  return mapping instanceof Map ? [...(mapping as ReadonlyMap<string, unknown>)] : Object.entries(mapping);
}
