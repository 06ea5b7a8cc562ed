import { accountOf, host, hostOf, named, resource, user } from "../kernel/command-addresses.ts";
import * as argument from "../kernel/command-arguments.ts";
import * as result from "../kernel/command-results.ts";
import { type Command, command } from "../kernel/commands.ts";
import type { ServerControl } from "../kernel/server-control.ts";
import type { Session, Sessions } from "../kernel/sessions.ts";

export interface KickServices {
  readonly sessions: Sessions;
  readonly server: Pick<ServerControl, "hosts">;
}

/** ejabberd's, where no reason is given. */
const NO_REASON = "Kicked by administrator";

/** How `kick_user` and `kick_users` end sessions: clients may try again, which they rarely do after `conflict`. */
function kick(sessions: readonly Session[]): number {
  for (const session of sessions) session.end("policy-violation", "has been kicked");
  return sessions.length;
}

export function kickCommands({ sessions, server }: KickServices): readonly Command[] {
  return [
    command({
      name: "kick_session",
      tags: ["session"],
      summary: "End one session of a user",
      doc: "Its stream ends with the error `conflict` and the reason. A session that does not exist is no failure.",
      args: { user, host, resource, reason: argument.content("What the user gets to read.") },
      result: result.code(),
      permission: "change",
      run(args, context) {
        const account = accountOf(server.hosts, args.user, args.host);
        const full = account?.withResource(args.resource);
        const session = full === undefined ? undefined : sessions.find(full);
        if (session === undefined) {
          context.note(`There is no session ${named(args.user, args.host, args.resource)}.`);
          return;
        }
        session.end("conflict", args.reason === "" ? NO_REASON : args.reason);
      },
    }),
    command({
      name: "kick_user",
      tags: ["session"],
      summary: "End all sessions of a user",
      doc: 'Their streams end with the error `policy-violation` and the text "has been kicked".',
      args: { user, host },
      result: result.text("How many sessions were ended."),
      permission: "change",
      run(args, context) {
        const account = accountOf(server.hosts, args.user, args.host);
        if (account === undefined) context.note(`There is no account ${named(args.user, args.host)}.`);
        // A copy: what ends leaves the list.
        return `Kicked sessions: ${kick(account === undefined ? [] : [...sessions.of(account)])}`;
      },
    }),
    command({
      name: "kick_users",
      tags: ["session"],
      summary: "End all sessions of a host",
      doc: "As `kick_user` for each of its users.",
      args: { host },
      result: result.integer("How many sessions were ended."),
      permission: "change",
      run(args) {
        const domain = hostOf(server.hosts, args.host);
        return kick([...sessions.connected()].filter(({ jid }) => jid.domain === domain));
      },
    }),
  ];
}
