import type { World } from "../../base/world.ts";
import type { BlockListChange } from "../../kernel/points.ts";
import type { Router } from "../../kernel/router.ts";
import type { Roster, RosterService } from "../../kernel/services.ts";
import type { Sessions } from "../../kernel/sessions.ts";
import type { Jid } from "../../xmpp/jid.ts";
import { Stanza } from "../../xmpp/stanza.ts";
import { availableSessions, sendPresence } from "./account-presence.ts";
import type { Circle } from "./circle.ts";
import { directedPresence } from "./directed.ts";
import type { Probes } from "./probes.ts";
import { inSlices } from "./slices.ts";
import { isSubscriber } from "./subscription-state.ts";
import type { Subscriptions } from "./subscriptions.ts";

export interface BlockEffectsParts {
  readonly world: World;
  readonly roster: RosterService;
  readonly sessions: Sessions;
  readonly router: Router;
  readonly circle: Circle;
  readonly probes: Probes;
  readonly subscriptions: Subscriptions;
}

type Names = (other: Jid) => boolean;

/** What others see of an account that blocks or unblocks them (XEP-0191 §3.3, §3.4). Subscriptions stay as they are. */
export class BlockEffects {
  readonly #parts: BlockEffectsParts;

  constructor(parts: BlockEffectsParts) {
    this.#parts = parts;
  }

  async apply({ account, items, before, after }: BlockListChange): Promise<void> {
    const roster = await this.#parts.roster.of(account);
    await this.#leave(account, roster, items, (other) => after(other) && !before(other));
    await this.#return(account, roster, items, (other) => before(other) && !after(other));
  }

  /** Those who have seen the account come see it go, and nobody else. */
  async #leave(account: Jid, roster: Roster, items: readonly Jid[], gone: Names): Promise<void> {
    const { sessions, router, world } = this.#parts;
    const leave = (from: Jid, to: Jid): void =>
      void router.send(Stanza.of("presence", { from, to, type: "unavailable" }));
    for (const session of sessions.of(account)) {
      for (const to of directedPresence(session).takeThose(gone)) {
        // Subscribers of a session that is available are told below.
        const told = session.presence !== undefined && isSubscriber(roster.get(to.bare));
        if (!told) leave(session.jid, to);
      }
    }
    await inSlices(audience(roster, items, gone), world, (to) => {
      for (const { jid } of availableSessions(sessions, account)) leave(jid, to);
    });
  }

  /** Each side learns of the other what it has missed. */
  async #return(account: Jid, roster: Roster, items: readonly Jid[], back: Names): Promise<void> {
    const { sessions, router, world, circle, probes, subscriptions } = this.#parts;
    await inSlices(audience(roster, items, back), world, (to) => sendPresence(sessions, router, account, to));
    const resources = items.filter((item) => item.isFull && back(item)).map((item) => item.bare.toString());
    const contacts = [...roster.subscriptions()].filter(
      (contact) => back(contact) || resources.includes(contact.toString()),
    );
    const excludes = await circle(account);
    for (const session of availableSessions(sessions, account)) {
      await probes.ask(session, contacts, excludes);
      subscriptions.deliverRequests(session, roster, (other) => excludes(other) || !back(other));
    }
  }
}

/** The subscribers that are meant, and resources of subscribers that are meant without the others of their account. */
function audience(roster: Roster, items: readonly Jid[], names: Names): Jid[] {
  const resources = items.filter(
    (item) => item.isFull && names(item) && !names(item.bare) && isSubscriber(roster.get(item.bare)),
  );
  return [...[...roster.subscribers()].filter(names), ...resources];
}
