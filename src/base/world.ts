import { randomBytes } from "node:crypto";
import { performance } from "node:perf_hooks";

/** Cancels what it stands for; calling it twice is harmless. */
export type Cancel = () => void;

/**
 * What the outside gives to the server: time, timers and chance. It comes in through constructors, so that two servers
 * run in one process and a test can hold the clock.
 */
export interface World {
  /** Wall clock, milliseconds since 1970; may step in either direction. */
  now(): number;
  /** Milliseconds since some fixed moment; never steps back. */
  monotonic(): number;
  /** `length` bytes from a cryptographically secure source. */
  random(length: number): Buffer;
  /** Calls `action` once after `milliseconds` (clamped to 2^31 − 1); does not keep the process alive. */
  after(milliseconds: number, action: () => void): Cancel;
  /** Calls `action` every `milliseconds`; does not keep the process alive. */
  every(milliseconds: number, action: () => void): Cancel;
  /** Calls `action` at the end of this turn of the event loop, after what has already arrived was read. */
  soon(action: () => void): void;
}

const LONGEST_TIMER = 2 ** 31 - 1;

/** The real world. */
export function systemWorld(): World {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    random: (length) => randomBytes(length),
    after(milliseconds, action) {
      const timer = setTimeout(action, Math.min(milliseconds, LONGEST_TIMER));
      timer.unref();
      return () => clearTimeout(timer);
    },
    every(milliseconds, action) {
      const timer = setInterval(action, Math.min(milliseconds, LONGEST_TIMER));
      timer.unref();
      return () => clearInterval(timer);
    },
    soon(action) {
      setImmediate(action);
    },
  };
}
