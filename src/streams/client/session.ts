import type { Place, Session, Slot } from "../../kernel/sessions.ts";
import type { Change } from "../../kernel/storage.ts";
import { element } from "../../xml/element.ts";
import type { StreamCondition } from "../../xmpp/errors.ts";
import type { Jid } from "../../xmpp/jid.ts";
import { DELAY } from "../../xmpp/namespaces.ts";
import type { Stanza, StanzaKind } from "../../xmpp/stanza.ts";
import { type Binding, type Line, placeOf, type SessionParts } from "./line.ts";
import { QuietTraffic } from "./quiet-traffic.ts";
import { reroute } from "./rerouting.ts";
import type { SessionFacts } from "./session-records.ts";
import { SessionState } from "./session-state.ts";
import type { Managed, StreamManagement } from "./stream-management.ts";

/** Bytes on their way to a client above which whoever can wait waits, if it may have four times as many. */
const COMFORTABLE = 128 * 1024;

const UNREAD = "Too much waits to be read";

interface Held {
  readonly stanza: Stanza;
  readonly key: number | undefined;
}

/** A bound resource of a client (RFC 6120 §7). Where its stream is managed so, it outlives the connection (XEP-0198 §5). */
export class ClientSession implements Session, Managed {
  readonly jid: Jid;
  readonly account: Jid;
  readonly since: number;
  readonly lang: string | undefined;
  place: Place;
  presence: Stanza | undefined = undefined;
  priority = 0;
  ended = false;
  hibernatingSince: number | undefined = undefined;
  management: StreamManagement | undefined = undefined;
  readonly #parts: SessionParts;
  #line: Line | undefined;
  /** A new stream has claimed the session, and has not been told what it missed. */
  #resuming = false;
  #state: SessionState;
  /** Keys of messages whose bytes may not have left yet, without stream management. */
  #unflushed: number[] = [];
  /** What waits behind something that has to be written first. */
  #held: Held[] | undefined = undefined;
  #heldBytes = 0;
  #waiters: (() => void)[] = [];
  /** There while nobody looks at the client. */
  #quiet: QuietTraffic | undefined = undefined;
  #atEnd: (() => void) | undefined = undefined;

  constructor(
    binding: Binding,
    line: Line | undefined,
    parts: SessionParts,
    state: SessionState = new SessionState(),
  ) {
    this.jid = binding.jid;
    this.account = binding.jid.bare;
    this.since = binding.since;
    this.lang = binding.lang;
    this.place = binding.place;
    this.#line = line;
    this.#parts = parts;
    this.#state = state;
  }

  send(stanza: Stanza, key?: number): void {
    if (this.#quiet !== undefined) {
      if (key === undefined && this.#quiet.hold(stanza)) return;
      // Whatever wakes the client brings along what waits, in order.
      for (const one of this.#quiet.take()) this.#pass(one, undefined);
    }
    this.#pass(stanza, key);
  }

  /** XEP-0352 §4.2: whether somebody looks. */
  setActive(active: boolean): void {
    const quiet = this.#quiet;
    if (active === (quiet === undefined)) return;
    this.#quiet = active ? undefined : new QuietTraffic();
    for (const one of quiet?.take() ?? []) this.#pass(one, undefined);
  }

  #pass(stanza: Stanza, key: number | undefined): void {
    if (this.#held === undefined) {
      this.#write(stanza, key);
      return;
    }
    this.#held.push({ stanza, key });
    if (this.#heldBytes > this.#outputLimit / 2) this.end("resource-constraint", UNREAD);
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
    if (this.ended || this.#comfortable()) return undefined;
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  end(condition: StreamCondition, text?: string): void {
    if (this.ended) return;
    if (this.#line === undefined) void this.leave();
    else this.#line.fail(condition, text);
  }

  state<T>(slot: Slot<T>): T {
    return this.#state.get(slot);
  }

  began(): void {
    this.management?.inbound.began();
  }

  handled(kind: StanzaKind): void {
    this.management?.finished(kind);
  }

  progress(): readonly Change[] {
    return this.management === undefined || this.ended ? [] : this.management.progress();
  }

  progressRefused(): void {
    this.management?.progressRefused();
  }

  /** Everything written has left. */
  drained(): void {
    if (this.#unflushed.length > 0) {
      const keys = this.#unflushed;
      this.#unflushed = [];
      this.#parts.sessions.flushed(this, keys);
    }
    this.#wake();
  }

  /** The client has got so many stanzas. @throws StreamError when it was not sent as many */
  acknowledged(h: number): void {
    const keys = this.management!.acknowledged(h);
    if (keys.length > 0) this.#parts.sessions.flushed(this, keys);
    this.#wake();
  }

  /** The session is over; what was written may still leave. `atEnd` has been called when this returns. */
  leave(): Promise<void> {
    if (this.ended) return Promise.resolve();
    this.ended = true;
    this.hibernatingSince = undefined;
    this.#parts.deadlines.clear(this);
    this.#wake();
    this.#atEnd?.();
    const { sessions, router } = this.#parts;
    const left = sessions.remove(this);
    if (this.management !== undefined) {
      const { keys, others } = this.management.outbound.take();
      this.management.end();
      if (keys.length > 0) sessions.unflushed(this, keys);
      reroute(others, this, router, sessions);
    }
    return left;
  }

  /** To be called once when the session ends. */
  whenEnded(action: () => void): void {
    this.#atEnd = action;
  }

  /** The connection of this stream is gone: the session waits to be resumed, or is over. */
  lost(line: Line): void {
    if (this.#line !== line) return;
    const max = this.management?.resumption?.max;
    if (max === undefined || this.ended) {
      void this.leave();
    } else {
      this.#line = undefined;
      this.#resuming = false;
      this.management!.disconnected();
      this.hibernate(max);
      // Whoever waits for room looks whether it should go on waiting.
      this.#wake(true);
    }
    const keys = this.#unflushed;
    this.#unflushed = [];
    if (keys.length > 0) this.#parts.sessions.unflushed(this, keys);
  }

  /** It waits so many milliseconds for its client. */
  hibernate(max: number): void {
    const { world, deadlines } = this.#parts;
    this.hibernatingSince = world.monotonic();
    deadlines.set(this, max, () => void this.leave());
  }

  /** The client has come back on another stream, and is not written to before `resume`. */
  claim(line: Line): void {
    const before = this.#line;
    this.#line = line;
    this.#resuming = true;
    this.hibernatingSince = undefined;
    this.#parts.deadlines.clear(this);
    before?.replaced();
    this.management!.disconnected();
    this.place = placeOf(line.connection);
    this.setActive(true); // XEP-0352 §5.2
    // What the client has sent before is waited for, and may wait for this.
    this.#wake();
  }

  /** Writes `answer`, and all that the client has not got again. */
  resume(answer: string): void {
    const { connection } = this.#line!;
    this.#resuming = false;
    connection.write(answer);
    for (const { stanza } of this.management!.outbound.unacknowledged()) connection.write(stanza.bytes());
    this.management!.connected();
  }

  facts(max: number): SessionFacts {
    const { lang, since, priority } = this;
    const presence = this.presence?.bytes().toString();
    const slots = this.#state.save();
    return { resource: this.jid.resource, lang, since, place: this.place, max, presence, priority, slots };
  }

  write(text: string): void {
    if (!this.#resuming) this.#line?.connection.write(text);
  }

  expectAnswer(): void {
    this.#line?.expectAnswer();
  }

  get #outputLimit(): number {
    return this.#parts.limits.session.outputBytes;
  }

  #comfortable(): boolean {
    if (this.#resuming) return true;
    const buffered = this.#line?.connection.buffered ?? 0;
    return buffered < Math.min(COMFORTABLE, this.#outputLimit / 4) && this.management?.comfortable !== false;
  }

  #write(stanza: Stanza, key: number | undefined): void {
    if (this.ended) {
      if (key !== undefined) this.#parts.sessions.unflushed(this, [key]);
    } else if (this.management !== undefined) {
      this.#writeManaged(stanza, key, this.management);
    } else {
      if (key !== undefined) this.#unflushed.push(key);
      this.#transmit(stanza);
    }
  }

  #writeManaged(stanza: Stanza, key: number | undefined, management: StreamManagement): void {
    // What waits for long holds no buffer of its neighbours.
    const seen = this.#line === undefined ? this.#delayed(stanza).kept() : stanza;
    if (management.sent(seen, key)) this.#transmit(seen);
    else this.end("resource-constraint", "Too much waits to be acknowledged");
  }

  #transmit(stanza: Stanza): void {
    if (this.#line === undefined || this.#resuming) return;
    const { connection } = this.#line;
    // What waits already counts, and not how large this is: whoever reads gets the largest stanza.
    if (connection.buffered > this.#outputLimit) this.end("resource-constraint", UNREAD);
    else connection.write(stanza.bytes());
  }

  /** XEP-0203: it was for somebody who is not there. */
  #delayed(stanza: Stanza): Stanza {
    if (stanza.kind !== "message" || stanza.has("delay", DELAY)) return stanza;
    const stamp = new Date(this.#parts.world.now()).toISOString();
    return stanza.append(element("delay", DELAY, { from: this.account.domain, stamp }));
  }

  #wake(anyway = false): void {
    if (this.#waiters.length === 0 || !(anyway || this.ended || this.#comfortable())) return;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter();
  }
}
