import { addressBlock } from "../base/address-block.ts";
import { BoundedCache } from "../base/bounded-cache.ts";
import type { World } from "../base/world.ts";

export interface FailureDelayOptions {
  /** So many failures cost nothing (3). */
  readonly free?: number;
  /** Milliseconds that the next attempt waits after `free` failures (1,000); each further failure doubles it. */
  readonly first?: number;
  /** The longest wait in milliseconds (15,000): an honest login from the same address must fit into the time to log in. */
  readonly longest?: number;
  /** Milliseconds after which one failure is forgiven (30,000). */
  readonly forgiveEvery?: number;
  /** How many addresses are remembered (10,000). */
  readonly addresses?: number;
}

interface Failures {
  readonly failures: number;
  /** Monotonic time from which on forgiving counts. */
  readonly since: number;
}

/**
 * Slows down who guesses passwords, by address and never by account: else a stranger could keep the owner of an account out.
 * A success forgives nothing, because the guesser may have an account of his own.
 */
export class FailureDelay {
  readonly #world: Pick<World, "monotonic">;
  readonly #free: number;
  readonly #first: number;
  readonly #longest: number;
  readonly #forgiveEvery: number;
  readonly #most: number;
  readonly #records: BoundedCache<string, Failures>;

  constructor(world: Pick<World, "monotonic">, options: FailureDelayOptions = {}) {
    this.#world = world;
    this.#free = options.free ?? 3;
    this.#first = options.first ?? 1_000;
    this.#longest = options.longest ?? 15_000;
    this.#forgiveEvery = options.forgiveEvery ?? 30_000;
    // More failures would not wait longer, only take longer to be forgiven.
    this.#most = this.#free + Math.ceil(Math.log2(Math.max(1, this.#longest / this.#first)));
    this.#records = new BoundedCache(options.addresses ?? 10_000);
  }

  /** Milliseconds that an attempt from this address waits before anything is looked at. */
  wait(address: string): number {
    const { failures } = this.#current(addressBlock(address));
    if (failures < this.#free) return 0;
    return Math.min(this.#longest, this.#first * 2 ** (failures - this.#free));
  }

  failed(address: string): void {
    const block = addressBlock(address);
    const { failures, since } = this.#current(block);
    this.#records.set(block, { failures: Math.min(failures + 1, this.#most), since });
  }

  #current(block: string): Failures {
    const now = this.#world.monotonic();
    const record = this.#records.get(block);
    if (record === undefined) return { failures: 0, since: now };
    const forgiven = Math.floor((now - record.since) / this.#forgiveEvery);
    if (forgiven >= record.failures) return { failures: 0, since: now };
    return { failures: record.failures - forgiven, since: record.since + forgiven * this.#forgiveEvery };
  }
}
