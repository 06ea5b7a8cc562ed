import { addressBlock } from "../base/address-block.ts";
import { BoundedCache } from "../base/bounded-cache.ts";
import type { World } from "../base/world.ts";

export interface FailureDelayOptions {
  /** So many failures with one account from one address cost nothing (3). */
  readonly free?: number;
  /** So many failures with whatever accounts from one address cost nothing (30). */
  readonly freeInAll?: number;
  /** Milliseconds that the next attempt waits after `free` failures (1,000); each further failure doubles it. */
  readonly first?: number;
  /** The longest wait in milliseconds (15,000): an honest login from the same address must fit into the time to log in. */
  readonly longest?: number;
  /** Milliseconds after which one failure is forgiven (30,000). */
  readonly forgiveEvery?: number;
  /** How many addresses, and pairs of address and account, are remembered (10,000 each). */
  readonly remembered?: number;
}

interface Failures {
  readonly failures: number;
  /** Monotonic time from which on forgiving counts. */
  readonly since: number;
}

/**
 * Slows down who guesses passwords: by address and account, so that somebody whose client has an old password stands in nobody's way, and
 * after many more failures by address alone. Never by account alone: else a stranger could keep its owner out. A success forgives nothing,
 * because the guesser may have an account of his own.
 */
export class FailureDelay {
  readonly #world: Pick<World, "monotonic">;
  readonly #free: number;
  readonly #freeInAll: number;
  readonly #first: number;
  readonly #longest: number;
  readonly #forgiveEvery: number;
  readonly #pairs: BoundedCache<string, Failures>;
  readonly #addresses: BoundedCache<string, Failures>;

  constructor(world: Pick<World, "monotonic">, options: FailureDelayOptions = {}) {
    this.#world = world;
    this.#free = options.free ?? 3;
    this.#freeInAll = options.freeInAll ?? 30;
    this.#first = options.first ?? 1_000;
    this.#longest = options.longest ?? 15_000;
    this.#forgiveEvery = options.forgiveEvery ?? 30_000;
    this.#pairs = new BoundedCache(options.remembered ?? 10_000);
    this.#addresses = new BoundedCache(options.remembered ?? 10_000);
  }

  /** Milliseconds that an attempt with this account from this address waits before anything secret is looked at. */
  wait(address: string, account: string): number {
    const block = addressBlock(address);
    return Math.max(
      this.#waitAfter(this.#current(this.#pairs, pair(block, account)).failures, this.#free),
      this.#waitAfter(this.#current(this.#addresses, block).failures, this.#freeInAll),
    );
  }

  failed(address: string, account: string): void {
    const block = addressBlock(address);
    this.#count(this.#pairs, pair(block, account), this.#free);
    this.#count(this.#addresses, block, this.#freeInAll);
  }

  #waitAfter(failures: number, free: number): number {
    return failures < free ? 0 : Math.min(this.#longest, this.#first * 2 ** (failures - free));
  }

  #count(records: BoundedCache<string, Failures>, key: string, free: number): void {
    const { failures, since } = this.#current(records, key);
    // More failures would not wait longer, only take longer to be forgiven.
    const most = free + Math.ceil(Math.log2(Math.max(1, this.#longest / this.#first)));
    records.set(key, { failures: Math.min(failures + 1, most), since });
  }

  #current(records: BoundedCache<string, Failures>, key: string): Failures {
    const now = this.#world.monotonic();
    const record = records.get(key);
    if (record === undefined) return { failures: 0, since: now };
    const forgiven = Math.floor((now - record.since) / this.#forgiveEvery);
    if (forgiven >= record.failures) return { failures: 0, since: now };
    return { failures: record.failures - forgiven, since: record.since + forgiven * this.#forgiveEvery };
  }
}

function pair(block: string, account: string): string {
  return `${block} ${account}`;
}
