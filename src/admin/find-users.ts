import type { Accounts } from "../kernel/accounts.ts";
import type { Bans } from "../kernel/bans.ts";
import { host, hostOf } from "../kernel/command-addresses.ts";
import * as argument from "../kernel/command-arguments.ts";
import * as result from "../kernel/command-results.ts";
import { type Command, type CommandContext, CommandError, command } from "../kernel/commands.ts";
import type { Rights } from "../kernel/rights.ts";
import type { ServerControl } from "../kernel/server-control.ts";
import type { Sessions } from "../kernel/sessions.ts";
import { Jid } from "../xmpp/jid.ts";

export interface FindUserServices {
  readonly accounts: Pick<Accounts, "list">;
  readonly bans: Pick<Bans, "of">;
  readonly rights: Pick<Rights, "isAdministrator">;
  readonly sessions: Pick<Sessions, "of">;
  readonly server: Pick<ServerControl, "hosts">;
}

/** Names read at a time. */
const BATCH = 1000;
const MOST = 1000;

export function findUsers(services: FindUserServices): Command {
  return command({
    name: "find_users",
    tags: ["accounts"],
    summary: "List users whose name contains a text, some at a time",
    doc: "In ascending order. The next ones are those after the last name that came before; fewer than asked for mean that there are no more. The marks are `administrator` and `banned`.",
    args: {
      host,
      search: argument.text("What the name contains; empty is any name."),
      after: argument.text("Names behind this one; empty is from the beginning."),
      limit: argument.integer(`At most so many, up to ${MOST}.`, "50"),
    },
    result: result.rows({ user: "string", sessions: "integer", marks: "list" }),
    permission: "read",
    async run({ limit, search, after, ...args }, { signal }) {
      const domain = hostOf(services.server.hosts, args.host);
      if (limit < 1 || limit > MOST)
        throw new CommandError("bad_argument", `'limit' must be from 1 to ${MOST}.`);
      // Names are stored prepared: in lower case.
      const names = await find(
        services.accounts,
        domain,
        { search: search.toLowerCase(), after, limit },
        signal,
      );
      return Promise.all(names.map((name) => describe(services, name, domain)));
    },
  });
}

interface Wanted {
  readonly search: string;
  readonly after: string;
  readonly limit: number;
}

async function find(
  accounts: Pick<Accounts, "list">,
  domain: string,
  { search, after, limit }: Wanted,
  signal: CommandContext["signal"],
): Promise<readonly string[]> {
  const found: string[] = [];
  for (let last = after; found.length < limit; ) {
    if (signal.aborted) throw new CommandError("error", "It was cancelled.");
    const size = search === "" ? limit : BATCH;
    const page = await accounts.list(domain, last === "" ? { limit: size } : { after: last, limit: size });
    found.push(...page.filter((name) => name.includes(search)));
    if (page.length < size) break;
    last = page.at(-1)!;
  }
  return found.slice(0, limit);
}

async function describe(
  { bans, rights, sessions }: FindUserServices,
  user: string,
  domain: string,
): Promise<{ readonly user: string; readonly sessions: number; readonly marks: readonly string[] }> {
  const account = Jid.of(user, domain)!;
  const marks: string[] = [];
  if (rights.isAdministrator(account)) marks.push("administrator");
  if ((await bans.of(account)) !== undefined) marks.push("banned");
  return { user, sessions: sessions.of(account).length, marks };
}
