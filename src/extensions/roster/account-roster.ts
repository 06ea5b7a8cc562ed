import type { Roster, RosterItem, SubscriptionState } from "../../kernel/services.ts";
import type { SharedContact, SharedContacts } from "../../kernel/shared-contacts.ts";
import { type Element, element } from "../../xml/element.ts";
import { StanzaError } from "../../xmpp/errors.ts";
import { Jid } from "../../xmpp/jid.ts";
import type { Stanza } from "../../xmpp/stanza.ts";
import { RosterHistory, type StoredHistory } from "./roster-history.ts";
import { BLANK, fromStored, itemElement, ROSTER, type StoredItem, weightOf } from "./roster-item.ts";
import { effective, shown } from "./shared-items.ts";

/** What the stores hold for one account. */
export interface StoredRoster {
  readonly items: ReadonlyMap<string, StoredItem>;
  readonly requests: ReadonlyMap<string, Stanza>;
  readonly history: StoredHistory | undefined;
}

interface Held {
  readonly contact: Jid;
  readonly item: RosterItem;
  /** Of its last change. */
  readonly version: number;
  readonly weight: number;
}

/** One change to a roster: what a client is told of, and what only an account without an item knows. */
export interface Modification {
  readonly version: number;
  readonly contact: Jid;
  /** undefined when it was removed. */
  readonly item: RosterItem | undefined;
}

/** An account's roster in memory. Only what is committed gets into it; changes happen one after the other. */
export class AccountRoster implements Roster {
  readonly account: Jid;
  history: RosterHistory;
  readonly #source: SharedContacts | undefined;
  readonly #held = new Map<string, Held>();
  /** As `weightOf` counts. */
  bytes = 0;
  readonly #pendingIn = new Map<string, Stanza>();
  #tail: Promise<unknown> = Promise.resolve();
  #changing = 0;
  #closed = false;

  constructor(account: Jid, stored?: StoredRoster, source?: SharedContacts) {
    this.account = account;
    this.#source = source;
    this.history = new RosterHistory(stored?.history);
    for (const [name, item] of stored?.items ?? []) {
      this.#hold(name, Jid.parse(name)!, fromStored(item), item.version);
    }
    for (const [name, request] of stored?.requests ?? []) this.#pendingIn.set(name, request.kept());
  }

  get size(): number {
    return this.#held.size;
  }

  /** What `bytes` would be with this item. */
  bytesWith(contact: Jid, item: RosterItem): number {
    return this.bytes - (this.#held.get(contact.toString())?.weight ?? 0) + weightOf(contact, item);
  }

  get requestCount(): number {
    return this.#pendingIn.size;
  }

  /** Nothing waits for it. */
  get idle(): boolean {
    return this.#changing === 0;
  }

  get(contact: Jid): RosterItem | undefined {
    return effective(this.own(contact), this.shared(contact));
  }

  shared(contact: Jid): SharedContact | undefined {
    return this.#source?.get(this.account, contact);
  }

  /** Without what is shared. */
  own(contact: Jid): RosterItem | undefined {
    return this.#held.get(contact.toString())?.item;
  }

  /** As clients see it. */
  shown(contact: Jid): RosterItem | undefined {
    return shown(this.own(contact), this.shared(contact));
  }

  /** Every contact that clients see. */
  *contacts(): Iterable<Jid> {
    for (const { contact } of this.#held.values()) yield contact;
    for (const [contact] of this.#source?.shown(this.account) ?? []) {
      if (!this.#held.has(contact.toString())) yield contact;
    }
  }

  subscribers(): Iterable<Jid> {
    return this.#having("from");
  }

  subscriptions(): Iterable<Jid> {
    return this.#having("to");
  }

  *asked(): Iterable<Jid> {
    for (const { contact, item } of this.#held.values()) if (item.ask) yield contact;
  }

  requests(): Iterable<Stanza> {
    return this.#pendingIn.values();
  }

  state(contact: Jid): SubscriptionState {
    const name = contact.toString();
    const { subscription, ask, approved } = this.#held.get(name)?.item ?? BLANK;
    return { subscription, ask, approved, request: this.#pendingIn.get(name) };
  }

  /** The `ver` of a version of its own, beside what is shared now. */
  ver(version?: number): string {
    const shared = this.#source?.version(this.account) ?? "";
    return shared === "" ? this.history.ver(version) : `${this.history.ver(version)}~${shared}`;
  }

  /** The version that a client's `ver` stands for, when everything that has changed since is known. */
  read(ver: string): number | undefined {
    const [own = "", shared = ""] = ver.split("~", 2);
    return shared === (this.#source?.version(this.account) ?? "") ? this.history.read(own) : undefined;
  }

  /** RFC 6121 §2.1.4. */
  result(): Element {
    const items = Array.from(this.contacts(), (contact) => itemElement(contact, this.shown(contact)));
    return element("query", ROSTER, { ver: this.ver() }, ...items);
  }

  /** The last change to each contact that changed after `version`, ascending (RFC 6121 §2.6.3). */
  since(version: number): readonly Modification[] {
    const changes: Modification[] = [];
    for (const held of this.#held.values()) {
      if (held.version > version) changes.push({ ...held, item: this.shown(held.contact) });
    }
    for (const [name, removal] of this.history.stored.removed) {
      const contact = Jid.parse(name)!;
      if (removal > version) changes.push({ version: removal, contact, item: this.shown(contact) });
    }
    return changes.sort((left, right) => left.version - right.version);
  }

  /** What was committed. */
  setItem(contact: Jid, item: RosterItem | undefined, history: RosterHistory): void {
    const name = contact.toString();
    this.history = history;
    if (item !== undefined) {
      this.#hold(name, contact, item, history.version);
      return;
    }
    this.bytes -= this.#held.get(name)?.weight ?? 0;
    this.#held.delete(name);
  }

  /** What was committed. */
  setRequest(contact: Jid, request: Stanza | undefined): void {
    const name = contact.toString();
    if (request === undefined) this.#pendingIn.delete(name);
    else this.#pendingIn.set(name, request.kept());
  }

  /** The account goes: what waits for its turn would outlive it in the store. */
  close(): void {
    this.#closed = true;
  }

  /** After everything that was begun before it. Rejects with StanzaError service-unavailable when the account is gone by then. */
  alone<T>(action: () => Promise<T>): Promise<T> {
    this.#changing++;
    const turn = this.#tail.then(() => {
      if (this.#closed) throw new StanzaError("service-unavailable");
      return action();
    });
    const done = turn.finally(() => this.#changing--);
    this.#tail = done.catch(() => undefined);
    return done;
  }

  /** Those with a subscription in this direction; of shared contacts only who is there now. */
  *#having(direction: "from" | "to"): Iterable<Jid> {
    const has = (subscription: string): boolean => subscription === direction || subscription === "both";
    for (const { contact, item } of this.#held.values()) if (has(item.subscription)) yield contact;
    for (const [contact, { subscription }] of this.#source?.present(this.account) ?? []) {
      const own = this.own(contact)?.subscription ?? "none";
      if (has(subscription) && !has(own)) yield contact;
    }
  }

  #hold(name: string, contact: Jid, item: RosterItem, version: number): void {
    const weight = weightOf(contact, item);
    this.bytes += weight - (this.#held.get(name)?.weight ?? 0);
    this.#held.set(name, { contact, item, version, weight });
  }
}
