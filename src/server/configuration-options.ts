import { isIP } from "node:net";
import { LEVELS } from "../base/log.ts";
import type { AnyExtension } from "../kernel/extension.ts";
import { parsedType, shorthandType, type Type, textType } from "../kernel/option-types.ts";
import {
  boolean,
  choice,
  effective,
  integer,
  list,
  type Option,
  type Options,
  option,
  options,
  reference,
  section,
  sectionType,
} from "../kernel/options.ts";
import { Jid } from "../xmpp/jid.ts";
import { accessOptions } from "./configuration-access.ts";
import { hostConfigOption } from "./configuration-hosts.ts";
import { type Declared, limitMembers } from "./configuration-limits.ts";
import { permissionOptions } from "./configuration-permissions.ts";
import type {
  AllValues,
  ListenerOptions,
  ListenOptions,
  ServerValues,
  WebListenerOptions,
} from "./configuration-values.ts";

const domainType: Type<string> = parsedType({
  says: 'a domain such as "example.org"',
  parse(text) {
    const jid = Jid.parse(text);
    if (jid === undefined) return new Error();
    if (jid.isDomain) return jid.domain;
    return new Error(`Did you mean \`${jid.domain}\`?`);
  },
});

/** A name in the DNS, which need not be the domain of an account. */
const nameType: Type<string> = parsedType({
  says: 'a name such as "xmpp.example.org"',
  parse: (text) => (/^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/i.test(text) ? text.toLowerCase() : new Error()),
});

const accountType: Type<Jid> = parsedType({
  says: 'an account such as "admin@example.org"',
  parse(text) {
    const jid = Jid.parse(text);
    if (jid === undefined || jid.local === "") return new Error();
    return jid.isBare ? jid : new Error(`Did you mean \`${jid.bare}\`?`);
  },
});

const addressType: Type<string> = parsedType({
  says: "an IP address, `loopback` or `all`",
  parse(text) {
    if (isIP(text) !== 0 || text === "loopback" || text === "all") return text;
    return new Error(text === "localhost" ? "Did you mean `loopback`?" : "");
  },
});

const fileType: Type<string> = textType({ minLength: 1, maxLength: 4096 });

const certificatesType: Type<readonly string[]> = shorthandType(
  list(fileType, { default: [], doc: "Files.", unique: (file) => file }).type,
  {
    says: "a file",
    schema: { type: "string" },
    expand: (value) => (typeof value === "string" ? [value] : undefined),
  },
);

const portMembers = (
  port: number,
  enabled: boolean,
  otherwise: string,
): Declared<Pick<ListenerOptions, "enabled" | "port" | "addresses">> =>
  effective("now", {
    enabled: boolean({ default: enabled, doc: "Whether there is such a listener." }),
    port: integer({ default: port, min: 0, max: 65_535, doc: "The TCP port; 0 takes any that is free." }),
    addresses: list(addressType, { default: [], doc: otherwise, unique: (address) => address }),
  });

const clientListener = (port: number): Declared<ListenerOptions> =>
  options({
    ...portMembers(port, true, "As `listen.addresses`, which holds where this is empty."),
    access: reference("access_rule", {
      default: "all",
      effect: "new-sessions",
      doc: "The access rule that says who may bind a resource here.",
    }),
    shaper: reference("shaper_rule", {
      default: undefined,
      effect: "new-sessions",
      doc: "The shaper rule that says how fast a client may send once it has logged in, in place of `limits.client.rate`.",
    }),
  });

const webListener = (port: number, enabled: boolean): Declared<WebListenerOptions> =>
  options({
    ...portMembers(port, enabled, "As `listen.addresses`, but `loopback` where this is empty."),
    access: reference("access_rule", {
      default: "all",
      effect: "now",
      doc: "The access rule for the addresses that may connect here; it sees no accounts.",
    }),
  });

function listener<V>(members: Declared<V>, doc: string): Option<V> {
  const type = shorthandType(sectionType(members as Options), {
    says: "a port, false",
    schema: { anyOf: [{ type: "integer", minimum: 0, maximum: 65_535 }, { const: false }] },
    expand(value) {
      if (typeof value === "number") return { enabled: true, port: value };
      return value === false ? { enabled: false } : undefined;
    },
  });
  return section(members as Options, { type, doc }) as Option<V>;
}

const listenMembers: Declared<ListenOptions> = effective("now", {
  addresses: list(addressType, {
    default: [],
    unique: (address) => address,
    doc: "Addresses to listen on: IP addresses, `loopback` (127.0.0.1 and ::1) or `all`. Empty is `loopback` where there is no configuration file and `all` where there is one.",
  }),
  client: listener(
    clientListener(5222),
    "Clients that begin in the clear and change to TLS (STARTTLS). A port, false, or a mapping.",
  ),
  client_tls: listener(
    clientListener(5223),
    "Clients that begin with TLS (XEP-0368). A port, false, or a mapping.",
  ),
  http: listener(
    webListener(5280, true),
    "HTTP in the clear: the API for administrators. A port, false, or a mapping. On addresses that others can reach, passwords and tokens are taken only over `listen.https`.",
  ),
  https: listener(
    webListener(5443, false),
    "The same inside TLS, with the certificates of the hosts; off until it gets a port or is `enabled`.",
  ),
});

const logMembers: Declared<ServerValues["log"]> = options({
  level: choice(LEVELS, {
    default: "info",
    effect: "now",
    doc: "The least important lines that are written.",
  }),
  format: choice(["auto", "text", "json"], {
    default: "auto",
    doc: "`text` is for people, `json` for collectors; `auto` is JSON where journald reads it and text elsewhere.",
  }),
});

const httpMembers: Declared<ServerValues["http"]> = effective("now", {
  names: list(nameType, {
    default: [],
    unique: (name) => name,
    doc: "Names in URLs of this server beside its `hosts`, `localhost` and IP addresses. Requests to other names are refused, since a page of a stranger may have led a browser here.",
  }),
  requests_per_second: integer({
    default: 200,
    min: 1,
    doc: "Calls of the API in a second, from one address and with one token; more get 429.",
  }),
  requests_at_once: integer({
    default: 1000,
    min: 1,
    doc: "Calls that are taken at once after a quiet time before the rate holds.",
  }),
  metrics: reference("access_rule", {
    default: "loopback",
    doc: "The access rule for the addresses that get the figures under `/metrics`, in the format of Prometheus; it sees no accounts.",
  }),
});

/** The options of the server itself. */
const serverOptions: Declared<ServerValues> = options({
  hosts: list(domainType, {
    default: ["localhost"],
    effect: "now",
    minLength: 1,
    unique: (host) => host,
    doc: "The domains that this server serves. The first one speaks for the server where no domain is asked for.",
  }),
  admins: list(accountType, {
    default: [],
    effect: "now",
    unique: (jid) => jid.toString(),
    doc: "Accounts that may administer the server, beside those that were stored as administrators by the first setup. Each is an account of one of the `hosts`. Clients cannot register these names.",
  }),
  ...accessOptions,
  ...permissionOptions,
  certificates: option(certificatesType, {
    default: [] as readonly string[],
    effect: "new-sessions",
    doc: "PEM files with the certificates of the hosts, the chains up to the authority and the private keys, in any order and division; they are read again when they change. Without any the server makes a self-signed certificate for each host at its first start. A path is relative to the folder of the configuration file.",
  }),
  data: option(fileType, {
    default: "data",
    doc: "The directory of accounts, messages and the control socket; made when missing. A path is relative to the folder of the configuration file, or to the working directory where there is none.",
  }),
  storage: choice(["sqlite", "memory"], {
    default: "sqlite",
    doc: "`sqlite` keeps everything in the data directory. `memory` keeps nothing beyond the end of the server, accounts neither: for tests.",
  }),
  listen: section(listenMembers, { doc: "Where the server waits for connections." }),
  http: section(httpMembers, { doc: "What HTTP is served to." }),
  log: section(logMembers, { doc: "What the server writes to its standard output." }),
  limits: section(limitMembers, { doc: "What one peer may take of the server." }),
  allow_unencrypted_loopback: boolean({
    default: false,
    effect: "new-sessions",
    doc: "Lets clients on loopback addresses log in without TLS, with any mechanism. For tests and for clients that cannot do TLS; every user of this machine may then listen.",
  }),
});

/** All options: the server's own and, under `extensions`, those of each extension by its name. */
export function configurationOptions(extensions: readonly AnyExtension[]): Declared<AllValues> {
  const members: Record<string, Option<unknown>> = {};
  for (const { name, doc, config } of extensions) {
    const own = (config ?? {}) as Options;
    if (Object.hasOwn(own, "enabled")) throw new Error(`the option enabled of ${name} is the server's`);
    members[name] = extensionSection(own, doc);
  }
  return {
    ...serverOptions,
    host_config: hostConfigOption(extensions),
    extensions: section(members as Declared<AllValues["extensions"]>, {
      doc: "Options of the extensions, by name. `false` in place of the options switches an extension off.",
    }),
  };
}

function extensionSection(own: Options, doc: string): Option<unknown> {
  const members = options({
    enabled: boolean({ default: true, doc: "Whether the extension is loaded." }),
    ...own,
  });
  const type = shorthandType(sectionType(members), {
    says: "true, false",
    schema: { type: "boolean" },
    expand: (value) => (typeof value === "boolean" ? { enabled: value } : undefined),
  });
  return section(members, { type, doc });
}
