import type { Stanza } from "../../xmpp/stanza.ts";

/** XEP-0198 §4: counters are 32 bits wide and wrap. */
export const MODULUS: number = 2 ** 32;

/** A stanza that the client has not acknowledged. */
export interface Unacknowledged {
  readonly stanza: Stanza;
  /** Its key in the message log, where it has one. */
  readonly key: number | undefined;
}

/** A stanza of the message log that was not acknowledged: its number on the stream, null where it was never sent, and its key. */
export type Reference = readonly [number: number | null, key: number];

/** What was sent to a client and not acknowledged (XEP-0198 §4). */
export class Acknowledgements {
  /** `h` as the client last reported it. */
  #acknowledged = 0;
  #queue: Unacknowledged[] = [];
  #bytes = 0;
  /** After a restart, until the client says what it has got: what is known of the queue before it. */
  #remembered: readonly Reference[] | undefined = undefined;

  /** As it was when the server ended. */
  static restored(remembered: readonly Reference[]): Acknowledgements {
    const restored = new Acknowledgements();
    restored.#remembered = remembered;
    return restored;
  }

  /** Stanzas sent since the counting began, as the client should count them. */
  get sent(): number {
    return (this.#acknowledged + this.#queue.length) % MODULUS;
  }

  get waiting(): number {
    return this.#queue.length + (this.#remembered?.length ?? 0);
  }

  /** Of what waits, in the form that goes out. */
  get bytes(): number {
    return this.#bytes;
  }

  /** A restart lies between what was sent and what the client will say of it. */
  get interrupted(): boolean {
    return this.#remembered !== undefined;
  }

  /** A stanza goes out. */
  push(stanza: Stanza, key: number | undefined): void {
    this.#queue.push({ stanza, key });
    this.#bytes += stanza.bytes().length;
  }

  /** The keys of what `h` covers and was not covered before; undefined when the client cannot have got that much (XEP-0198 §6). */
  acknowledge(h: number): readonly number[] | undefined {
    const count = (h - this.#acknowledged + MODULUS) % MODULUS;
    if (count > this.#queue.length) return undefined;
    this.#acknowledged = h;
    const keys: number[] = [];
    for (const { stanza, key } of this.#queue.splice(0, count)) {
      this.#bytes -= stanza.bytes().length;
      if (key !== undefined) keys.push(key);
    }
    return keys;
  }

  /** After a restart the counting goes on where the client says. The keys of what it has got. */
  adopt(h: number): readonly number[] {
    const got: number[] = [];
    const missing: Reference[] = [];
    for (const [number, key] of this.#remembered ?? []) {
      // Numbers wrap: what is less than half of them ahead is behind `h`.
      if (number !== null && (h - number + MODULUS) % MODULUS < MODULUS / 2) got.push(key);
      else missing.push([null, key]);
    }
    this.#remembered = missing;
    this.#acknowledged = h;
    return got;
  }

  /** The keys of what was sent before a restart and has to be sent again. */
  get missing(): readonly number[] {
    return (this.#remembered ?? []).map(([, key]) => key);
  }

  /** What was missing is here, and comes before everything else. */
  complete(found: readonly Unacknowledged[]): void {
    this.#remembered = undefined;
    this.#queue.unshift(...found);
    for (const { stanza } of found) this.#bytes += stanza.bytes().length;
  }

  /** In the order of sending. */
  unacknowledged(): readonly Unacknowledged[] {
    return this.#queue;
  }

  /** What can be found again after a restart. */
  references(): readonly Reference[] {
    const list: Reference[] = [...(this.#remembered ?? [])];
    let number = this.#acknowledged;
    for (const { key } of this.#queue) {
      number = (number + 1) % MODULUS;
      if (key !== undefined) list.push([this.interrupted ? null : number, key]);
    }
    return list;
  }

  /** Everything unacknowledged, for somebody else to take care of: keys of the message log, and stanzas without one. */
  take(): { readonly keys: readonly number[]; readonly others: readonly Stanza[] } {
    const keys = this.missing.slice();
    const others: Stanza[] = [];
    for (const { stanza, key } of this.#queue) {
      if (key === undefined) others.push(stanza);
      else keys.push(key);
    }
    this.#queue = [];
    this.#bytes = 0;
    this.#remembered = undefined;
    return { keys, others };
  }
}
