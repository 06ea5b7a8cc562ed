import { suggest } from "../base/suggest.ts";
import type { ReferenceKind } from "./access.ts";
import { durationType, sizeType } from "./option-quantities.ts";
import {
  booleanType,
  choiceType,
  entriesOf,
  integerType,
  isMapping,
  type JsonSchema,
  type ListRules,
  listType,
  type Mapping,
  mismatch,
  type Path,
  type Range,
  type Report,
  recordType,
  type TextRules,
  type Type,
  textType,
} from "./option-types.ts";

/** When a change of an option takes effect without being asked for again: at once, for sessions that begin afterwards, or never before a restart. */
export type Effect = "now" | "new-sessions" | "restart";

/** A named setting: its type, the value it has when nobody sets it, and one sentence (or more) for the reference. */
export interface Option<T> {
  readonly type: Type<Exclude<T, undefined>>;
  readonly default: T;
  readonly doc: string;
  /** The options inside, when this is a section. */
  readonly section?: Options;
  /** The options inside each value, when this is a mapping of free names to sections. */
  readonly each?: Options;
  /** What the value is the name of; it has to be defined. */
  readonly refersTo?: ReferenceKind;
  /** "restart" where nothing is said. Of a section each member has its own. */
  readonly effect?: Effect;
  /** An extension's that `host_config` may set for one host: read from `configOf`. */
  readonly perHost?: true;
}

export type Options = { readonly [name: string]: Option<unknown> };

/** What a declaration of options becomes once read. */
export type OptionValues<O extends Options> = {
  readonly [N in keyof O]: O[N] extends Option<infer T> ? T : never;
};

interface Said<D> {
  /** undefined where an option that nobody sets is simply absent. */
  readonly default: D;
  readonly doc: string;
  readonly effect?: Effect;
  readonly perHost?: true;
}

/** Declares options. Throws on a name that is not lower-case words joined by `_`, and on a missing doc sentence. */
export function options<const O extends Options>(declared: O): O {
  for (const [name, option] of Object.entries(declared)) {
    if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name)) throw new Error(`"${name}" is not a name for an option`);
    if (!option.doc.endsWith(".")) throw new Error(`the doc of option ${name} is not a sentence`);
  }
  return declared;
}

/** Any type at all; for those that have no function of their own here. */
export function option<T, D extends T | undefined>(type: Type<T>, said: Said<D>): Option<T | D> {
  const { default: otherwise, doc, effect, perHost } = said;
  return {
    type: type as Type<Exclude<T | D, undefined>>,
    default: otherwise,
    doc,
    ...(effect === undefined ? {} : { effect }),
    ...(perHost === undefined ? {} : { perHost }),
  };
}

/** As `options`, those that say nothing themselves with this effect. */
export function effective<const O extends Options>(effect: Effect, members: O): O {
  const pairs = Object.entries(options(members)).map(([name, member]) => [
    name,
    member.section === undefined ? { effect, ...member } : member,
  ]);
  return Object.fromEntries(pairs) as O;
}

export function integer<D extends number | undefined>(said: Said<D> & Range): Option<number | D> {
  return option(integerType(said), said);
}

export function boolean(said: Said<boolean>): Option<boolean> {
  return option(booleanType, said);
}

export function text<D extends string | undefined>(said: Said<D> & TextRules): Option<string | D> {
  return option(textType(said), said);
}

/** The name of something that is defined elsewhere in the configuration, or is there anyway. */
export function reference<D extends string | undefined>(
  to: ReferenceKind,
  said: Said<D>,
): Option<string | D> {
  const type = textType({ minLength: 1, maxLength: 200 });
  const what = to.replace("_", " ");
  return {
    ...option({ ...type, says: `the name of an ${what}`.replace("an shaper", "a shaper") }, said),
    refersTo: to,
  };
}

/** Milliseconds once read, and so are default, `min` and `max`. */
export function duration<D extends number | undefined>(said: Said<D> & Range): Option<number | D> {
  return option(durationType(said), said);
}

/** Bytes once read, and so are default, `min` and `max`. */
export function size<D extends number | undefined>(said: Said<D> & Range): Option<number | D> {
  return option(sizeType(said), said);
}

export function choice<const C extends string>(choices: readonly C[], said: Said<NoInfer<C>>): Option<C> {
  return option<C, C>(choiceType(choices), said);
}

export function list<T>(of: Type<T>, said: Said<readonly T[]> & ListRules<T>): Option<readonly T[]> {
  return option<readonly T[], readonly T[]>(listType(of, said), said);
}

/** Free names, one type of value. */
export function record<T>(of: Type<T>, said: Said<ReadonlyMap<string, T>>): Option<ReadonlyMap<string, T>> {
  return option<ReadonlyMap<string, T>, ReadonlyMap<string, T>>(recordType(of), said);
}

/** Options inside an option. Its default is what the defaults of its members make. `type` may add a short form to `sectionType(members)`. */
export function section<const O extends Options>(
  members: O,
  said: { readonly doc: string; readonly type?: Type<OptionValues<O>> },
): Option<OptionValues<O>> {
  const type = said.type ?? sectionType(members);
  return {
    type: type as Type<Exclude<OptionValues<O>, undefined>>,
    default: defaults(members),
    doc: said.doc,
    section: members,
  };
}

export function sectionType<const O extends Options>(members: O): Type<OptionValues<O>> {
  const type: Type<OptionValues<O>> = {
    says: "a mapping of options",
    schema: schemaOf(members),
    read(value, at, report) {
      // An empty section in YAML ("limits:" and nothing below) is null.
      if (value === null || value === undefined) return defaults(members);
      if (!isMapping(value)) return mismatch(type, value, at, report);
      return readOptions(members, value, at, report);
    },
    write(values) {
      const pairs = Object.entries(members).filter(([name]) => values[name] !== undefined);
      return Object.fromEntries(
        pairs.map(([name, member]) => [name, member.type.write(values[name] as never)]),
      );
    },
  };
  return type;
}

export function defaults<O extends Options>(members: O): OptionValues<O> {
  const pairs = Object.entries(members).map(([name, member]) => [name, member.default]);
  return Object.fromEntries(pairs) as OptionValues<O>;
}

/** Reads a mapping; unknown names, wrong values and all others are reported before it gives up with undefined. */
export function readOptions<O extends Options>(
  members: O,
  value: Mapping,
  at: Path,
  report: Report,
): OptionValues<O> | undefined {
  let failed = false;
  const values: Record<string, unknown> = { ...defaults(members) };
  for (const [name, given] of entriesOf(value)) {
    const path = [...at, name];
    if (!Object.hasOwn(members, name)) {
      report({ path, on: "name", message: unknownOption(name, members, at) });
      failed = true;
      continue;
    }
    const read = members[name]!.type.read(given, path, report);
    if (read === undefined) failed = true;
    else values[name] = read;
  }
  return failed ? undefined : (values as OptionValues<O>);
}

function unknownOption(name: string, members: Options, at: Path): string {
  const names = Object.keys(members);
  const near = suggest(name, names);
  const inside = at.length === 0 ? "" : ` in \`${at.join(".")}\``;
  const shown = name.length > 60 ? `${name.slice(0, 59)}…` : name;
  const start = `There is no option \`${shown}\`${inside}.`;
  if (near !== undefined) return `${start} Did you mean \`${near}\`?`;
  return names.length <= 12 ? `${start} There are: ${names.join(", ")}.` : start;
}

/** JSON Schema (draft 2020-12) of a mapping with these options; docs and defaults included. */
export function schemaOf(members: Options): JsonSchema {
  const properties: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(members)) {
    properties[name] = {
      ...member.type.schema,
      description: member.doc,
      ...(member.section !== undefined || member.default === undefined
        ? {}
        : { default: member.type.write(member.default as never) }),
    };
  }
  return { type: "object", properties, additionalProperties: false };
}
