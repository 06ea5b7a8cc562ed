import type { World } from "../base/world.ts";
import type { Accounts } from "../kernel/accounts.ts";
import { host, hostOf } from "../kernel/command-addresses.ts";
import * as argument from "../kernel/command-arguments.ts";
import * as result from "../kernel/command-results.ts";
import { type Command, type CommandContext, CommandError, command } from "../kernel/commands.ts";
import { everyAccount } from "../kernel/every-account.ts";
import type { LastActivityService } from "../kernel/last-activity.ts";
import type { Rights } from "../kernel/rights.ts";
import type { ServerControl } from "../kernel/server-control.ts";
import type { Sessions } from "../kernel/sessions.ts";

export interface OldUserServices {
  readonly accounts: Pick<Accounts, "list" | "remove">;
  readonly sessions: Sessions;
  readonly lastActivity: LastActivityService | undefined;
  readonly rights: Pick<Rights, "isAdministrator">;
  readonly server: Pick<ServerControl, "hosts">;
  readonly world: Pick<World, "now">;
}

const DAY = 24 * 60 * 60 * 1000;
const days = argument.integer("Days: who was there later stays.");
const doc =
  "Who has never logged in counts from the registration. Accounts with a session, administrators, and accounts of which nothing is known stay.";
const removed = result.text("How many accounts were removed, and which.");

export function oldUserCommands(services: OldUserServices): readonly Command[] {
  return [
    command({
      name: "delete_old_users",
      tags: ["accounts", "purge"],
      summary: "Remove users who did not log in for some days",
      doc,
      args: { days },
      result: removed,
      permission: "change",
      run: (args, context) => removeOld(services, services.server.hosts, args.days, context),
    }),
    command({
      name: "delete_old_users_vhost",
      tags: ["accounts", "purge"],
      summary: "Remove users of a host who did not log in for some days",
      doc,
      args: { host, days },
      result: removed,
      permission: "change",
      run: (args, context) =>
        removeOld(services, [hostOf(services.server.hosts, args.host)], args.days, context),
    }),
  ];
}

async function removeOld(
  services: OldUserServices,
  hosts: readonly string[],
  age: number,
  context: CommandContext,
): Promise<string> {
  const { lastActivity, world, accounts, sessions, rights } = services;
  if (age < 0) throw new CommandError("bad_argument", "'days' must not be negative.");
  if (lastActivity === undefined) {
    throw new CommandError("unavailable", "Nobody keeps the last activity: the extension 'last' is off.");
  }
  const before = world.now() - age * DAY;
  const gone: string[] = [];
  let unknown = 0;
  for await (const account of everyAccount((...page) => accounts.list(...page), hosts)) {
    if (context.signal.aborted) throw new CommandError("error", `Cancelled after ${gone.length} accounts.`);
    if (sessions.of(account).length > 0 || rights.isAdministrator(account)) continue;
    const last = await lastActivity.of(account);
    if (last === undefined) unknown++;
    if (last === undefined || last.at > before) continue;
    await accounts.remove(account);
    gone.push(account.toString());
  }
  if (unknown > 0) context.note(`Nothing is known of the last activity of ${unknown} accounts; they stay.`);
  return `Deleted ${gone.length} users: [${gone.join(",")}]`;
}
