import type { Rate } from "../kernel/connection.ts";

/** Counts bytes against a rate. It may go into debt: what has arrived is taken, and the wait pays for it. */
export class TokenBucket {
  readonly #rate: Rate;
  #tokens: number;
  #refilled: number;

  /** `now`: milliseconds of the monotonic clock, as in `take`. */
  constructor(rate: Rate, now: number) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#refilled = now;
  }

  /** Milliseconds to wait before reading on; 0 while within the rate. */
  take(bytes: number, now: number): number {
    const { bytesPerSecond, burst } = this.#rate;
    const earned = ((now - this.#refilled) / 1000) * bytesPerSecond;
    this.#tokens = Math.min(burst, this.#tokens + earned) - bytes;
    this.#refilled = now;
    return this.#tokens >= 0 ? 0 : (-this.#tokens / bytesPerSecond) * 1000;
  }
}
