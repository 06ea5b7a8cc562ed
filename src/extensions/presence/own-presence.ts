import { when } from "../../base/when.ts";
import type { World } from "../../base/world.ts";
import type { Verdict } from "../../kernel/hooks.ts";
import type { Outcome } from "../../kernel/outcomes.ts";
import type { Router } from "../../kernel/router.ts";
import type { Roster, RosterService } from "../../kernel/services.ts";
import type { Session, Sessions } from "../../kernel/sessions.ts";
import type { Jid } from "../../xmpp/jid.ts";
import { Stanza } from "../../xmpp/stanza.ts";
import { availableSessions } from "./account-presence.ts";
import type { Circle, Excludes } from "./circle.ts";
import { directedPresence } from "./directed.ts";
import { deliverPresence } from "./inbound-presence.ts";
import { priorityOf } from "./priority.ts";
import type { Probes } from "./probes.ts";
import { inSlices } from "./slices.ts";
import { isSubscriber } from "./subscription-state.ts";
import type { Subscriptions } from "./subscriptions.ts";

export interface OwnPresenceParts {
  readonly world: World;
  readonly roster: RosterService;
  readonly sessions: Sessions;
  readonly router: Router;
  readonly circle: Circle;
  readonly probes: Probes;
  readonly subscriptions: Subscriptions;
  /** Addresses that a session may send directed presence to. */
  readonly directedLimit: number;
  /** The session has begun to take messages. */
  readonly takesMessages: (session: Session) => Verdict | Promise<Verdict>;
}

/** What sessions say of themselves (RFC 6121 §4.2, §4.4 to §4.6). */
export class OwnPresence {
  readonly #parts: OwnPresenceParts;

  constructor(parts: OwnPresenceParts) {
    this.#parts = parts;
  }

  /** Initial and subsequent presence. @throws StanzaError bad-request */
  available(session: Session, stanza: Stanza): Outcome | Promise<Outcome> {
    const priority = priorityOf(stanza);
    return this.#with(session.account, (roster, excludes) => {
      const initial = session.presence === undefined;
      const tookMessages = !initial && session.priority >= 0;
      session.presence = stanza.kept();
      session.priority = priority;
      return when(this.#broadcast(session, stanza, roster, excludes), () =>
        when(initial ? this.#catchUp(session, roster, excludes) : undefined, () => {
          if (tookMessages || priority < 0) return "processed";
          return when(this.#parts.takesMessages(session), () => "processed" as const);
        }),
      );
    });
  }

  /** The session takes part no longer; `stanza` is its unavailable presence. */
  unavailable(session: Session, stanza: Stanza): Outcome | Promise<Outcome> {
    return this.#with(session.account, (roster, excludes) => {
      const wasAvailable = session.presence !== undefined;
      session.presence = undefined;
      session.priority = 0;
      const directed = directedPresence(session).take();
      if (!wasAvailable && directed.length === 0) return "dropped:no-effect";
      // Only those who have seen it come see it go: subscribers only of a session that was available.
      const others = wasAvailable ? directed.filter((to) => !isSubscriber(roster.get(to.bare))) : directed;
      const told = wasAvailable ? this.#broadcast(session, stanza, roster, excludes) : undefined;
      // RFC 6121 §4.5.2: also to the resource that has become unavailable.
      if (wasAvailable) session.send(stanza.with({ to: session.account }));
      return when(told, () => {
        for (const to of others) if (!excludes(to)) void this.#parts.router.send(stanza.with({ to }));
        return "processed" as const;
      });
    });
  }

  /** RFC 6121 §4.5.2: a session that ends without a word has become unavailable all the same. */
  ended(session: Session): Outcome | Promise<Outcome> {
    return this.unavailable(session, Stanza.of("presence", { from: session.jid, type: "unavailable" }));
  }

  /** Presence for somebody in particular (RFC 6121 §4.6.3). @throws StanzaError resource-constraint */
  directed(session: Session, stanza: Stanza): Outcome | Promise<Outcome> {
    const to = stanza.to!;
    const own = to.bare.equals(session.account);
    return when(this.#parts.roster.of(session.account), (roster) => {
      const known = session.presence !== undefined && (own || isSubscriber(roster.get(to.bare)));
      if (stanza.type === "unavailable") directedPresence(session).delete(to);
      else if (!known) directedPresence(session).add(to, this.#parts.directedLimit);
      // The router has brought it to its own account already.
      return own ? deliverPresence(this.#parts.sessions, stanza) : this.#parts.router.send(stanza);
    });
  }

  #with(
    account: Jid,
    next: (roster: Roster, excludes: Excludes) => Outcome | Promise<Outcome>,
  ): Outcome | Promise<Outcome> {
    const { roster, circle } = this.#parts;
    return when(roster.of(account), (found) => when(circle(account), (excludes) => next(found, excludes)));
  }

  /** RFC 6121 §4.2.2: to the account itself, which needs no subscription, and to all subscribers. One content for all of them. */
  #broadcast(
    session: Session,
    stanza: Stanza,
    roster: Roster,
    excludes: Excludes,
  ): undefined | Promise<void> {
    const { router, sessions, world } = this.#parts;
    const copy = stanza.with({ to: session.account });
    for (const own of availableSessions(sessions, session.account)) own.send(copy);
    return inSlices(roster.subscribers(), world, (to) => {
      // Whoever was struck from the roster or blocked between two slices has seen the end already.
      if (isSubscriber(roster.get(to)) && !excludes(to)) void router.send(stanza.with({ to }));
    });
  }

  /** What was said before this session could hear it. */
  #catchUp(session: Session, roster: Roster, excludes: Excludes): undefined | Promise<void> {
    const { sessions, probes, subscriptions } = this.#parts;
    const others = availableSessions(sessions, session.account).filter((own) => own !== session);
    for (const { presence } of others) session.send(presence!.with({ to: session.account }));
    const asked = probes.ask(session, roster.subscriptions(), excludes);
    const rest = when(asked, () => {
      subscriptions.deliverRequests(session, roster, excludes);
      if (others.length === 0) subscriptions.askAgain(session.account, roster, excludes);
    });
    return rest instanceof Promise ? rest : undefined;
  }
}
