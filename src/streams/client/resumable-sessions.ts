import { BoundedCache } from "../../base/bounded-cache.ts";
import type { Jid } from "../../xmpp/jid.ts";
import { MODULUS } from "./acknowledgements.ts";
import type { ClientSession } from "./session.ts";

/** Sessions that are over and of which is known what they had received. */
const REMEMBERED = 10_000;

interface Past {
  readonly account: Jid;
  readonly h: number;
}

/** The sessions that can be resumed, by their ids (XEP-0198 §5). */
export class ResumableSessions {
  readonly #sessions = new Map<string, ClientSession>();
  readonly #past = new BoundedCache<string, Past>(REMEMBERED);

  add(id: string, session: ClientSession): void {
    this.#sessions.set(id, session);
    session.whenEnded(() => {
      this.#sessions.delete(id);
      this.#past.set(id, { account: session.account, h: session.management!.inbound.handled % MODULUS });
    });
  }

  all(): Iterable<ClientSession> {
    return this.#sessions.values();
  }

  /** Of this account alone. */
  find(id: string, account: Jid): ClientSession | undefined {
    const session = this.#sessions.get(id);
    return session?.account.equals(account) ? session : undefined;
  }

  /** How many stanzas a session that is over had received, where that is still known. */
  past(id: string, account: Jid): number | undefined {
    const past = this.#past.get(id);
    return past?.account.equals(account) ? past.h : undefined;
  }
}
