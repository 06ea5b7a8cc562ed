import type { Connection } from "../../kernel/connection.ts";
import type { Session, SessionTable, Slot } from "../../kernel/sessions.ts";
import type { StreamCondition } from "../../xmpp/errors.ts";
import type { Jid } from "../../xmpp/jid.ts";
import type { Stanza } from "../../xmpp/stanza.ts";

/** Bytes on their way to a client above which whoever can wait waits, if it may have four times as many. */
const COMFORTABLE = 128 * 1024;

export interface SessionFacts {
  readonly jid: Jid;
  readonly since: number;
  readonly lang: string | undefined;
}

interface Held {
  readonly stanza: Stanza;
  readonly key: number | undefined;
}

/** A bound resource on a client stream (RFC 6120 §7). */
export class ClientSession implements Session {
  readonly jid: Jid;
  readonly account: Jid;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly secure: boolean;
  readonly loopback: boolean;
  readonly since: number;
  readonly lang: string | undefined;
  presence: Stanza | undefined = undefined;
  priority = 0;
  ended = false;
  readonly #connection: Connection;
  readonly #table: SessionTable;
  readonly #outputLimit: number;
  readonly #endStream: (condition: StreamCondition, text?: string) => void;
  #slots: Map<string, unknown> | undefined = undefined;
  /** Keys of messages whose bytes may not have left yet. */
  #unflushed: number[] = [];
  /** What waits behind something that has to be written first. */
  #held: Held[] | undefined = undefined;
  #heldBytes = 0;
  #waiters: (() => void)[] = [];

  constructor(
    facts: SessionFacts,
    connection: Connection,
    table: SessionTable,
    outputLimit: number,
    endStream: (condition: StreamCondition, text?: string) => void,
  ) {
    this.jid = facts.jid;
    this.account = facts.jid.bare;
    this.since = facts.since;
    this.lang = facts.lang;
    this.remoteAddress = connection.remoteAddress;
    this.remotePort = connection.remotePort;
    this.secure = connection.tls !== undefined;
    this.loopback = connection.loopback;
    this.#connection = connection;
    this.#table = table;
    this.#outputLimit = outputLimit;
    this.#endStream = endStream;
  }

  send(stanza: Stanza, key?: number): void {
    if (this.#held === undefined) {
      this.#write(stanza, key);
      return;
    }
    this.#held.push({ stanza, key });
    if (this.#heldBytes > this.#outputLimit / 2) this.#endUnread();
    this.#heldBytes += stanza.bytes().length;
  }

  async precede(deliver: (write: Session["send"]) => Promise<void>): Promise<void> {
    this.#held = [];
    try {
      await deliver((stanza, key) => this.#write(stanza, key));
    } finally {
      const held = this.#held;
      this.#held = undefined;
      this.#heldBytes = 0;
      for (const { stanza, key } of held) this.#write(stanza, key);
    }
  }

  writable(): Promise<void> | undefined {
    if (this.ended || this.#connection.buffered < Math.min(COMFORTABLE, this.#outputLimit / 4))
      return undefined;
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  end(condition: StreamCondition, text?: string): void {
    if (!this.ended) this.#endStream(condition, text);
  }

  state<T>(slot: Slot<T>): T {
    this.#slots ??= new Map();
    let value = this.#slots.get(slot.name) as T | undefined;
    if (value === undefined) {
      value = slot.create();
      this.#slots.set(slot.name, value);
    }
    return value;
  }

  /** Everything written has left. */
  drained(): void {
    if (this.#unflushed.length > 0) {
      const keys = this.#unflushed;
      this.#unflushed = [];
      this.#table.flushed(this, keys);
    }
    if (this.#waiters.length > 0) this.#wake();
  }

  /** The stream takes nothing more; what was written may still leave. */
  leave(): Promise<void> {
    if (this.ended) return Promise.resolve();
    this.ended = true;
    this.#wake();
    return this.#table.remove(this);
  }

  /** The connection is gone. */
  closed(): void {
    const keys = this.#unflushed;
    this.#unflushed = [];
    if (keys.length > 0) this.#table.unflushed(this, keys);
  }

  #write(stanza: Stanza, key: number | undefined): void {
    if (this.ended) {
      if (key !== undefined) this.#table.unflushed(this, [key]);
      return;
    }
    if (key !== undefined) this.#unflushed.push(key);
    // What waits already counts, and not how large this is: whoever reads gets the largest stanza.
    if (this.#connection.buffered > this.#outputLimit) this.#endUnread();
    else this.#connection.write(stanza.bytes());
  }

  #endUnread(): void {
    this.end("resource-constraint", "Too much waits to be read");
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter();
  }
}
