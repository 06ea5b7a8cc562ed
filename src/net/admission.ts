import { addressBlock } from "../base/address-block.ts";
import type { Log } from "../base/log.ts";
import type { World } from "../base/world.ts";

/** How many connections an address may have; the addresses of one block (`addressBlock`) count as one. */
export interface ConnectionLimits {
  /** Connections of one address that have not logged in. */
  readonly unauthenticatedPerAddress: number;
  /** Connections of one address in all. */
  readonly perAddress: number;
  /** Connections that have not logged in, of all addresses together. */
  readonly unauthenticated: number;
  /** All connections. */
  readonly total: number;
  /** New connections a second from one address, and how many at once after a quiet time. */
  readonly ratePerAddress: number;
  readonly burstPerAddress: number;
}

export const DEFAULT_LIMITS: ConnectionLimits = {
  unauthenticatedPerAddress: 20,
  perAddress: 500,
  unauthenticated: 5_000,
  total: 100_000,
  ratePerAddress: 100,
  burstPerAddress: 500,
};

/** What one connection holds; given back exactly once. */
export interface Admitted {
  /** The peer has logged in. */
  authenticated(): void;
  /** The connection is gone. */
  leave(): void;
}

/** How often refusals are reported and addresses of long ago forgotten, in milliseconds. */
const SWEEP = 10_000;

class Visitor {
  open = 0;
  unauthenticated = 0;
  tokens: number;
  refilled: number;

  constructor(tokens: number, now: number) {
    this.tokens = tokens;
    this.refilled = now;
  }
}

/** Counts the connections of all listeners that share it, and refuses those beyond the limits. */
export class Admission {
  #limits: ConnectionLimits;
  readonly #world: World;
  readonly #log: Log;
  readonly #visitors = new Map<string, Visitor>();
  #open = 0;
  #unauthenticated = 0;
  #refused = 0;
  #refusedLast = "";
  #stopSweep: (() => void) | undefined;

  constructor(world: World, log: Log, limits: ConnectionLimits = DEFAULT_LIMITS) {
    this.#world = world;
    this.#log = log;
    this.#limits = limits;
  }

  /** Connections that come from now on are held to these. */
  use(limits: ConnectionLimits): void {
    this.#limits = limits;
  }

  get open(): number {
    return this.#open;
  }

  get unauthenticated(): number {
    return this.#unauthenticated;
  }

  /** Addresses remembered: those with connections and those of the last seconds. */
  get addresses(): number {
    return this.#visitors.size;
  }

  /** undefined: over a limit, the connection is to be dropped without a word (XEP-0205 §3). */
  admit(address: string): Admitted | undefined {
    const key = addressBlock(address);
    const now = this.#world.monotonic();
    let visitor = this.#visitors.get(key);
    if (visitor === undefined) {
      visitor = new Visitor(this.#limits.burstPerAddress, now);
      this.#visitors.set(key, visitor);
      this.#stopSweep ??= this.#world.every(SWEEP, () => this.#sweep());
    }
    this.#refill(visitor, now);
    if (this.#full(visitor)) {
      this.#refused++;
      this.#refusedLast = address;
      return undefined;
    }
    visitor.tokens--;
    visitor.open++;
    visitor.unauthenticated++;
    this.#open++;
    this.#unauthenticated++;
    return new Place(this, visitor);
  }

  /** For `Place` only. */
  release(visitor: Visitor, authenticated: boolean, gone: boolean): void {
    if (!authenticated) {
      visitor.unauthenticated--;
      this.#unauthenticated--;
    }
    if (gone) {
      visitor.open--;
      this.#open--;
    }
  }

  #full(visitor: Visitor): boolean {
    const limits = this.#limits;
    return (
      visitor.tokens < 1 ||
      visitor.unauthenticated >= limits.unauthenticatedPerAddress ||
      visitor.open >= limits.perAddress ||
      this.#unauthenticated >= limits.unauthenticated ||
      this.#open >= limits.total
    );
  }

  #refill(visitor: Visitor, now: number): void {
    const earned = ((now - visitor.refilled) / 1000) * this.#limits.ratePerAddress;
    visitor.tokens = Math.min(this.#limits.burstPerAddress, visitor.tokens + earned);
    visitor.refilled = now;
  }

  #sweep(): void {
    const now = this.#world.monotonic();
    for (const [key, visitor] of this.#visitors) {
      this.#refill(visitor, now);
      if (visitor.open === 0 && visitor.tokens >= this.#limits.burstPerAddress) this.#visitors.delete(key);
    }
    if (this.#refused > 0) {
      // One line for all: a log that grows with a flood is a second attack.
      this.#log.warn("connections refused over the limits", {
        count: this.#refused,
        lastAddress: this.#refusedLast,
      });
      this.#refused = 0;
    }
    if (this.#visitors.size === 0) {
      this.#stopSweep?.();
      this.#stopSweep = undefined;
    }
  }
}

class Place implements Admitted {
  readonly #admission: Admission;
  readonly #visitor: Visitor;
  #authenticated = false;
  #left = false;

  constructor(admission: Admission, visitor: Visitor) {
    this.#admission = admission;
    this.#visitor = visitor;
  }

  authenticated(): void {
    if (this.#authenticated || this.#left) return;
    this.#authenticated = true;
    this.#admission.release(this.#visitor, false, false);
  }

  leave(): void {
    if (this.#left) return;
    this.#left = true;
    this.#admission.release(this.#visitor, this.#authenticated, true);
  }
}
