/** A session as `connected_users_info` gives it. */
export interface SessionRow {
  readonly jid: string;
  readonly connection: string;
  readonly ip: string;
  readonly port: number;
  readonly priority: number;
  readonly uptime: number;
  readonly status: string;
  readonly statustext: string;
}

/** The parts of a full address, as commands take them. Only the resource may have an @ or a second slash. */
export function splitJid(jid: string): {
  readonly user: string;
  readonly host: string;
  readonly resource: string;
} {
  const slash = jid.indexOf("/");
  const bare = slash < 0 ? jid : jid.slice(0, slash);
  const at = bare.indexOf("@");
  return {
    user: bare.slice(0, at),
    host: bare.slice(at + 1),
    resource: slash < 0 ? "" : jid.slice(slash + 1),
  };
}

/** Every word of the filter is in its address, status, or where it comes from. */
export function fits({ jid, status, statustext, ip }: SessionRow, filter: string): boolean {
  const all = `${jid} ${status} ${statustext} ${ip}`.toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}
