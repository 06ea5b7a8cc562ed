import { IpNetwork } from "../base/ip-network.ts";
import { suggest } from "../base/suggest.ts";
import type { AllOf, AnyOf, Condition, Reference } from "../kernel/access.ts";
import {
  entriesOf,
  isMapping,
  type JsonSchema,
  mismatch,
  type Path,
  type Report,
} from "../kernel/option-types.ts";
import { Jid } from "../xmpp/jid.ts";

/** Where conditions are read: what they refer to is collected, what is wrong with them reported. */
export interface Reading {
  readonly report: Report;
  readonly references: Reference[];
}

type Make = (value: unknown, at: Path, reading: Reading) => Condition | undefined;

/** Names and patterns are those of the field: user, server and resource are ejabberd's words. */
const CONDITIONS: Readonly<Record<string, Make>> = {
  user: (value, at, { report }) => {
    const [local, domain] = isMapping(value) ? (entriesOf(value)[0] ?? []) : split(value);
    const jid = typeof local === "string" && local !== "" ? Jid.of(local, String(domain ?? "h")) : undefined;
    if (jid === undefined) {
      const says = 'a name such as "alice", or an account such as "alice@example.org"';
      return mismatch({ says }, isMapping(value) ? local : value, at, report);
    }
    return { kind: "user", local: jid.local, domain: domain === undefined ? undefined : jid.domain };
  },
  user_regexp: (value, at, reading) => userPattern(value, at, reading, regexp),
  user_glob: (value, at, reading) => userPattern(value, at, reading, glob),
  server: (value, at, { report }) => {
    const jid = typeof value === "string" ? Jid.parse(value) : undefined;
    if (jid?.isDomain) return { kind: "server", domain: jid.domain };
    return mismatch({ says: 'a domain such as "example.org"' }, value, at, report);
  },
  server_regexp: (value, at, reading) =>
    pattern(value, at, reading, regexp, (domain) => ({ kind: "server", domain })),
  server_glob: (value, at, reading) =>
    pattern(value, at, reading, glob, (domain) => ({ kind: "server", domain })),
  resource: (value, at, { report }) => {
    const resource = typeof value === "string" ? Jid.of("", "h", value)?.resource : undefined;
    if (resource) return { kind: "resource", resource };
    return mismatch({ says: "the resource of an address" }, value, at, report);
  },
  resource_regexp: (value, at, reading) =>
    pattern(value, at, reading, regexp, (resource) => ({ kind: "resource", resource })),
  resource_glob: (value, at, reading) =>
    pattern(value, at, reading, glob, (resource) => ({ kind: "resource", resource })),
  node_regexp: (value, at, reading) => nodePattern(value, at, reading, regexp),
  node_glob: (value, at, reading) => nodePattern(value, at, reading, glob),
  ip: (value, at, { report }) => {
    const network = typeof value === "string" ? IpNetwork.parse(value) : undefined;
    if (network !== undefined) return { kind: "ip", network };
    return mismatch({ says: 'an IP address or a network such as "10.0.0.0/8"' }, value, at, report);
  },
};

export const CONDITION_NAMES: readonly string[] = Object.keys(CONDITIONS);

/** Lists, mappings and words are all that a schema says of conditions. */
export const conditionSchema: JsonSchema = {
  anyOf: [
    { type: "string" },
    { type: "array" },
    { type: "object", propertyNames: { enum: [...CONDITION_NAMES, "acl"] } },
  ],
};

/** "alice@example.org" is a name and a domain. */
function split(value: unknown): readonly [unknown, string | undefined] {
  if (typeof value !== "string") return [value, undefined];
  const at = value.lastIndexOf("@");
  return at < 0 ? [value, undefined] : [value.slice(0, at), value.slice(at + 1)];
}

type MakePattern = (text: string) => RegExp | Error;

/** Found anywhere in the text, as in ejabberd: who wants all of it writes ^ and $. */
function regexp(text: string): RegExp | Error {
  try {
    return new RegExp(text, "u");
  } catch (error) {
    return new Error(`${(error as Error).message.replace(/^.*\/u?: /, "")}.`);
  }
}

/** `*`, `?`, `[abc]`, `[a-z]` and `[!abc]`, as in a shell; all of the text. */
function glob(text: string): RegExp | Error {
  const source = text.replace(
    /\[(!?)((?:\]|[^\]])[^\]]*)\]|[\s\S]/gu,
    (one, not: string | undefined, set: string | undefined) => {
      if (set !== undefined) return `[${not === "!" ? "^" : ""}${set.replace(/[\\\][^]/g, "\\$&")}]`;
      if (one === "*") return ".*";
      return one === "?" ? "." : one.replace(/[\\^$.|+()[\]{}/]/g, "\\$&");
    },
  );
  const made = regexp(`^(?:${source})$`);
  return made instanceof Error ? made : new RegExp(made.source, "su");
}

function compiled(value: unknown, at: Path, { report }: Reading, make: MakePattern): RegExp | undefined {
  if (typeof value !== "string") return mismatch({ says: "a pattern" }, value, at, report);
  const made = make(value);
  return made instanceof Error
    ? mismatch({ says: "a pattern" }, value, at, report, ` ${made.message}`)
    : made;
}

function pattern(
  value: unknown,
  at: Path,
  reading: Reading,
  make: MakePattern,
  condition: (pattern: RegExp) => Condition,
): Condition | undefined {
  const found = compiled(value, at, reading, make);
  return found && condition(found);
}

/** A pattern for the name, with or without a domain behind. */
function userPattern(value: unknown, at: Path, reading: Reading, make: MakePattern): Condition | undefined {
  const [local, domain] = isMapping(value) ? (entriesOf(value)[0] ?? []) : split(value);
  const found = compiled(local, at, reading, make);
  if (found === undefined || domain === undefined)
    return found && { kind: "user", local: found, domain: undefined };
  const jid = Jid.parse(String(domain));
  if (jid?.isDomain) return { kind: "user", local: found, domain: jid.domain };
  return mismatch(
    { says: 'a pattern, with or without a domain as in "^test@example.org"' },
    value,
    at,
    reading.report,
  );
}

/** A pattern for the name to a pattern for the domain. */
function nodePattern(value: unknown, at: Path, reading: Reading, make: MakePattern): Condition | undefined {
  const [names, domains] = isMapping(value) ? (entriesOf(value)[0] ?? []) : [];
  if (names === undefined) {
    return mismatch(
      { says: "a mapping of a pattern for names to one for domains" },
      value,
      at,
      reading.report,
    );
  }
  const local = compiled(names, at, reading, make);
  const domain = compiled(domains, [...at, names], reading, make);
  return local && domain && { kind: "user", local, domain };
}

/** What stands under one name: a value, or several of which one is enough. */
function readCondition(name: string, value: unknown, at: Path, reading: Reading): AnyOf | undefined {
  if (name === "acl") {
    const names = Array.isArray(value) ? value : [value];
    return all(names, (one, index) =>
      readName(one, Array.isArray(value) ? [...at, index] : at, "value", reading),
    );
  }
  if (!Object.hasOwn(CONDITIONS, name)) {
    const near = suggest(name, [...CONDITION_NAMES, "acl"]);
    const hint =
      near === undefined ? ` There are: ${CONDITION_NAMES.join(", ")}, acl.` : ` Did you mean \`${near}\`?`;
    return void reading.report({
      path: at,
      on: "name",
      message: `There is no condition \`${name}\`.${hint}`,
    });
  }
  const make = CONDITIONS[name]!;
  if (isMapping(value) && entriesOf(value).length > 1) {
    return all(entriesOf(value), ([key, one]) => make({ [key]: one }, [...at, key], reading));
  }
  if (!Array.isArray(value)) return all([value], () => make(value, at, reading));
  return all(value, (one, index) => make(one, [...at, index], reading));
}

/** undefined when one of them is wrong; the others are looked at all the same. */
export function all<E, T>(
  elements: readonly E[],
  read: (element: E, index: number) => T | undefined,
): readonly T[] | undefined {
  const found = elements.map(read);
  return found.includes(undefined) ? undefined : (found as readonly T[]);
}

function readName(value: unknown, path: Path, on: Reference["on"], reading: Reading): Condition | undefined {
  if (typeof value !== "string") return mismatch({ says: "the name of an acl" }, value, path, reading.report);
  if (value === "all" || value === "none") return { kind: value };
  reading.references.push({ to: "acl", name: value, path, on });
  return { kind: "acl", name: value };
}

/** Conditions of which each has to hold: the name of an acl, a mapping of conditions, or a list of both. */
export function readAllOf(value: unknown, at: Path, reading: Reading): AllOf | undefined {
  if (Array.isArray(value)) {
    return all(value, (one, index) => readAllOf(one, [...at, index], reading))?.flat();
  }
  if (isMapping(value)) {
    return all(entriesOf(value), ([name, one]) => readCondition(name, one, [...at, name], reading));
  }
  const named = readName(value, at, "value", reading);
  return named && [[named]];
}

/** Conditions of which one is enough; in the same forms. */
export function readAnyOf(value: unknown, at: Path, reading: Reading): AnyOf | undefined {
  return readAllOf(value, at, reading)?.flat();
}
