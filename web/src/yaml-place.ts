/** A JSON Schema of options, as far as completion looks into it. */
export interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
}

/** Where in a YAML text somebody writes. */
export interface Place {
  /** Names of the mappings around, from the outside. */
  readonly path: readonly string[];
  /** What of the word is there already. */
  readonly prefix: string;
  /** Where the word begins in the text. */
  readonly from: number;
  /** A value stands behind the name that is the last of `path`. */
  readonly isValue: boolean;
}

export interface Completion {
  readonly word: string;
  readonly doc: string;
  /** What takes the place of the prefix. */
  readonly insert: string;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** Where the cursor is, in block style; undefined in a comment or where nothing can be completed. */
export function placeAt(text: string, cursor: number): Place | undefined {
  const start = text.lastIndexOf("\n", cursor - 1) + 1;
  const line = text.slice(start, cursor);
  if (line.includes("#")) return undefined;
  const value = /^(\s*(?:- )?)([\w.-]+):\s+([\w.-]*)$/.exec(line);
  if (value !== null) {
    const [, indent = "", name = "", prefix = ""] = value;
    const path = [...pathAbove(text.slice(0, start), indent.length), name];
    return { path, prefix, from: cursor - prefix.length, isValue: true };
  }
  const key = /^(\s*(?:- )?)([\w.-]*)$/.exec(line);
  if (key === null) return undefined;
  const [, indent = "", prefix = ""] = key;
  const path = pathAbove(text.slice(0, start), indent.length);
  return { path, prefix, from: cursor - prefix.length, isValue: false };
}

/** The names of the mappings that a line with this indentation stands in. */
function pathAbove(text: string, indent: number): readonly string[] {
  const path: string[] = [];
  let limit = indent;
  for (const line of text.split("\n").toReversed()) {
    if (limit === 0) break;
    const name = /^\s*([\w.-]+):\s*(?:#.*)?$/.exec(line)?.[1];
    if (name === undefined || indentOf(line) >= limit) continue;
    path.unshift(name);
    limit = indentOf(line);
  }
  return path;
}

/** The schema of what stands under this path; undefined where the options do not say. */
export function schemaUnder(schema: Schema, path: readonly string[]): Schema | undefined {
  let found: Schema | undefined = schema;
  for (const name of path) found = found === undefined ? undefined : memberOf(found, name);
  return found;
}

function memberOf(schema: Schema, name: string): Schema | undefined {
  const own = schema.properties?.[name];
  if (own !== undefined) return own;
  for (const one of [...(schema.anyOf ?? []), ...(schema.items === undefined ? [] : [schema.items])]) {
    const found = memberOf(one, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function propertiesOf(schema: Schema): readonly (readonly [string, Schema])[] {
  const inner = [...(schema.anyOf ?? []), ...(schema.items === undefined ? [] : [schema.items])];
  return [...Object.entries(schema.properties ?? {}), ...inner.flatMap(propertiesOf)];
}

function wordsOf(schema: Schema): readonly string[] {
  const own = schema.enum ?? (schema.type === "boolean" ? [true, false] : []);
  return [...own.map(String), ...(schema.anyOf ?? []).flatMap(wordsOf)];
}

/** What may stand here and begins with the prefix. */
export function completions(schema: Schema, { path, prefix, isValue }: Place): readonly Completion[] {
  const here = schemaUnder(schema, path);
  if (here === undefined) return [];
  const all: readonly Completion[] = isValue
    ? wordsOf(here).map((word) => ({ word, doc: "", insert: word }))
    : propertiesOf(here).map(([word, { description = "" }]) => ({
        word,
        doc: description,
        insert: `${word}: `,
      }));
  return all.filter(({ word }) => word.startsWith(prefix) && word !== prefix);
}
