import type { Roster, RosterItem, SubscriptionState } from "../../kernel/services.ts";
import { type Element, element } from "../../xml/element.ts";
import { StanzaError } from "../../xmpp/errors.ts";
import { Jid } from "../../xmpp/jid.ts";
import type { Stanza } from "../../xmpp/stanza.ts";
import { RosterHistory, type StoredHistory } from "./roster-history.ts";
import { BLANK, fromStored, itemElement, ROSTER, type StoredItem, weightOf } from "./roster-item.ts";

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
  readonly #held = new Map<string, Held>();
  /** As `weightOf` counts. */
  bytes = 0;
  readonly #pendingIn = new Map<string, Stanza>();
  #tail: Promise<unknown> = Promise.resolve();
  #changing = 0;
  #closed = false;

  constructor(account: Jid, stored?: StoredRoster) {
    this.account = account;
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
    return this.#held.get(contact.toString())?.item;
  }

  *subscribers(): Iterable<Jid> {
    for (const { contact, item } of this.#held.values()) {
      if (item.subscription === "from" || item.subscription === "both") yield contact;
    }
  }

  *subscriptions(): Iterable<Jid> {
    for (const { contact, item } of this.#held.values()) {
      if (item.subscription === "to" || item.subscription === "both") yield contact;
    }
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

  /** RFC 6121 §2.1.4. */
  result(): Element {
    const items = [...this.#held.values()].map(({ contact, item }) => itemElement(contact, item));
    return element("query", ROSTER, { ver: this.history.ver() }, ...items);
  }

  /** The last change to each contact that changed after `version`, ascending (RFC 6121 §2.6.3). */
  since(version: number): readonly Modification[] {
    const changes: Modification[] = [...this.#held.values()].filter((held) => held.version > version);
    for (const [name, removal] of this.history.stored.removed) {
      if (removal > version) changes.push({ version: removal, contact: Jid.parse(name)!, item: undefined });
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

  #hold(name: string, contact: Jid, item: RosterItem, version: number): void {
    const weight = weightOf(contact, item);
    this.bytes += weight - (this.#held.get(name)?.weight ?? 0);
    this.#held.set(name, { contact, item, version, weight });
  }
}
