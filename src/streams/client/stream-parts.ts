import type { Deadlines } from "../../base/deadlines.ts";
import type { Log } from "../../base/log.ts";
import type { World } from "../../base/world.ts";
import type { Accounts } from "../../kernel/accounts.ts";
import type { Authentication } from "../../kernel/authentication.ts";
import type { Rate } from "../../kernel/connection.ts";
import type { CrashPolicy, Hooks } from "../../kernel/hooks.ts";
import type { IqBeforeLogin } from "../../kernel/iq.ts";
import type { Rights } from "../../kernel/rights.ts";
import type { HostList, Router } from "../../kernel/router.ts";
import type { SessionTable } from "../../kernel/sessions.ts";
import type { XmlLimits } from "../../xml/limits.ts";
import type { Workspaces } from "../../xml/scanner.ts";
import type { ResumableSessions } from "./resumable-sessions.ts";
import type { SessionRecords } from "./session-records.ts";
import type { UnacknowledgedLimits } from "./stream-management.ts";

/** Limits of a phase of a stream. */
export interface PhaseLimits {
  readonly xml: XmlLimits;
  readonly rate: Rate | undefined;
  /** Bytes that may wait for a client to read them; a session with more ends. */
  readonly outputBytes: number;
}

export interface ClientStreamLimits {
  readonly beforeLogin: PhaseLimits;
  readonly session: PhaseLimits;
  /** Milliseconds until TLS is up. */
  readonly secureWithin: number;
  /** Milliseconds from then until login. */
  readonly authenticateWithin: number;
  /** Milliseconds from being given the form for a new account until login. */
  readonly registerWithin: number;
  /** Milliseconds that a stanza may take to arrive after login. */
  readonly stanzaWithin: number;
  /** Milliseconds without a word after which a client is asked whether it is there, and milliseconds for any answer. */
  readonly silence: number;
  readonly answerWithin: number;
  /** Milliseconds that a session waits at most to be resumed. */
  readonly resumeWithin: number;
  /** What may wait for a client's acknowledgement. */
  readonly unacknowledged: UnacknowledgedLimits;
  /** SASL failures after which the stream ends. */
  readonly saslFailures: number;
}

/** Names of the rules for those who log in on a listener. */
export interface ListenerRules {
  /** Who may bind a resource. */
  readonly access: string;
  /** How fast they may send; undefined: as the limits say. */
  readonly shaper: string | undefined;
}

/** What client streams work with. */
export interface ClientStreamParts {
  readonly world: World;
  readonly log: Log;
  readonly hosts: HostList;
  readonly limits: ClientStreamLimits;
  readonly deadlines: Deadlines;
  readonly authentication: Authentication;
  readonly iqBeforeLogin: IqBeforeLogin;
  readonly hooks: Hooks;
  readonly onCrash: CrashPolicy;
  readonly router: Router;
  readonly sessions: SessionTable;
  readonly rights: Pick<Rights, "allows" | "shaper">;
  readonly rules: ListenerRules;
  /** What holds for those on one host: access beside the listener's rule, the shaper in place of it. */
  hostRules(host: string): Partial<ListenerRules>;
  readonly accounts: Accounts;
  readonly records: SessionRecords;
  readonly resumable: ResumableSessions;
  /** Shared, so that a connection at rest holds no reader. */
  readonly workspaces: Workspaces;
  /** Any offered mechanism without TLS on loopback (an option that `tercet check` warns about). */
  readonly insecureLoopback: boolean;
}
