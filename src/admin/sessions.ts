import type { World } from "../base/world.ts";
import { accountOf, host, hostOf, hostsOf, named, user } from "../kernel/command-addresses.ts";
import * as argument from "../kernel/command-arguments.ts";
import * as result from "../kernel/command-results.ts";
import { type Command, type CommandContext, CommandError, command } from "../kernel/commands.ts";
import type { ServerControl } from "../kernel/server-control.ts";
import type { Session, Sessions } from "../kernel/sessions.ts";
import { INFO_COLUMNS, infoOf, priorityOf, showOf, statusOf } from "./session-list.ts";

export interface SessionServices {
  readonly sessions: Sessions;
  readonly server: Pick<ServerControl, "node" | "hosts">;
  readonly world: Pick<World, "now">;
}

const tags = ["session"];

export function sessionCommands(services: SessionServices): readonly Command[] {
  return [...connected(services), ...ofUser(services), ...byStatus(services)];
}

function connected({ sessions, server, world }: SessionServices): readonly Command[] {
  return [
    command({
      name: "connected_users",
      tags,
      summary: "List the full address of every session",
      args: {},
      result: result.list("session"),
      permission: "read",
      run: () => Array.from(sessions.connected(), ({ jid }) => jid.toString()),
    }),
    command({
      name: "connected_users_number",
      tags: ["session", "statistics"],
      summary: "Count the sessions",
      args: {},
      result: result.integer("How many sessions there are."),
      permission: "read",
      run: () => sessions.size,
    }),
    command({
      name: "connected_users_info",
      tags,
      summary: "List every session with what is known of it",
      doc: "The connection is `c2s_tls`, or `c2s` without TLS; the uptime is in seconds. A session without presence is `unavailable` and has the priority -1.",
      args: {},
      result: result.rows({ jid: "string", ...INFO_COLUMNS }),
      permission: "read",
      run: () =>
        Array.from(sessions.connected(), (session) => ({
          jid: session.jid.toString(),
          ...infoOf(session, server.node, world.now()),
        })),
    }),
    command({
      name: "connected_users_vhost",
      tags,
      summary: "List the full address of every session of a host",
      args: { host },
      result: result.list("session"),
      permission: "read",
      run: (args) => {
        const domain = hostOf(server.hosts, args.host);
        const all = Array.from(sessions.connected(), ({ jid }) => jid);
        return all.filter((jid) => jid.domain === domain).map(String);
      },
    }),
  ];
}

/** The sessions of an account; none, and a note, where there is no such address. */
function sessionsOf(
  { sessions, server }: SessionServices,
  args: { readonly user: string; readonly host: string },
  context: CommandContext,
): readonly Session[] {
  const account = accountOf(server.hosts, args.user, args.host);
  const found = account === undefined ? [] : sessions.of(account);
  if (found.length === 0) context.note(`${named(args.user, args.host)} has no session.`);
  return found;
}

function ofUser(services: SessionServices): readonly Command[] {
  const { server, world } = services;
  return [
    command({
      name: "user_resources",
      tags,
      summary: "List the resources of a user",
      args: { user, host },
      result: result.list("resource"),
      permission: "read",
      run: (args, context) => sessionsOf(services, args, context).map(({ jid }) => jid.resource),
    }),
    command({
      name: "user_sessions_info",
      tags,
      summary: "List the sessions of a user with what is known of them",
      doc: "The columns are those of `connected_users_info`.",
      args: { user, host },
      result: result.rows(INFO_COLUMNS),
      permission: "read",
      run: (args, context) =>
        sessionsOf(services, args, context).map((session) => infoOf(session, server.node, world.now())),
    }),
    command({
      name: "num_resources",
      tags,
      summary: "Count the sessions of a user",
      args: { user, host },
      result: result.integer("How many sessions the user has."),
      permission: "read",
      run: (args, context) => sessionsOf(services, args, context).length,
    }),
    command({
      name: "resource_num",
      tags,
      summary: "Get the resource of one of a user's sessions by its number",
      args: { user, host, num: argument.integer("The number: 1 is the session that was bound first.") },
      result: result.text("The resource."),
      permission: "read",
      run(args, context) {
        const found = sessionsOf(services, args, context)[args.num - 1];
        if (found === undefined) throw new CommandError("bad_argument", `Wrong resource number: ${args.num}`);
        return found.jid.resource;
      },
    }),
  ];
}

const status = argument.text(
  "One of available, away, chat, dnd, xa; unavailable for sessions without presence; all for every session.",
);

function byStatus({ sessions, server }: SessionServices): readonly Command[] {
  const found = (domain: string, wanted: string): readonly Session[] => {
    const hosts = hostsOf(server.hosts, domain);
    return [...sessions.connected()].filter(
      (session) => hosts.includes(session.jid.domain) && (wanted === "all" || showOf(session) === wanted),
    );
  };
  const list = (domain: string, wanted: string) =>
    found(domain, wanted).map((session) => ({
      jid: session.jid.toString(),
      priority: priorityOf(session),
      status: statusOf(session),
    }));
  const rows = result.rows({ jid: "string", priority: "integer", status: "string" });
  const number = result.integer("How many sessions there are.");
  const counted = ["session", "statistics"];
  return [
    command({
      name: "status_list",
      tags,
      summary: "List the sessions with a status",
      args: { status },
      result: rows,
      permission: "read",
      run: (args) => list("all", args.status),
    }),
    command({
      name: "status_list_host",
      tags,
      summary: "List the sessions of a host with a status",
      args: { host, status },
      result: rows,
      permission: "read",
      run: (args) => list(args.host, args.status),
    }),
    command({
      name: "status_num",
      tags: counted,
      summary: "Count the sessions with a status",
      args: { status },
      result: number,
      permission: "read",
      run: (args) => found("all", args.status).length,
    }),
    command({
      name: "status_num_host",
      tags: counted,
      summary: "Count the sessions of a host with a status",
      args: { host, status },
      result: number,
      permission: "read",
      run: (args) => found(args.host, args.status).length,
    }),
  ];
}
