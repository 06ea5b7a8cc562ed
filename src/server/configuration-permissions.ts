import { suggest } from "../base/suggest.ts";
import type { AnyOf, ApiPermission, Clauses, CommandPattern, Front, WhoMayCall } from "../kernel/access.ts";
import { FRONTS } from "../kernel/access.ts";
import { entriesOf, isMapping, mismatch, type Path, recordType, type Type } from "../kernel/option-types.ts";
import { type Option, option } from "../kernel/options.ts";
import { listed, readAccessClauses } from "./configuration-access.ts";
import { all, type Reading, readAnyOf } from "./configuration-conditions.ts";

/** ejabberd's names for where calls come in. */
const THEIR_FRONTS: ReadonlyMap<string, Front> = new Map([
  ["ejabberd_ctl", "control"],
  ["mod_http_api", "http"],
  ["mod_adhoc_api", "xmpp"],
  ["ejabberd_web_admin", "web"],
]);

function readFront(value: unknown, at: Path, { report }: Reading): Front | undefined {
  const front = FRONTS.find((one) => one === value) ?? THEIR_FRONTS.get(String(value));
  if (front !== undefined) return front;
  const near = typeof value === "string" ? suggest(value, [...FRONTS, ...THEIR_FRONTS.keys()]) : undefined;
  const hint = near === undefined ? "" : ` Did you mean \`${near}\`?`;
  return mismatch({ says: `one of ${FRONTS.join(", ")}` }, value, at, report, hint);
}

interface What {
  readonly allowed: readonly CommandPattern[];
  readonly excepted: readonly CommandPattern[];
}

function readPattern(word: string, path: Path, { references }: Reading): CommandPattern {
  if (word === "*") return { kind: "all" };
  const tag = /^\[tag:([^\]]*)\]$/.exec(word)?.[1];
  if (tag !== undefined) {
    references.push({ to: "tag", name: tag, path, on: "value" });
    return { kind: "tag", tag };
  }
  const name = word.replaceAll("-", "_");
  references.push({ to: "command", name, path, on: "value" });
  return { kind: "command", name };
}

function readWhat(value: unknown, at: Path, reading: Reading): What | undefined {
  const words = Array.isArray(value) ? value : [value];
  const allowed: CommandPattern[] = [];
  const excepted: CommandPattern[] = [];
  const read = all(words, (word, index) => {
    const path = Array.isArray(value) ? [...at, index] : at;
    if (typeof word !== "string" || word === "" || word.startsWith("!!")) {
      const says = 'a command, "*" or "[tag:NAME]", each also with ! before';
      return mismatch({ says }, word, path, reading.report);
    }
    if (word.startsWith("!")) excepted.push(readPattern(word.slice(1), path, reading));
    else allowed.push(readPattern(word, path, reading));
    return true;
  });
  return read && { allowed, excepted };
}

interface Who {
  anyOf: AnyOf;
  access: (string | Clauses<boolean>)[];
  oauth: (Omit<WhoMayCall, "oauth"> & { readonly scopes: readonly string[] | undefined })[];
}

/** Lists, mappings and names of acls as everywhere, and `access` and `oauth` among the conditions. */
function readWho(value: unknown, at: Path, reading: Reading): WhoMayCall | undefined {
  const who: Who = { anyOf: [], access: [], oauth: [] };
  return readInto(who, value, at, reading) ? who : undefined;
}

function readInto(who: Who, value: unknown, at: Path, reading: Reading): true | undefined {
  if (Array.isArray(value)) {
    return all(value, (one, index) => readInto(who, one, [...at, index], reading)) && true;
  }
  if (!isMapping(value)) {
    const anyOf = readAnyOf(value, at, reading);
    if (anyOf === undefined) return undefined;
    who.anyOf = [...who.anyOf, ...anyOf];
    return true;
  }
  return (
    all(entriesOf(value), ([name, one]) => {
      const path = [...at, name];
      if (name === "access") return readAccess(who, one, path, reading);
      if (name === "oauth") return readOauth(who, one, path, reading);
      return readCondition(who, name, one, at, reading);
    }) && true
  );
}

function readCondition(who: Who, name: string, value: unknown, at: Path, reading: Reading): true | undefined {
  const anyOf = readAnyOf({ [name]: value }, at, reading);
  if (anyOf === undefined) return undefined;
  who.anyOf = [...who.anyOf, ...anyOf];
  return true;
}

function readAccess(who: Who, value: unknown, path: Path, reading: Reading): true | undefined {
  if (typeof value === "string") {
    if (value !== "all" && value !== "none") {
      reading.references.push({ to: "access_rule", name: value, path, on: "value" });
    }
    who.access.push(value);
    return true;
  }
  const clauses = readAccessClauses(value, path, reading);
  if (clauses === undefined) return undefined;
  who.access.push(clauses);
  return true;
}

function readOauth(who: Who, value: unknown, path: Path, reading: Reading): true | undefined {
  // A list of one-element mappings says the same as one mapping.
  const pairs = (Array.isArray(value) ? value : [value]).flatMap((one) =>
    isMapping(one) ? entriesOf(one) : [["acl", one] as const],
  );
  const inner: Who = { anyOf: [], access: [], oauth: [] };
  let scopes: readonly string[] | undefined;
  const read = all(pairs, ([name, one]) => {
    const at = [...path, name];
    if (name === "scope") {
      scopes = Array.isArray(one) ? one.map(String) : [String(one)];
      return true;
    }
    if (name === "oauth") return mismatch({ says: "a condition" }, one, at, reading.report);
    return readInto(inner, { [name]: one }, path, reading);
  });
  if (read === undefined) return undefined;
  who.oauth.push({ anyOf: inner.anyOf, access: inner.access, scopes });
  return true;
}

const MEMBERS = ["from", "who", "what"];

const permissionType: Type<ApiPermission> = {
  says: "a mapping of `from`, `who` and `what`",
  schema: {
    type: "object",
    properties: Object.fromEntries(MEMBERS.map((name) => [name, { type: ["string", "array", "object"] }])),
    additionalProperties: false,
  },
  read(value, at, report) {
    if (!isMapping(value)) return mismatch(permissionType, value, at, report);
    const reading: Reading = { report, references: [] };
    let from: readonly Front[] | undefined = [];
    // Nobody, and nothing, where it is not said.
    let who: WhoMayCall | undefined = { anyOf: [], access: [], oauth: [] };
    let what: What | undefined = { allowed: [], excepted: [] };
    let unknown = false;
    for (const [name, one] of entriesOf(value)) {
      const path = [...at, name];
      if (name === "from") from = readFronts(one, path, reading);
      else if (name === "who") who = readWho(one, path, reading);
      else if (name === "what") what = readWhat(one, path, reading);
      else {
        unknown = true;
        const near = suggest(name, MEMBERS) ?? MEMBERS.join(", ");
        const hint = MEMBERS.includes(near) ? `Did you mean \`${near}\`?` : `There are: ${near}.`;
        report({ path, on: "name", message: `There is no \`${name}\` in a group of permissions. ${hint}` });
      }
    }
    if (unknown || from === undefined || who === undefined || what === undefined) return undefined;
    return { from, who, ...what, references: reading.references, written: value };
  },
  write: ({ written }) => listed(written),
};

function readFronts(value: unknown, path: Path, reading: Reading): readonly Front[] | undefined {
  const several = Array.isArray(value);
  return all(several ? value : [value], (one, index) =>
    readFront(one, several ? [...path, index] : path, reading),
  );
}

function group(name: string, written: unknown): readonly [string, ApiPermission] {
  const fail = (): never => {
    throw new Error(`the default group "${name}" is wrong`);
  };
  return [name, permissionType.read(written, [], fail)!];
}

/** The owner of the data directory may everything at the control socket, whatever else is said. */
const CONSOLE = group("console commands", { from: "control", who: "all", what: "*" });

const DEFAULT: ReadonlyMap<string, ApiPermission> = new Map([
  CONSOLE,
  group("admin access", { who: { acl: "admin", oauth: { acl: "admin" } }, what: ["*", "!stop", "!start"] }),
]);

const groupsType = recordType(permissionType);

export const permissionOptions: { readonly api_permissions: Option<ReadonlyMap<string, ApiPermission>> } = {
  api_permissions: option(
    {
      ...groupsType,
      read(value, at, report) {
        const read = groupsType.read(value, at, report);
        return read && new Map([CONSOLE, ...read]);
      },
    },
    {
      default: DEFAULT,
      effect: "now",
      doc: 'Who may run which commands, in groups with free names: `from` where a call comes in (`control`, `http`, `xmpp`, `web`; everywhere unless said), `who` calls (conditions and names of `acl` of which one is enough, `access` with an access rule, `oauth` with the same for callers with a token and, if wanted, the `scope` that it has to have) and `what` is run (commands, "*", "[tag:NAME]"; "!" before takes out). A command may be run if one group says so. The control socket may everything unless the group "console commands" says otherwise.',
    },
  ),
};
