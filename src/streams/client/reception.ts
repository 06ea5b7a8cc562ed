import type { Cancel, World } from "../../base/world.ts";
import { MODULUS } from "./acknowledgements.ts";

/** Milliseconds that a request for acknowledgement waits at most for what was sent before it. */
const PATIENCE = 1000;

export interface ReceptionParts {
  readonly world: World;
  /** Writes `<a/>` with this value of `h`. */
  answer(h: number): void;
  /**
   * Makes durable that so many stanzas were handled; true when that is so, false when the store does not take it. undefined for a session that no
   * restart survives.
   */
  readonly persist: ((handled: number) => Promise<boolean>) | undefined;
}

/** Counts what a client has sent since it enabled stream management, and tells it what was handled (XEP-0198 §4). Numbers do not wrap here. */
export class Reception {
  readonly #parts: ReceptionParts;
  /** Handed to the router, in the hands of the router, done with, and the last of that which a restart does not undo. */
  #arrived: number;
  #begun: number;
  #handled: number;
  #durable: number;
  /** Counts that are on their way to the store together with a message, ascending. */
  #committing: number[] = [];
  #persisting = false;
  /** How many stanzas stood before the oldest request that was not answered with all of them, and before the newest. */
  #wanted: number | undefined = undefined;
  #wantedLast = 0;
  #answering = false;
  #cancelPatience: Cancel | undefined = undefined;

  constructor(parts: ReceptionParts, count = 0) {
    this.#parts = parts;
    this.#arrived = count;
    this.#begun = count;
    this.#handled = count;
    this.#durable = count;
  }

  /** Stanzas that the router is done with. */
  get handled(): number {
    return this.#handled;
  }

  /** Those of them that a restart does not undo. */
  get durable(): number {
    return this.#durable;
  }

  /** What may be told. */
  get h(): number {
    return this.#durable % MODULUS;
  }

  arrived(): void {
    this.#arrived++;
  }

  began(): void {
    this.#begun++;
  }

  /** The count that stands once the stanza that has just begun is handled; it is committed with it. */
  commits(): number {
    this.#committing.push(this.#begun);
    return this.#begun;
  }

  /** The store has refused one of those: what it knows has to be told it anew. */
  refused(): void {
    this.#committing = [];
  }

  finished(): void {
    this.#handled++;
    if (this.#committing[0] === this.#handled) {
      this.#committing.shift();
      this.#durable = this.#handled;
    }
    if (this.#parts.persist === undefined) this.#durable = this.#handled;
    if (this.#wanted !== undefined) this.#soon();
  }

  /** It is in the store that so many were handled, or cannot get there. */
  persisted(count: number): void {
    if (count > this.#durable) this.#durable = count;
    if (this.#wanted !== undefined) this.#soon();
  }

  /** `<r/>`. Many of them in one turn of the event loop get one answer. */
  request(): void {
    this.#wantedLast = this.#arrived;
    this.#wanted ??= this.#arrived;
    this.#soon();
  }

  /** Resolves when everything that was handled is durable, as far as the store takes it. */
  async makeDurable(): Promise<void> {
    const { persist } = this.#parts;
    const count = this.#handled;
    if (count === this.#durable || persist === undefined) return;
    await persist(count);
    this.persisted(count);
  }

  /** Nobody waits for an answer any more. */
  forget(): void {
    this.#wanted = undefined;
    this.#cancelPatience?.();
    this.#cancelPatience = undefined;
  }

  #soon(): void {
    if (this.#answering) return;
    this.#answering = true;
    this.#parts.world.soon(() => {
      this.#answering = false;
      this.#consider();
    });
  }

  #consider(): void {
    if (this.#wanted === undefined) return;
    if (this.#durable >= this.#wanted) {
      this.#parts.answer(this.h);
      const more = this.#wantedLast > this.#durable;
      this.forget();
      if (!more) return;
      this.#wanted = this.#wantedLast;
    }
    // What was no message has still to be written down; what comes with a message is on its way.
    if (this.#handled >= this.#wanted && this.#committing.length === 0) this.#persist();
    this.#cancelPatience ??= this.#parts.world.after(PATIENCE, () => this.#parts.answer(this.h));
  }

  #persist(): void {
    if (this.#persisting) return;
    this.#persisting = true;
    void this.makeDurable().finally(() => {
      this.#persisting = false;
      if (this.#wanted !== undefined) this.#soon();
    });
  }
}
