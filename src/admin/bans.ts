import type { World } from "../base/world.ts";
import type { Accounts } from "../kernel/accounts.ts";
import type { Bans } from "../kernel/bans.ts";
import { accountOf, host, hostsOf, named, requireAccount, user } from "../kernel/command-addresses.ts";
import * as argument from "../kernel/command-arguments.ts";
import * as result from "../kernel/command-results.ts";
import { type Command, CommandError, command } from "../kernel/commands.ts";
import { everyAccount } from "../kernel/every-account.ts";
import type { LastActivityService } from "../kernel/last-activity.ts";
import type { ServerControl } from "../kernel/server-control.ts";
import type { Sessions } from "../kernel/sessions.ts";

export interface BanServices {
  readonly accounts: Pick<Accounts, "exists">;
  readonly bans: Bans;
  readonly sessions: Sessions;
  /** undefined where nobody keeps it. */
  readonly lastActivity: LastActivityService | undefined;
  readonly server: Pick<ServerControl, "hosts">;
  readonly world: Pick<World, "now">;
}

const tags = ["accounts"];

const everyHost = argument.text("The domain, or all.");

/** ejabberd's, where no reason is given. */
const NO_REASON = "Kicked by administrator";

export function banCommands(services: BanServices): readonly Command[] {
  return [banAccount(services), unbanAccount(services), details(services), ...lists(services)];
}

function banAccount(services: BanServices): Command {
  const { bans, sessions, server, accounts, world } = services;
  return command({
    name: "ban_account",
    tags,
    version: 2,
    summary: "Ban an account",
    doc: "Its sessions end with the error `conflict` and the reason, and nobody can log in to it by any mechanism: who knows the password gets `account-disabled` with the reason. The password, the roster and everything else stay.",
    args: { user, host, reason: argument.content("What the user gets to read.") },
    result: result.code(),
    permission: "change",
    async run(args) {
      const account = await requireAccount({ accounts, hosts: server.hosts }, args.user, args.host);
      const at = world.now();
      const last =
        sessions.of(account).length > 0 ? { at, status: "ONLINE" } : await services.lastActivity?.of(account);
      const reason = args.reason === "" ? NO_REASON : args.reason;
      if (!(await bans.ban(account, { reason, at, ...(last === undefined ? {} : { last }) }))) {
        throw new CommandError("conflict", `${account} is banned already.`);
      }
    },
  });
}

function unbanAccount({ bans, accounts, server }: BanServices): Command {
  return command({
    name: "unban_account",
    tags,
    version: 2,
    summary: "Take the ban from an account",
    doc: "The password is the one that it had.",
    args: { user, host },
    result: result.code(),
    permission: "change",
    async run(args) {
      const account = await requireAccount({ accounts, hosts: server.hosts }, args.user, args.host);
      if (!(await bans.lift(account))) throw new CommandError("not_found", `${account} is not banned.`);
    },
  });
}

function details({ bans, server }: BanServices): Command {
  return command({
    name: "get_ban_details",
    tags,
    version: 2,
    summary: "Get what is known of the ban of an account",
    doc: "The reason, the date, and the date and status of its last activity before. Nothing where there is no ban.",
    args: { user, host },
    result: result.rows({ name: "string", value: "string" }),
    permission: "read",
    async run(args, context) {
      const account = accountOf(server.hosts, args.user, args.host);
      const ban = account === undefined ? undefined : await bans.of(account);
      if (ban === undefined) {
        context.note(`${named(args.user, args.host)} is not banned.`);
        return [];
      }
      return [
        { name: "reason", value: ban.reason },
        { name: "bandate", value: new Date(ban.at).toISOString() },
        { name: "lastdate", value: ban.last === undefined ? "" : new Date(ban.last.at).toISOString() },
        { name: "lastreason", value: ban.last?.status ?? "" },
      ];
    },
  });
}

function lists({ bans, server }: BanServices): readonly Command[] {
  return [
    command({
      name: "list_banned",
      tags,
      summary: "List the banned accounts of a host",
      args: { host: everyHost },
      result: result.list("account"),
      permission: "read",
      async run(args) {
        const found: string[] = [];
        const hosts = hostsOf(server.hosts, args.host);
        for await (const account of everyAccount((...page) => bans.list(...page), hosts)) {
          found.push(account.toString());
        }
        return found;
      },
    }),
    command({
      name: "count_banned",
      tags,
      summary: "Count the banned accounts of a host",
      args: { host: everyHost },
      result: result.integer("How many accounts are banned."),
      permission: "read",
      async run(args) {
        const counts = await Promise.all(
          hostsOf(server.hosts, args.host).map((domain) => bans.count(domain)),
        );
        return counts.reduce((sum, count) => sum + count, 0);
      },
    }),
  ];
}
