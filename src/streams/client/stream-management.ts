import type { World } from "../../base/world.ts";
import type { Change } from "../../kernel/storage.ts";
import type { Jid } from "../../xmpp/jid.ts";
import type { Stanza, StanzaKind } from "../../xmpp/stanza.ts";
import { Acknowledgements, type Reference } from "./acknowledgements.ts";
import { answer, countTooHigh, REQUEST } from "./management-elements.ts";
import { Reception } from "./reception.ts";
import type {
  Recorded,
  SessionFacts,
  SessionRecord,
  SessionRecords,
  StoredSession,
} from "./session-records.ts";

/** How much may wait for a client's acknowledgement before its session ends. */
export interface UnacknowledgedLimits {
  readonly stanzas: number;
  readonly bytes: number;
}

export interface ManagementParts {
  readonly world: World;
  readonly records: SessionRecords;
  readonly unacknowledged: UnacknowledgedLimits;
}

/** How a session can be resumed. */
export interface Resumption {
  /** For others not to be guessed. */
  readonly id: string;
  /** How long it waits without a connection, milliseconds. */
  readonly max: number;
}

/** The session whose stream is managed. */
export interface Managed {
  readonly account: Jid;
  facts(max: number): SessionFacts;
  /** Writes what is no stanza. */
  write(text: string): void;
  /** An answer of the client is due, whatever it is. */
  expectAnswer(): void;
}

/** Whether an `<r/>` is out, or will be at the end of this turn of the event loop. */
type Asking = "no" | "soon" | "asked";

/** Stream management of one session (XEP-0198): what it was sent, what of its own was handled. It outlives connections. */
export class StreamManagement implements Recorded {
  readonly resumption: Resumption | undefined;
  readonly outbound: Acknowledgements;
  readonly inbound: Reception;
  readonly #session: Managed;
  readonly #parts: ManagementParts;
  readonly #record: SessionRecord | undefined;
  #asking: Asking = "no";

  constructor(
    session: Managed,
    parts: ManagementParts,
    resumption: Resumption | undefined,
    stored?: Pick<StoredSession, "handled" | "references">,
  ) {
    this.#session = session;
    this.#parts = parts;
    this.resumption = resumption;
    this.outbound =
      stored === undefined ? new Acknowledgements() : Acknowledgements.restored(stored.references);
    this.#record = resumption && parts.records.create(resumption.id, this);
    const record = this.#record;
    this.inbound = new Reception(
      {
        world: parts.world,
        answer: (h) => session.write(answer(h)),
        persist: record && (() => record.save()),
      },
      stored?.handled,
    );
  }

  // Recorded

  get account(): Jid {
    return this.#session.account;
  }

  get handled(): number {
    return this.inbound.handled;
  }

  get durable(): number {
    return this.inbound.durable;
  }

  facts(): SessionFacts {
    return this.#session.facts(this.resumption!.max);
  }

  references(): readonly Reference[] {
    return this.outbound.references();
  }

  persisted(handled: number): void {
    this.inbound.persisted(handled);
  }

  // What is sent

  /** A stanza goes out, now or when the client is back. False: there is no room for another one. */
  sent(stanza: Stanza, key: number | undefined): boolean {
    const { stanzas, bytes } = this.#parts.unacknowledged;
    // What waits already counts, and not how large this is: whoever answers gets the largest stanza.
    const room = this.outbound.waiting < stanzas && this.outbound.bytes < bytes;
    this.outbound.push(stanza, key);
    if (key !== undefined) this.#record?.touch(false);
    this.ask();
    return room;
  }

  /** So little waits that more may come. */
  get comfortable(): boolean {
    const { stanzas, bytes } = this.#parts.unacknowledged;
    return this.outbound.waiting < stanzas / 4 && this.outbound.bytes < bytes / 4;
  }

  /** `<a/>`. The keys of what the client has got. @throws StreamError when that is more than it was sent (XEP-0198 §6) */
  acknowledged(h: number): readonly number[] {
    const before = this.outbound.waiting;
    const keys = this.outbound.acknowledge(h);
    if (keys === undefined) throw countTooHigh(h, this.outbound.sent);
    if (keys.length > 0) this.#record?.touch(false);
    if (this.#asking === "asked") this.#asking = "no";
    // A client that has not come further is asked again with the next stanza, not over and over.
    if (this.outbound.waiting < before) this.ask();
    return keys;
  }

  /** Asks for an acknowledgement where there is something to acknowledge, or anyway to hear whether the client is there. */
  ask(anyway = false): void {
    if (this.#asking === "soon" || (this.#asking === "asked" && !anyway)) return;
    this.#asking = "soon";
    this.#parts.world.soon(() => {
      if (this.#asking !== "soon") return;
      this.#asking = "no";
      if (this.outbound.waiting === 0 && !anyway) return;
      this.#asking = "asked";
      this.#session.write(REQUEST);
      this.#session.expectAnswer();
    });
  }

  // What comes in

  arrived(): void {
    this.inbound.arrived();
  }

  finished(kind: StanzaKind): void {
    this.inbound.finished();
    // Messages change nothing that a record tells, and are counted with their commit.
    if (kind !== "message") this.#record?.touch(true);
  }

  progress(): readonly Change[] {
    return this.#record === undefined ? [] : this.#record.changes(this.inbound.commits());
  }

  progressRefused(): void {
    this.inbound.refused();
    this.#record?.refused();
  }

  // The session's life

  /** Writes everything that a restart must find; resolves when it is durable or refused. */
  async save(): Promise<void> {
    await this.#record?.save();
  }

  /** The record is to tell what it tells now, soon. */
  touch(): void {
    this.#record?.touch(true);
  }

  /** Tells the client what was handled without being asked. */
  tell(): void {
    this.#session.write(answer(this.inbound.h));
  }

  /** The client has come back and has been sent again what it may not have: what it was asked meanwhile it has not heard. */
  connected(): void {
    this.#asking = "no";
    this.ask();
  }

  /** There is no connection any more. */
  disconnected(): void {
    this.#asking = "no";
    this.inbound.forget();
  }

  /** The session is over. */
  end(): void {
    this.disconnected();
    void this.#record?.remove();
  }
}
