import { BoundedCache } from "./bounded-cache.ts";
import type { World } from "./world.ts";

export interface RateLimitSettings {
  /** So many a second on the average. */
  readonly perSecond: number;
  /** So many at once after a quiet time. */
  readonly atOnce: number;
}

/** Whom it counts at the same time; the one heard of least recently is forgotten. */
const REMEMBERED = 10_000;

interface Account {
  left: number;
  at: number;
}

/** How often somebody may do something: a token bucket for each. */
export class RateLimit {
  readonly #world: Pick<World, "monotonic">;
  readonly #settings: RateLimitSettings;
  readonly #accounts = new BoundedCache<string, Account>(REMEMBERED);

  constructor(world: Pick<World, "monotonic">, settings: RateLimitSettings) {
    this.#world = world;
    this.#settings = settings;
  }

  /** Counts one; milliseconds until it would be allowed where it is not now, else 0. */
  take(who: string): number {
    const { perSecond, atOnce } = this.#settings;
    const now = this.#world.monotonic();
    const account = this.#accounts.get(who) ?? { left: atOnce, at: now };
    account.left = Math.min(atOnce, account.left + ((now - account.at) / 1000) * perSecond);
    account.at = now;
    this.#accounts.set(who, account);
    if (account.left < 1) return Math.ceil(((1 - account.left) / perSecond) * 1000);
    account.left--;
    return 0;
  }
}
