import type { Session } from "../kernel/sessions.ts";
import { CONTENT } from "../xmpp/namespaces.ts";

/** "unavailable" without presence, else its `show`, "available" without one. */
export function showOf({ presence }: Pick<Session, "presence">): string {
  if (presence === undefined) return "unavailable";
  const show = presence.child("show", CONTENT)?.text.trim() ?? "";
  return show === "" ? "available" : show;
}

/** The first status text of its presence, "" without one. */
export function statusOf({ presence }: Pick<Session, "presence">): string {
  return presence?.child("status", CONTENT)?.text ?? "";
}

/** What the priority of a session without presence is shown as, as ejabberd does. */
export function priorityOf({ presence, priority }: Pick<Session, "presence" | "priority">): number {
  return presence === undefined ? -1 : priority;
}

export const INFO_COLUMNS = {
  connection: "string",
  ip: "string",
  port: "integer",
  priority: "integer",
  node: "string",
  uptime: "integer",
  status: "string",
  resource: "string",
  statustext: "string",
} as const;

interface SessionInfo {
  readonly connection: string;
  readonly ip: string;
  readonly port: number;
  readonly priority: number;
  readonly node: string;
  readonly uptime: number;
  readonly status: string;
  readonly resource: string;
  readonly statustext: string;
}

/** ejabberd's columns about a session; `uptime` in seconds. */
export function infoOf(session: Session, node: string, now: number): SessionInfo {
  return {
    connection: session.place.secure ? "c2s_tls" : "c2s",
    ip: session.place.remoteAddress,
    port: session.place.remotePort,
    priority: priorityOf(session),
    node,
    uptime: Math.max(0, Math.floor((now - session.since) / 1000)),
    status: showOf(session),
    resource: session.jid.resource,
    statustext: statusOf(session),
  };
}
