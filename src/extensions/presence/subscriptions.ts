import type { World } from "../../base/world.ts";
import type { Outcome } from "../../kernel/outcomes.ts";
import type { Domains, Router } from "../../kernel/router.ts";
import type { Roster, RosterItem, RosterService } from "../../kernel/services.ts";
import type { Session, Sessions } from "../../kernel/sessions.ts";
import { StanzaError } from "../../xmpp/errors.ts";
import type { Jid } from "../../xmpp/jid.ts";
import { Stanza } from "../../xmpp/stanza.ts";
import { availableSessions, sendPresence, withdrawPresence } from "./account-presence.ts";
import type { Circle, Excludes } from "./circle.ts";
import { paceRequest } from "./request-pace.ts";
import { inSlices } from "./slices.ts";
import { inboundStep, isSubscribed, isSubscriber, outboundStep } from "./subscription-state.ts";
import type { SubscriptionType } from "./subscription-table.ts";

/** Bytes of a request's content: it is kept until it is answered, and strangers write it (RFC 6121 §3.1.3, the second warning). */
const LARGEST_REQUEST = 16 * 1024;

export interface SubscriptionParts {
  readonly world: World;
  readonly roster: RosterService;
  readonly circle: Circle;
  readonly sessions: Sessions;
  readonly router: Router;
  readonly domains: Domains;
}

/** Subscriptions to presence (RFC 6121 §3): what Appendix A says, done to the roster and to those who have to know. */
export class Subscriptions {
  readonly #parts: SubscriptionParts;

  constructor(parts: SubscriptionParts) {
    this.#parts = parts;
  }

  /** A session's stanza for a contact. @throws StanzaError where it cannot be routed, or the roster has no room */
  async outbound(session: Session, type: SubscriptionType, stanza: Stanza): Promise<Outcome> {
    const { account } = session;
    const contact = stanza.to!.bare;
    // An account is subscribed to itself without asking.
    if (contact.equals(account)) return "dropped:no-effect";
    if (type === "subscribe") {
      checkSize(stanza);
      await paceRequest(session, this.#parts.world);
    }
    // What a shared group grants needs no asking.
    if (type === "subscribe" && (await this.#shares(account, contact, "to"))) return "dropped:no-effect";
    // RFC 6121 §3, the note: between bare JIDs, whoever sends it (§3.1.2).
    const stamped = stanza.with({ from: account, to: contact });
    return this.#parts.roster.change(account, contact, (before) => {
      const { route, state: next } = outboundStep(before, type);
      const quiet = next === undefined ? "dropped:no-effect" : "processed";
      return { next, after: () => (route ? this.#route(stamped, type, isSubscriber(before)) : quiet) };
    });
  }

  /** A contact's stanza for an account; `exists` says whether it does. @throws StanzaError policy-violation */
  async inbound(type: SubscriptionType, stanza: Stanza, exists: boolean): Promise<Outcome> {
    const to = stanza.to!;
    const account = to.bare;
    const contact = stanza.from!.bare;
    // Before anything else: the answer tells nobody whether there is such an account.
    if (type === "subscribe") checkSize(stanza);
    // RFC 6121 §8.5.1
    if (!exists || contact.equals(account)) return "dropped:no-effect";
    // RFC 6121 §8.5.3.2.2
    if (type !== "subscribe" && to.isFull && this.#parts.sessions.find(to) === undefined)
      return "dropped:nobody-available";
    const clean = stanza.with({ from: contact, to: account });
    if (type === "subscribe" && (await this.#shares(account, contact, "from"))) {
      await this.#send(account, contact, "subscribed", stanza.id);
      return "answered";
    }
    try {
      return await this.#parts.roster.change(account, contact, (before) => {
        const { deliver, reply, state: next } = inboundStep(before, type, clean);
        return {
          next,
          before: deliver ? () => this.#deliver(type, clean) : undefined,
          after: () => this.#answer(clean, reply, isSubscriber(before), deliver),
        };
      });
    } catch (error) {
      if (!(error instanceof StanzaError)) throw error;
      // No room for another request, or the account has gone meanwhile. An error would tell a stranger that there is one (RFC 6121 §8.1).
      return error.condition === "resource-constraint" ? "dropped:too-many-requests" : "dropped:no-effect";
    }
  }

  /** Who shares a group with the account still sees it. */
  async #withdraw(account: Jid, contact: Jid): Promise<void> {
    const { sessions, router } = this.#parts;
    if (!(await this.#shares(account, contact, "from")))
      await withdrawPresence(sessions, router, account, contact);
  }

  async #shares(account: Jid, contact: Jid, direction: "to" | "from"): Promise<boolean> {
    const shared = (await this.#parts.roster.of(account)).shared(contact)?.subscription;
    return shared === direction || shared === "both";
  }

  /** RFC 6121 §2.5.2: the contact is out of the roster. */
  async contactRemoved(account: Jid, contact: Jid, item: RosterItem): Promise<void> {
    const { sessions, router } = this.#parts;
    // One who is blocked has seen the end already. That the subscription ends is to be known: both sides remember it.
    const excludes = await this.#parts.circle(account);
    if (isSubscriber(item) && !excludes(contact)) await withdrawPresence(sessions, router, account, contact);
    // A request without an answer is taken back too, or its late approval would be known to one side only.
    if (isSubscribed(item) || item.ask) await this.#send(account, contact, "unsubscribe");
    if (isSubscriber(item)) await this.#send(account, contact, "unsubscribed");
  }

  /** The account goes: nobody stays subscribed to it, and it to nobody. */
  async accountRemoved(account: Jid): Promise<void> {
    const roster = await this.#parts.roster.of(account);
    const sent: (Outcome | Promise<Outcome>)[] = [];
    for (const contact of [...roster.subscriptions(), ...roster.asked()]) {
      sent.push(this.#send(account, contact, "unsubscribe"));
    }
    for (const contact of roster.subscribers()) sent.push(this.#send(account, contact, "unsubscribed"));
    for (const { from } of roster.requests()) sent.push(this.#send(account, from!, "unsubscribed"));
    await Promise.all(sent);
  }

  /** RFC 6121 §3.1.3: requests come again with each new resource until they are answered. */
  deliverRequests(session: Session, roster: Roster, excludes: Excludes): void {
    for (const request of roster.requests()) if (!excludes(request.from!)) session.send(request);
  }

  /** RFC 6121 §3.1.2: a request without an answer is sent again, in case it was lost on its way. */
  askAgain(account: Jid, roster: Roster, excludes: Excludes): void {
    const ask = (contact: Jid): void => {
      if (!excludes(contact)) void this.#send(account, contact, "subscribe");
    };
    void inSlices(roster.asked(), this.#parts.world, ask);
  }

  async #route(stanza: Stanza, type: SubscriptionType, wasSubscriber: boolean): Promise<Outcome> {
    const { sessions, router, domains } = this.#parts;
    const account = stanza.from!;
    const contact = stanza.to!;
    if (type === "unsubscribed" && wasSubscriber) await this.#withdraw(account, contact);
    // An error of the way there goes to the resource that has asked (RFC 6121 §3.1.2): the stanza itself comes from the account.
    const outcome = domains.isHost(contact.domain)
      ? await router.send(stanza)
      : await domains.owner(contact).deliver(stanza);
    // RFC 6121 §3.1.5
    if (type === "subscribed") await sendPresence(sessions, router, account, contact);
    return outcome;
  }

  #deliver(type: SubscriptionType, stanza: Stanza): void {
    const { sessions, roster } = this.#parts;
    const account = stanza.to!;
    // RFC 6121 §3.1.3 against §3.1.6, §3.2.3 and §3.3.3: requests go to available resources, the rest to interested ones.
    const receivers =
      type === "subscribe"
        ? availableSessions(sessions, account)
        : sessions.of(account).filter((session) => roster.isInterested(session));
    for (const session of receivers) session.send(stanza);
  }

  /** What the server says on behalf of the account. */
  async #answer(
    stanza: Stanza,
    reply: SubscriptionType | undefined,
    wasSubscriber: boolean,
    delivered: boolean,
  ): Promise<Outcome> {
    const { sessions, router } = this.#parts;
    const account = stanza.to!;
    const contact = stanza.from!;
    // RFC 6121 §3.3.3
    if (reply === "unsubscribed" && wasSubscriber) await this.#withdraw(account, contact);
    if (reply !== undefined) await this.#send(account, contact, reply, stanza.id);
    // RFC 6121 §3.1.3, §3.1.5
    if (reply === "subscribed") await sendPresence(sessions, router, account, contact);
    if (delivered) return stanza.type === "subscribe" ? "stored" : "processed";
    return reply === undefined ? "dropped:no-effect" : "answered";
  }

  #send(from: Jid, to: Jid, type: SubscriptionType, id?: string): Outcome | Promise<Outcome> {
    return this.#parts.router.send(Stanza.of("presence", { from, to, type, id }));
  }
}

/** @throws StanzaError policy-violation */
function checkSize(request: Stanza): void {
  if (request.inner.length > LARGEST_REQUEST) {
    throw new StanzaError("policy-violation", { text: "The request is too large to be kept" });
  }
}
