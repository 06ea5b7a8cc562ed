import { randomBytes } from "node:crypto";
import { performance } from "node:perf_hooks";
import type { World } from "../../src/base/world.ts";

/** Node's longest timer. */
const LONGEST = 2 ** 31 - 1;

interface Timer {
  due: number;
  readonly every: number | undefined;
  readonly action: () => void;
  handle: NodeJS.Timeout | undefined;
}

/** The real world, whose clock a test may put forward: what would be due by then happens at once, in order. */
export class LeapingWorld implements World {
  #leapt = 0;
  /** While a leap calls timers, the moment of the one that is called. */
  #at: number | undefined;
  readonly #timers = new Set<Timer>();

  /** Timers that are set. */
  get timers(): number {
    return this.#timers.size;
  }

  leap(milliseconds: number): void {
    const end = this.monotonic() + milliseconds;
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#at = next.due;
      this.#fire(next);
    }
    this.#at = undefined;
    this.#leapt += milliseconds;
    for (const timer of this.#timers) this.#arm(timer);
  }

  now(): number {
    return performance.timeOrigin + this.monotonic();
  }

  monotonic(): number {
    return this.#at ?? performance.now() + this.#leapt;
  }

  random(length: number): Buffer {
    return randomBytes(length);
  }

  after(milliseconds: number, action: () => void): () => void {
    return this.#add({ due: this.monotonic() + milliseconds, every: undefined, action, handle: undefined });
  }

  every(milliseconds: number, action: () => void): () => void {
    return this.#add({
      due: this.monotonic() + milliseconds,
      every: milliseconds,
      action,
      handle: undefined,
    });
  }

  soon(action: () => void): void {
    setImmediate(action);
  }

  #add(timer: Timer): () => void {
    this.#timers.add(timer);
    this.#arm(timer);
    return () => {
      clearTimeout(timer.handle);
      this.#timers.delete(timer);
    };
  }

  #arm(timer: Timer): void {
    clearTimeout(timer.handle);
    const wait = Math.min(Math.max(timer.due - this.monotonic(), 0), LONGEST);
    timer.handle = setTimeout(() => this.#rang(timer), wait).unref();
  }

  #rang(timer: Timer): void {
    if (timer.due <= this.monotonic()) this.#fire(timer);
    else this.#arm(timer);
  }

  #fire(timer: Timer): void {
    if (timer.every === undefined) {
      clearTimeout(timer.handle);
      this.#timers.delete(timer);
    } else {
      timer.due = Math.max(timer.due, this.#at ?? this.monotonic()) + timer.every;
      this.#arm(timer);
    }
    timer.action();
  }

  #next(end: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.due <= end && (first === undefined || timer.due < first.due)) first = timer;
    }
    return first;
  }
}
