import type {
  AccessList,
  AccessRule,
  AccessSettings,
  AllOf,
  Clauses,
  Reference,
  Shaper,
  ShaperRule,
} from "../kernel/access.ts";
import { PREDEFINED } from "../kernel/access.ts";
import { sizeType } from "../kernel/option-quantities.ts";
import { entriesOf, isMapping, mismatch, type Path, recordType, type Type } from "../kernel/option-types.ts";
import { type Effect, type Option, option, options, sectionType, size } from "../kernel/options.ts";
import { all, conditionSchema, type Reading, readAllOf, readAnyOf } from "./configuration-conditions.ts";
import type { Declared } from "./configuration-limits.ts";

/** As it stands in the file; what is ordered as a list, which JSON keeps in order too. */
export function listed(written: unknown): unknown {
  if (Array.isArray(written)) return written.map(listed);
  if (!isMapping(written)) return written;
  const pairs = entriesOf(written).map(([name, one]) => [name, listed(one)] as const);
  return written instanceof Map ? pairs.map((pair) => Object.fromEntries([pair])) : Object.fromEntries(pairs);
}

const accessListType: Type<AccessList> = {
  says: "conditions of which one is enough, such as `user: alice@example.org`",
  schema: conditionSchema,
  read(value, at, report) {
    const references: Reference[] = [];
    const anyOf = readAnyOf(value, at, { report, references });
    return anyOf && { anyOf, references, written: value };
  },
  write: ({ written }) => listed(written),
};

type ReadValue<T> = (word: unknown, at: Path, on: Reference["on"], reading: Reading) => T | undefined;

/**
 * Clauses in their order: each a mapping of the value to conditions, or the value alone for everybody.
 */
function readClauses<T>(
  value: unknown,
  at: Path,
  reading: Reading,
  read: ReadValue<T>,
): Clauses<T> | undefined {
  if (Array.isArray(value)) {
    return all(value, (one, index) => readClauses(one, [...at, index], reading, read))?.flat();
  }
  if (!isMapping(value)) {
    const found = read(value, at, "value", reading);
    return found === undefined ? undefined : [{ value: found, when: [] }];
  }
  return all(entriesOf(value), ([word, conditions]) => {
    const path = [...at, word];
    const found = read(word, path, "name", reading);
    const when = readAllOf(conditions, path, reading);
    return found === undefined || when === undefined ? undefined : { value: found, when };
  });
}

const allowOrDeny: ReadValue<boolean> = (word, path, on, { report }) => {
  if (word === "allow" || word === "deny") return word === "allow";
  const message = `A clause begins with \`allow\` or \`deny\`, not with \`${String(word)}\`.`;
  return void report({ path, on, message });
};

/** A clause may also be the name of an acl alone, or `acl: name`, which allows. */
export function readAccessClauses(value: unknown, at: Path, reading: Reading): Clauses<boolean> | undefined {
  if (Array.isArray(value)) {
    return all(value, (one, index) => readAccessClauses(one, [...at, index], reading))?.flat();
  }
  const word = typeof value === "string" && value !== "allow" && value !== "deny";
  if (word || (isMapping(value) && entriesOf(value).some(([name]) => name === "acl"))) {
    const when: AllOf | undefined = readAllOf(value, at, reading);
    return when && [{ value: true, when }];
  }
  return readClauses(value, at, reading, allowOrDeny);
}

const accessRuleType: Type<AccessRule> = {
  says: "clauses such as `allow: admin`",
  schema: conditionlessSchema(),
  read(value, at, report) {
    const references: Reference[] = [];
    const clauses = readAccessClauses(value, at, { report, references });
    return clauses && { clauses, references, written: value };
  },
  write: ({ written }) => listed(written),
};

function conditionlessSchema(): Type<unknown>["schema"] {
  return { anyOf: [{ type: "string" }, { type: "array" }, { type: "object" }] };
}

const shaperOrNumber: ReadValue<string | number> = (word, path, on, { report, references }) => {
  if (typeof word === "number" && word >= 0) return word;
  if (typeof word === "string" && /^\d{1,15}$/.test(word)) return Number(word);
  if (word === "infinity" || word === "none") return Number.POSITIVE_INFINITY;
  if (typeof word === "string") {
    references.push({ to: "shaper", name: word, path, on });
    return word;
  }
  return mismatch({ says: "the name of a shaper, a number, or `infinity`" }, word, path, report);
};

const shaperRuleType: Type<ShaperRule> = {
  says: "clauses such as `fast: admin` or `10: all`",
  schema: { anyOf: [...(conditionlessSchema()["anyOf"] as object[]), { type: "number" }] },
  read(value, at, report) {
    const references: Reference[] = [];
    const clauses = readClauses(value, at, { report, references }, shaperOrNumber);
    return clauses && { clauses, references, written: value };
  },
  write: ({ written }) => listed(written),
};

const rateType = sizeType({ min: 100 });
const shaperMembers = options({
  rate: size({ default: 0, min: 100, doc: "Bytes a second." }),
  burst_size: size({ default: 0, min: 100, doc: "Bytes at once." }),
});

const shaperType: Type<Shaper> = {
  says: "bytes a second, a mapping of `rate` and `burst_size`, or `none`",
  schema: { anyOf: [rateType.schema, { const: "none" }, sectionType(shaperMembers).schema] },
  read(value, at, report) {
    if (value === "none" || value === "infinity") return "none";
    if (!isMapping(value)) {
      const rate = rateType.read(value, at, report);
      return rate === undefined ? undefined : { bytesPerSecond: rate, burst: rate };
    }
    const read = sectionType(shaperMembers).read(value, at, report);
    if (read === undefined) return undefined;
    if (read.rate === 0) return mismatch(shaperType, value, at, report, " `rate` is missing.");
    return { bytesPerSecond: read.rate, burst: read.burst_size || read.rate };
  },
  write: (value) => (value === "none" ? value : { rate: value.bytesPerSecond, burst_size: value.burst }),
};

/** Names that are there anyway cannot be given another meaning. */
function definitions<T>(of: Type<T>, taken: readonly string[]): Type<ReadonlyMap<string, T>> {
  const type = recordType(of);
  return {
    ...type,
    read(value, at, report) {
      const read = type.read(value === null ? {} : value, at, report);
      const names = isMapping(value) ? entriesOf(value).map(([name]) => name) : [];
      const found = names.filter((name) => taken.includes(name));
      for (const name of found) {
        report({
          path: [...at, name],
          on: "name",
          message: `\`${name}\` is there without a definition. Take another name.`,
        });
      }
      return found.length > 0 ? undefined : read;
    },
  };
}

function record<T>(
  of: Type<T>,
  taken: readonly string[],
  effect: Effect,
  doc: string,
): Option<ReadonlyMap<string, T>> {
  return option(definitions(of, taken), { default: new Map() as ReadonlyMap<string, T>, effect, doc });
}

export const accessOptions: Declared<Omit<AccessSettings, "admins" | "api_permissions">> = {
  acl: record(
    accessListType,
    PREDEFINED.acl.filter((name) => name !== "admin"),
    "now",
    "Lists of people, by name. One of the conditions is enough: `user`, `server`, `resource`, each also with `_regexp` or `_glob` behind, `node_regexp`, `node_glob` and `ip`. A `user` without a domain is on any of the `hosts`. `all`, `none` and `admin` are there without a definition; what is defined as `admin` is an administrator beside the `admins`.",
  ),
  access_rules: record(
    accessRuleType,
    PREDEFINED.access_rule,
    "now",
    "Rules that say who may do something, by name: clauses with `allow` or `deny` and conditions or names of `acl`, all of which have to hold. The first clause that holds decides; where none does, the answer is no. `all`, `none` and `loopback` (connections from this machine) are there without a definition.",
  ),
  shaper: record(
    shaperType,
    PREDEFINED.shaper,
    "new-sessions",
    "How fast somebody may send, by name: bytes a second, or a mapping of `rate` and `burst_size`. `none` is without limit.",
  ),
  shaper_rules: record(
    shaperRuleType,
    [],
    "new-sessions",
    "Rules that choose a shaper or a number, by name: clauses with the name of a shaper or a number, and conditions as in `access_rules`. `max_user_sessions` and `max_user_offline_messages` stand above `limits.client.resources` and `limits.client.pending_messages`.",
  ),
};
