import { accountOf, host, named, resource, user } from "../kernel/command-addresses.ts";
import * as argument from "../kernel/command-arguments.ts";
import * as result from "../kernel/command-results.ts";
import { type Command, CommandError, command } from "../kernel/commands.ts";
import type { Router } from "../kernel/router.ts";
import type { ServerControl } from "../kernel/server-control.ts";
import type { Session, Sessions } from "../kernel/sessions.ts";
import { element } from "../xml/element.ts";
import type { Jid } from "../xmpp/jid.ts";
import { CONTENT } from "../xmpp/namespaces.ts";
import { Stanza } from "../xmpp/stanza.ts";
import { showOf, statusOf } from "./session-list.ts";

export interface PresenceServices {
  readonly sessions: Sessions;
  readonly router: Pick<Router, "receive" | "whenSettled">;
  readonly server: Pick<ServerControl, "hosts">;
}

export function presenceCommands(services: PresenceServices): readonly Command[] {
  return [getPresence(services), setPresence(services)];
}

/** The one with the highest priority; an available one before those that are not. */
function foremost(sessions: readonly Session[]): Session | undefined {
  const rank = ({ presence, priority }: Session): number =>
    presence === undefined ? Number.NEGATIVE_INFINITY : priority;
  return sessions.reduce<Session | undefined>(
    (best, session) => (best === undefined || rank(session) > rank(best) ? session : best),
    undefined,
  );
}

function getPresence({ sessions, server }: PresenceServices): Command {
  return command({
    name: "get_presence",
    tags: ["session"],
    summary: "Get the presence of a user",
    doc: "That of the session with the highest priority: available, away, chat, dnd, xa or unavailable.",
    args: { user, host },
    result: result.row({ jid: "string", show: "string", status: "string" }),
    permission: "read",
    run(args) {
      const account = accountOf(server.hosts, args.user, args.host);
      const session = account === undefined ? undefined : foremost(sessions.of(account));
      if (session === undefined) return { jid: named(args.user, args.host), show: "unavailable", status: "" };
      return { jid: session.jid.toString(), show: showOf(session), status: statusOf(session) };
    },
  });
}

/** RFC 6121 §4.7.2.1. */
const SHOWS: ReadonlySet<string> = new Set(["", "available", "away", "chat", "dnd", "xa"]);

interface Wish {
  readonly type: string;
  readonly show: string;
  readonly status: string;
  readonly priority: number;
}

/** @throws CommandError bad_argument */
function presenceOf(jid: Jid, { type, show, status, priority }: Wish): Stanza {
  if (type !== "" && type !== "available" && type !== "unavailable") {
    throw new CommandError("bad_argument", "'type' must be available or unavailable.");
  }
  if (!SHOWS.has(show)) {
    throw new CommandError("bad_argument", "'show' must be available, away, chat, dnd or xa.");
  }
  if (priority < -128 || priority > 127) {
    throw new CommandError("bad_argument", "'priority' must be a whole number from -128 to 127.");
  }
  const text = status === "" ? undefined : element("status", CONTENT, {}, status);
  if (type === "unavailable") return Stanza.of("presence", { from: jid, type }, text);
  return Stanza.of(
    "presence",
    { from: jid },
    show === "" || show === "available" ? undefined : element("show", CONTENT, {}, show),
    text,
    element("priority", CONTENT, {}, String(priority)),
  );
}

function setPresence({ sessions, router, server }: PresenceServices): Command {
  return command({
    name: "set_presence",
    tags: ["session"],
    summary: "Set the presence of a session",
    doc: "Its contacts and the user's own sessions get it as if the client had sent it. The client itself may send another one at any time.",
    args: {
      user,
      host,
      resource,
      type: argument.text("available or unavailable."),
      show: argument.text("available, away, chat, dnd or xa."),
      status: argument.content("Text for the contacts; may be empty."),
      priority: argument.integer("From -128 to 127."),
    },
    result: result.code(),
    permission: "change",
    async run(args) {
      const full = accountOf(server.hosts, args.user, args.host)?.withResource(args.resource);
      const session = full === undefined ? undefined : sessions.find(full);
      if (session === undefined) throw new CommandError("error", "User session not found");
      router.receive(session, presenceOf(session.jid, args));
      await router.whenSettled(session);
    },
  });
}
