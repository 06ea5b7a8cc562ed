import type { StanzaCondition } from "../xmpp/errors.ts";
import type { StanzaKind } from "../xmpp/stanza.ts";

/** Why a stanza ended without an answer and without a receiver; a closed list. */
export type DropReason =
  /** Errors, results and other stanzas that must not be answered (RFC 6120 §8.3.1, RFC 6121 §8). */
  | "unanswerable"
  /** Presence that changes nothing or concerns nobody here. */
  | "no-effect"
  /** A headline or presence for an account without a fitting resource (RFC 6121 §8.5.2.2). */
  | "nobody-available"
  | "blocked"
  /** A subscription request for an account that already has as many to answer as are kept (RFC 6121 §3.1.3). */
  | "too-many-requests"
  /** `no-store` for an account that is offline, where an error would tell more than it should (XEP-0334). */
  | "no-store";

/** What became of a stanza: each ends in exactly one. */
export type Outcome =
  | "delivered"
  | "stored"
  | "answered"
  | "processed"
  | `bounced:${StanzaCondition}`
  | `dropped:${DropReason}`;

export interface OutcomeCount {
  readonly kind: StanzaKind;
  readonly outcome: Outcome;
  readonly count: number;
}

const KINDS: readonly StanzaKind[] = ["message", "presence", "iq"];

/** How many stanzas came in and what became of them; the sums agree when nothing is on its way. */
export class Outcomes {
  #entered = 0;
  readonly #ended = new Map<Outcome, Record<StanzaKind, number>>();

  enter(): void {
    this.#entered++;
  }

  end(outcome: Outcome, kind: StanzaKind): void {
    let counts = this.#ended.get(outcome);
    if (counts === undefined) {
      counts = { message: 0, presence: 0, iq: 0 };
      this.#ended.set(outcome, counts);
    }
    counts[kind]++;
  }

  get stanzasIn(): number {
    return this.#entered;
  }

  get stanzasEnded(): number {
    let sum = 0;
    for (const count of this.counts().values()) sum += count;
    return sum;
  }

  /** By name, in ascending order. */
  counts(): ReadonlyMap<Outcome, number> {
    return new Map(
      this.#sorted().map(([outcome, { message, presence, iq }]) => [outcome, message + presence + iq]),
    );
  }

  /** Those that there are, by outcome and kind. */
  byKind(): readonly OutcomeCount[] {
    const all = this.#sorted().flatMap(([outcome, counts]) =>
      KINDS.map((kind) => ({ kind, outcome, count: counts[kind] })),
    );
    return all.filter(({ count }) => count > 0);
  }

  #sorted(): readonly (readonly [Outcome, Readonly<Record<StanzaKind, number>>])[] {
    return [...this.#ended].sort(([left], [right]) => (left < right ? -1 : 1));
  }
}
