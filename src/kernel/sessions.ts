import type { StreamCondition } from "../xmpp/errors.ts";
import type { Jid } from "../xmpp/jid.ts";
import type { Stanza, StanzaKind } from "../xmpp/stanza.ts";
import type { Change } from "./storage.ts";

/** A place where one extension keeps what it knows of a session. */
export interface Slot<T> {
  readonly name: string;
  readonly create: () => T;
  /** For what has to survive a restart of the server (XEP-0198): the value as JSON, undefined where there is nothing to keep, … */
  save?(value: T): unknown;
  /** … and back. */
  load?(saved: unknown): T;
}

/** Where a client is, and how it is connected. */
export interface Place {
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Inside TLS. */
  readonly secure: boolean;
  readonly loopback: boolean;
}

/** A bound resource. It may outlive its connection for a while (XEP-0198 §5). */
export interface Session {
  /** Full. */
  readonly jid: Jid;
  /** Bare. */
  readonly account: Jid;
  /** Of its last connection. */
  readonly place: Place;
  /** Since when, on the monotonic clock, it has had no connection and waits for its client to resume it; undefined while it is connected. */
  readonly hibernatingSince: number | undefined;
  /** Wall clock at binding, milliseconds. */
  readonly since: number;
  /** The stream's `xml:lang`. */
  readonly lang: string | undefined;
  /** The last presence without `to` while it is available; undefined before the initial one and after `unavailable`. Set by the presence rules alone. */
  presence: Stanza | undefined;
  /** Of `presence`, −128 … 127; 0 without one. Set with it. */
  priority: number;
  /** True once the session has ended; what is sent then goes nowhere. */
  readonly ended: boolean;
  /**
   * Writes a stanza to the client. `key` is its key in the message log: the stanza stops being pending when the client has acknowledged it (XEP-0198), or
   * without stream management when its bytes have left; it is delivered elsewhere when the session ends before.
   */
  send(stanza: Stanza, key?: number): void;
  /**
   * What is sent from now on waits behind what `deliver` writes with the function that it gets; not to be called again before this has resolved.
   * Rejects with what `deliver` throws.
   */
  precede(deliver: (write: Session["send"]) => Promise<void>): Promise<void>;
  /** undefined when more may be sent now; else a promise for when enough of what was sent has left, the connection is lost, or the session has ended. */
  writable(): Promise<void> | undefined;
  /** Ends the stream with this error; the session ends with it. */
  end(condition: StreamCondition, text?: string): void;
  /** What `slot` holds for this session, made at the first call. */
  state<T>(slot: Slot<T>): T;
  /** The router begins with the next stanza of this session, in the order of arrival. */
  began(): void;
  /** That stanza has its outcome: called in the order of arrival, for a message only once it is durable or refused. */
  handled(kind: StanzaKind): void;
  /** What has to be committed together with a message of this session that has just begun, so that a restart finds it counted. */
  progress(): readonly Change[];
  /** The store has refused that commit. */
  progressRefused(): void;
}

export interface Sessions {
  /** The bound sessions of an account, in the order of binding. */
  of(account: Jid): readonly Session[];
  find(full: Jid): Session | undefined;
  connected(): Iterable<Session>;
  readonly size: number;
}

/** How streams enter and leave sessions. */
export interface SessionTable extends Sessions {
  /**
   * Adds a session; one with the same full JID ends with `conflict` first (RFC 6120 §7.7.2.2, third choice), and has left when this resolves.
   * @throws StanzaError resource-constraint when the account has as many resources as it may
   */
  add(session: Session): Promise<void>;
  /** The session takes nothing any more. Resolves when what it had sent was handled and its contacts know. */
  remove(session: Session): Promise<void>;
  /** The bytes of these entries of the message log have left for the client. */
  flushed(session: Session, keys: readonly number[]): void;
  /** The session has not got these and will not: they go to another one, or go on waiting. */
  unflushed(session: Session, keys: readonly number[]): void;
  /** Adds a session that has survived a restart, and that may have been sent the messages with these keys. */
  restore(session: Session, keys: readonly number[]): void;
  /** Messages of the session's account by their keys, as they are delivered late; those that are not kept any more are missing. */
  recall(session: Session, keys: readonly number[]): Promise<ReadonlyMap<number, Stanza>>;
}
