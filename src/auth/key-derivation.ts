import type { Primitives, ScramHash } from "./primitives.ts";

export interface KeyDerivationOptions {
  /** How many derivations run side by side. libuv's pool has four threads, which files and DNS need too. */
  readonly concurrency?: number;
  /** How many may wait before the queue calls itself overloaded. */
  readonly queue?: number;
}

/** PBKDF2 on the thread pool, a few at a time, so that a flood of PLAIN logins cannot occupy the whole pool. */
export class KeyDerivation {
  readonly #primitives: Primitives;
  readonly #concurrency: number;
  readonly #queue: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(primitives: Primitives, options: KeyDerivationOptions = {}) {
    this.#primitives = primitives;
    this.#concurrency = options.concurrency ?? 2;
    this.#queue = options.queue ?? 256;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Who can be told to come back later should not add to the queue now. */
  get overloaded(): boolean {
    return this.#waiting.length >= this.#queue;
  }

  async derive(hash: ScramHash, password: string, salt: Uint8Array, iterations: number): Promise<Buffer> {
    if (this.#running < this.#concurrency) this.#running += 1;
    // Whoever ends hands its place over, so `#running` does not change here.
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await this.#primitives.pbkdf2(hash, password, salt, iterations);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
