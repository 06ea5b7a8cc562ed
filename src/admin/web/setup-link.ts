import { createHash, timingSafeEqual } from "node:crypto";
import type { World } from "../../base/world.ts";

const TOKEN_BYTES = 16;
/** Milliseconds. */
const VALID = 15 * 60_000;

/** Somebody uses the link: nobody else can meanwhile. */
export interface SetupClaim {
  /** It was used: it never works again. */
  done(): void;
  /** It came to nothing: it works again, as long as its time lasts. */
  release(): void;
}

interface Offer {
  readonly hash: Buffer;
  readonly until: number;
  claimed: boolean;
}

/** What makes the first administrator: a link that works once and not for long. A new one replaces the one before. */
export class SetupLink {
  readonly #world: Pick<World, "monotonic" | "random">;
  #offer: Offer | undefined = undefined;

  constructor(world: Pick<World, "monotonic" | "random">) {
    this.#world = world;
  }

  /** The secret part of a new link. */
  make(): string {
    const text = this.#world.random(TOKEN_BYTES).toString("base64url");
    this.#offer = { hash: hashOf(text), until: this.#world.monotonic() + VALID, claimed: false };
    return text;
  }

  /** Whether there is one that works. */
  get isOpen(): boolean {
    return this.#offer !== undefined && this.#world.monotonic() < this.#offer.until;
  }

  /** undefined where this is not the link that works now, or somebody is using it. */
  claim(text: string): SetupClaim | undefined {
    const offer = this.#offer;
    if (offer === undefined || !this.isOpen || offer.claimed) return undefined;
    if (!timingSafeEqual(offer.hash, hashOf(text))) return undefined;
    offer.claimed = true;
    return {
      done: () => {
        if (this.#offer === offer) this.#offer = undefined;
      },
      release() {
        offer.claimed = false;
      },
    };
  }
}

function hashOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
