import type { RosterItem, SubscriptionState, SubscriptionStep } from "../../kernel/services.ts";
import type { Change } from "../../kernel/storage.ts";
import { StanzaError } from "../../xmpp/errors.ts";
import type { Jid } from "../../xmpp/jid.ts";
import type { AccountRoster } from "./account-roster.ts";
import type { RosterHistory } from "./roster-history.ts";
import { BLANK, storedForm } from "./roster-item.ts";
import type { RosterPushes } from "./roster-pushes.ts";
import type { RosterSet } from "./roster-set.ts";
import type { RosterStores, Rosters } from "./rosters.ts";
import { isSubscribed } from "./shared-items.ts";

export interface RosterLimits {
  /** Items in one roster. */
  readonly contacts: number;
  /** Bytes of their addresses, names and groups. */
  readonly size: number;
  /** Subscription requests that wait for one account. */
  readonly requests: number;
}

/** The two sides of a contact; a key that is there replaces what was. */
interface Edit {
  readonly item?: RosterItem | undefined;
  readonly request?: SubscriptionState["request"];
}

export interface RosterChangesParts {
  readonly rosters: Rosters;
  readonly stores: RosterStores;
  readonly pushes: RosterPushes;
  readonly limits: RosterLimits;
  /** The name of a new history. */
  readonly epoch: () => string;
  readonly commit: (batch: readonly Change[]) => Promise<void>;
}

/** Changes rosters: decided on what all earlier changes have left, committed, then in memory, then pushed. */
export class RosterChanges {
  readonly #parts: RosterChangesParts;

  constructor(parts: RosterChangesParts) {
    this.#parts = parts;
  }

  async change<T>(
    account: Jid,
    contact: Jid,
    decide: (state: SubscriptionState) => SubscriptionStep<T>,
  ): Promise<T> {
    const roster = await this.#parts.rosters.of(account);
    const { after } = await roster.alone(async () => {
      const before = roster.state(contact);
      const step = decide(before);
      if (step.next !== undefined) {
        await this.#edit(roster, contact, editOf(before, step.next, roster.own(contact)), step.before);
      }
      // In an object: what it promises is not waited for in here.
      return { after: step.after() };
    });
    return after;
  }

  /** What a client has set; resolves with the item that it removed. @throws StanzaError item-not-found, resource-constraint */
  async set(account: Jid, wish: RosterSet): Promise<RosterItem | undefined> {
    const roster = await this.#parts.rosters.of(account);
    return roster.alone(async () => {
      const before = roster.own(wish.contact);
      const shared = roster.shared(wish.contact)?.groups ?? [];
      if (wish.remove) {
        if (before === undefined && shared.length > 0) {
          throw new StanzaError("not-allowed", { text: "This contact comes with a shared group" });
        }
        // RFC 6121 §2.5.3
        if (before === undefined) throw new StanzaError("item-not-found");
        await this.#edit(roster, wish.contact, { item: undefined });
        return before;
      }
      const { name } = wish;
      // Clients send back what they were shown.
      const groups = wish.groups.filter((group) => !shared.includes(group));
      await this.#edit(roster, wish.contact, { item: { ...(before ?? BLANK), name, groups } });
      return undefined;
    });
  }

  /** What an administrator has set: nobody is asked, and a request that waits is answered by it where it grants what was asked for. */
  async put(
    account: Jid,
    contact: Jid,
    wish: Pick<RosterItem, "name" | "groups" | "subscription">,
  ): Promise<void> {
    const roster = await this.#parts.rosters.of(account);
    await roster.alone(async () => {
      const before = roster.own(contact) ?? BLANK;
      const ask = before.ask && !isSubscribed(wish);
      const answered = wish.subscription === "from" || wish.subscription === "both";
      await this.#edit(roster, contact, {
        item: { ...before, ...wish, ask },
        ...(answered && roster.state(contact).request !== undefined ? { request: undefined } : {}),
      });
    });
  }

  async #edit(roster: AccountRoster, contact: Jid, edit: Edit, before?: () => void): Promise<void> {
    this.#checkRoom(roster, contact, edit);
    const { account } = roster;
    const { stores } = this.#parts;
    const name = contact.toString();
    const batch: Change[] = [];
    let history: RosterHistory | undefined;
    if ("item" in edit) {
      history = roster.history.after(name, edit.item === undefined, this.#parts.epoch);
      batch.push(stores.history.set(account, history.stored));
      if (edit.item === undefined) batch.push(stores.roster.remove(account, name));
      else batch.push(stores.roster.set(account, name, storedForm(edit.item, history.version)));
    }
    if ("request" in edit) {
      if (edit.request === undefined) batch.push(stores.requests.remove(account, name));
      else batch.push(stores.requests.set(account, name, edit.request));
    }
    await this.#parts.commit(batch);
    if ("request" in edit) roster.setRequest(contact, edit.request);
    if (history !== undefined) roster.setItem(contact, edit.item, history);
    before?.();
    if (history !== undefined) {
      this.#parts.pushes.send(roster, { version: history.version, contact, item: roster.shown(contact) });
    }
  }

  #checkRoom(roster: AccountRoster, contact: Jid, edit: Edit): void {
    const { contacts, size, requests } = this.#parts.limits;
    if (edit.item !== undefined && roster.size >= contacts && roster.own(contact) === undefined) {
      throw new StanzaError("resource-constraint", { text: "The roster has no room for another contact" });
    }
    // What makes it no larger passes, also where the option was higher once.
    if (edit.item !== undefined && roster.bytesWith(contact, edit.item) > Math.max(size, roster.bytes)) {
      throw new StanzaError("resource-constraint", {
        text: "The names and groups in the roster are too long",
      });
    }
    if (edit.request === undefined || roster.state(contact).request !== undefined) return;
    if (roster.requestCount >= requests) {
      throw new StanzaError("resource-constraint", { text: "Too many requests wait for an answer" });
    }
  }
}

/** Only what differs is written: a request that comes or goes is no change of the roster that a client would see (RFC 6121 §2.6.3). */
function editOf(before: SubscriptionState, next: SubscriptionState, item: RosterItem | undefined): Edit {
  const { subscription, ask, approved, request } = next;
  const same = subscription === before.subscription && ask === before.ask && approved === before.approved;
  return {
    ...(same ? {} : { item: { ...(item ?? BLANK), subscription, ask, approved } }),
    ...(request === before.request ? {} : { request }),
  };
}
