import type { Deadlines } from "../../base/deadlines.ts";
import type { World } from "../../base/world.ts";
import type { Connection } from "../../kernel/connection.ts";
import type { Router } from "../../kernel/router.ts";
import type { SessionTable } from "../../kernel/sessions.ts";
import type { StreamCondition } from "../../xmpp/errors.ts";
import type { Jid } from "../../xmpp/jid.ts";

/** Who a session is of. */
export interface Binding {
  readonly jid: Jid;
  /** Wall clock, milliseconds. */
  readonly since: number;
  readonly lang: string | undefined;
  readonly remoteAddress: string;
  readonly loopback: boolean;
}

/** The stream that a session is on. */
export interface Line {
  readonly connection: Connection;
  /** Ends the stream with this error, and the session. */
  fail(condition: StreamCondition, text?: string): void;
  /** The session has gone on to another stream. */
  replaced(): void;
  /** Within a certain time something must come from the client. */
  expectAnswer(): void;
}

/** What sessions work with. */
export interface SessionParts {
  readonly world: World;
  readonly deadlines: Deadlines;
  readonly router: Router;
  readonly sessions: SessionTable;
  readonly limits: { readonly session: { readonly outputBytes: number } };
}
