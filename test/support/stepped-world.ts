import { randomBytes } from "node:crypto";
import type { World } from "../../src/base/world.ts";

interface Timer {
  due: number;
  readonly every: number | undefined;
  readonly action: () => void;
}

/** A world for tests with real sockets: the clock stands until the test moves it, the end of a turn is the real one. */
export class SteppedWorld implements World {
  #now: number;
  #passed = 0;
  readonly #timers = new Set<Timer>();

  constructor(now: number = Date.now()) {
    this.#now = now;
  }

  /** Timers that are set; 0 when everything was cleaned up. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Moves the clock and calls what falls due on the way, in order. */
  pass(milliseconds: number): void {
    const end = this.#passed + milliseconds;
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#move(next.due);
      if (next.every === undefined) this.#timers.delete(next);
      else next.due += next.every;
      next.action();
    }
    this.#move(end);
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#passed;
  }

  random(length: number): Buffer {
    return randomBytes(length);
  }

  after(milliseconds: number, action: () => void): () => void {
    return this.#add({ due: this.#passed + milliseconds, every: undefined, action });
  }

  every(milliseconds: number, action: () => void): () => void {
    return this.#add({ due: this.#passed + milliseconds, every: milliseconds, action });
  }

  soon(action: () => void): void {
    setImmediate(action);
  }

  #add(timer: Timer): () => void {
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  #next(end: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.due <= end && (first === undefined || timer.due < first.due)) first = timer;
    }
    return first;
  }

  #move(to: number): void {
    this.#now += to - this.#passed;
    this.#passed = to;
  }
}
