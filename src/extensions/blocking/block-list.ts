import { Jid } from "../../xmpp/jid.ts";

/** What a list without items counts for. */
const BASE_WEIGHT = 4;

/** Whom an account blocks: prepared addresses, as they were named. Does not change. */
export class BlockList {
  readonly items: ReadonlySet<string>;
  readonly #account: Jid;

  constructor(account: Jid, items: ReadonlySet<string>) {
    this.#account = account;
    this.items = items;
  }

  /** What it counts for in a sum that is bounded. */
  get weight(): number {
    return BASE_WEIGHT + this.items.size;
  }

  /** All items as addresses. */
  jids(): readonly Jid[] {
    return [...this.items].flatMap((item) => Jid.parse(item) ?? []);
  }

  /** XEP-0191 §6: the address itself, its account, or its whole domain is named. */
  blocks(other: Jid): boolean {
    const { items } = this;
    if (items.size === 0 || this.#isHome(other)) return false;
    return (
      items.has(other.domain) ||
      items.has(other.toString()) ||
      // A resource of a domain is named whole or not at all: its bare JID is that domain.
      items.has(other.bare.toString())
    );
  }

  /** XEP-0191 §5, the note: one's own resources are never blocked, and neither is the server that a client lives by. Others there are. */
  #isHome(other: Jid): boolean {
    const { local, domain } = this.#account;
    return other.domain === domain && (other.local === "" || other.local === local);
  }
}
