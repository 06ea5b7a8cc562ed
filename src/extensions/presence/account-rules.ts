import { when } from "../../base/when.ts";
import type { Outcome } from "../../kernel/outcomes.ts";
import type { Router } from "../../kernel/router.ts";
import type { PresenceRules, RosterService } from "../../kernel/services.ts";
import type { Session, Sessions } from "../../kernel/sessions.ts";
import { StanzaError } from "../../xmpp/errors.ts";
import type { Jid } from "../../xmpp/jid.ts";
import type { Stanza } from "../../xmpp/stanza.ts";
import type { Circle } from "./circle.ts";
import { directedPresence } from "./directed.ts";
import { deliverPresence } from "./inbound-presence.ts";
import type { OwnPresence } from "./own-presence.ts";
import type { Probes } from "./probes.ts";
import { isSubscriber, isSubscriptionType } from "./subscription-state.ts";
import type { Subscriptions } from "./subscriptions.ts";

export interface AccountRulesParts {
  readonly circle: Circle;
  readonly own: OwnPresence;
  readonly probes: Probes;
  readonly subscriptions: Subscriptions;
  readonly roster: RosterService;
  readonly sessions: Sessions;
  readonly router: Router;
}

/** Which presence stanza means what (RFC 6121 §4.7.1), for accounts here. */
export class AccountRules implements PresenceRules {
  readonly #parts: AccountRulesParts;

  constructor(parts: AccountRulesParts) {
    this.#parts = parts;
  }

  /** @throws StanzaError bad-request */
  fromSession(session: Session, stanza: Stanza): Outcome | Promise<Outcome> {
    const { own, subscriptions, router } = this.#parts;
    const { type, to } = stanza;
    if (to === undefined) return this.#withoutAddress(session, stanza);
    if (type === undefined || type === "unavailable") return own.directed(session, stanza);
    // RFC 6121 §4.3: a client need not probe, and may.
    if (type === "error" || type === "probe") return router.send(stanza);
    if (isSubscriptionType(type)) return subscriptions.outbound(session, type, stanza);
    throw unknownType();
  }

  /** @throws StanzaError bad-request */
  toAccount(stanza: Stanza, exists: boolean): Outcome | Promise<Outcome> {
    const { probes, subscriptions } = this.#parts;
    const { type } = stanza;
    if (type === "probe") return probes.answer(stanza, exists);
    if (type === undefined || type === "unavailable" || type === "error") {
      // RFC 6121 §8.5.1
      return exists ? this.#deliver(stanza) : "dropped:no-effect";
    }
    if (!isSubscriptionType(type)) throw unknownType();
    return subscriptions.inbound(type, stanza, exists);
  }

  /** RFC 6121 §8.5.3.1 */
  allows(account: Jid, other: Jid): boolean | Promise<boolean> {
    const { sessions, roster, circle } = this.#parts;
    const to = other.bare;
    if (account.equals(to)) return true;
    return when(circle(account), (excludes) => {
      if (excludes(other)) return false;
      if (sessions.of(account).some((session) => directedPresence(session).reaches(to))) return true;
      return when(roster.of(account), (found) => isSubscriber(found.get(to)));
    });
  }

  #withoutAddress(session: Session, stanza: Stanza): Outcome | Promise<Outcome> {
    const { own, probes } = this.#parts;
    switch (stanza.type) {
      case undefined:
        return own.available(session, stanza);
      case "unavailable":
        return own.unavailable(session, stanza);
      case "probe":
        // RFC 6120 §10.3.3: for the account itself.
        return probes.answer(stanza.with({ to: session.account }), true);
      case "error":
        return "dropped:unanswerable";
      default:
        // Nobody can be subscribed to without a name.
        throw unknownType();
    }
  }

  /** The router brings here what a session sends to its own account. */
  #deliver(stanza: Stanza): Outcome | Promise<Outcome> {
    const { own, sessions } = this.#parts;
    const from = stanza.from!;
    const sender = from.bare.equals(stanza.to!) ? sessions.find(from) : undefined;
    if (sender === undefined || stanza.type === "error") return deliverPresence(sessions, stanza);
    return own.directed(sender, stanza);
  }
}

/** RFC 6121 §4.7.1. */
function unknownType(): StanzaError {
  return new StanzaError("bad-request", { text: "There is no such presence" });
}
