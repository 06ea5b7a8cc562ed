import type { StreamCondition } from "../xmpp/errors.ts";
import type { Jid } from "../xmpp/jid.ts";
import type { Stanza } from "../xmpp/stanza.ts";

/** A place where one extension keeps what it knows of a session. */
export interface Slot<T> {
  readonly name: string;
  readonly create: () => T;
}

/** A connected resource. */
export interface Session {
  /** Full. */
  readonly jid: Jid;
  /** Bare. */
  readonly account: Jid;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Whether its stream has TLS. */
  readonly secure: boolean;
  readonly loopback: boolean;
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
   * Writes a stanza to the client. `key` is its key in the message log: the stanza stops being pending when its bytes have left, or is delivered
   * elsewhere when the stream dies before.
   */
  send(stanza: Stanza, key?: number): void;
  /**
   * What is sent from now on waits behind what `deliver` writes with the function that it gets; not to be called again before this has resolved.
   * Rejects with what `deliver` throws.
   */
  precede(deliver: (write: Session["send"]) => Promise<void>): Promise<void>;
  /** undefined when more may be sent now; else a promise for when enough of what was sent has left, or the session has ended. */
  writable(): Promise<void> | undefined;
  /** Ends the stream with this error; the session ends with it. */
  end(condition: StreamCondition, text?: string): void;
  /** What `slot` holds for this session, made at the first call. */
  state<T>(slot: Slot<T>): T;
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
  /** The connection of a removed session is gone, and the bytes of these may not have left. */
  unflushed(session: Session, keys: readonly number[]): void;
}
