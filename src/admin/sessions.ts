import * as result from "../kernel/command-results.ts";
import { type Command, command } from "../kernel/commands.ts";
import type { Session } from "../kernel/sessions.ts";

export interface SessionServices {
  readonly sessions: { connected(): Iterable<Pick<Session, "jid">>; readonly size: number };
}

export function sessionCommands({ sessions }: SessionServices): readonly Command[] {
  return [
    command({
      name: "connected_users",
      tags: ["sessions"],
      summary: "List the full address of every session",
      args: {},
      result: result.list("session"),
      permission: "read",
      run: () => Array.from(sessions.connected(), ({ jid }) => jid.toString()),
    }),
    command({
      name: "connected_users_number",
      tags: ["sessions", "statistics"],
      summary: "Count the sessions",
      args: {},
      result: result.integer("How many sessions there are."),
      permission: "read",
      run: () => sessions.size,
    }),
  ];
}
