import type { Jid } from "../xmpp/jid.ts";
import type { Payload } from "../xmpp/payload.ts";
import type { Stanza } from "../xmpp/stanza.ts";
import type { Session } from "./sessions.ts";

/** Who is addressed: the asker's own account (or nobody), another account of ours, or a host of ours. */
export type IqTarget = "own-account" | "other-account" | "host";

/** Who asks, and whom. */
export interface Asker {
  /** Full JID of an account, or whatever a foreign server vouches for. */
  readonly from: Jid;
  /** Whom the iq addresses; the asker's own bare JID where it has no `to`. */
  readonly to: Jid;
  /** The session of ours that asks; undefined for askers from elsewhere. */
  readonly session: Session | undefined;
  readonly stanza: Stanza;
}

// biome-ignore lint/suspicious/noConfusingVoidType: a handler may just end
type Answer<T> = T | undefined | void | Promise<T | undefined | void>;

/**
 * Routes by payload and target. A handler's value becomes the payload of the result, undefined an empty result, a thrown StanzaError the error.
 * Targets without a handler answer `service-unavailable` (RFC 6120 §8.4, RFC 6121 §8.5.3), whether the account exists or not.
 */
export interface IqRoutes {
  get<T>(
    shape: Payload<T>,
    targets: readonly IqTarget[],
    handler: (value: T, asker: Asker) => Answer<T>,
  ): void;
  set<T>(
    shape: Payload<T>,
    targets: readonly IqTarget[],
    handler: (value: T, asker: Asker) => Answer<T>,
  ): void;
  /** For streams that have not logged in yet: registration. */
  beforeLogin<T>(
    type: "get" | "set",
    shape: Payload<T>,
    handler: (value: T, stranger: Stranger) => Answer<T>,
  ): void;
}

/** Somebody who has not logged in. */
export interface Stranger {
  readonly host: string;
  readonly remoteAddress: string;
  readonly loopback: boolean;
}

/** What a stream asks for an iq before login; undefined when no route takes it. */
export interface IqBeforeLogin {
  answer(frameStanza: Stanza, stranger: Stranger): Promise<Stanza | undefined>;
}
