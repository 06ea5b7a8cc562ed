import type { Element } from "../xml/element.ts";
import type { Jid } from "../xmpp/jid.ts";
import type { Stanza } from "../xmpp/stanza.ts";
import type { Asker } from "./iq.ts";
import type { Outcome } from "./outcomes.ts";
import type { Session } from "./sessions.ts";
import type { SharedChange, SharedContact, SharedContacts } from "./shared-contacts.ts";

/** The name of a service together with its type. */
export interface Token<T> {
  readonly name: string;
  /** Carries the type; never set. */
  readonly value?: T;
}

function token<T>(name: string): Token<T> {
  return { name };
}

/** Who provides what; filled during `setup`, complete when the server is ready. */
export class ServiceRegistry {
  readonly #provided = new Map<string, unknown>();

  provide<T>(service: Token<T>, implementation: T): void {
    if (this.#provided.has(service.name)) throw new Error(`the service ${service.name} is provided twice`);
    this.#provided.set(service.name, implementation);
  }

  find<T>(service: Token<T>): T | undefined {
    return this.#provided.get(service.name) as T | undefined;
  }
}

/** RFC 6121 §2.1.2.5. */
export type Subscription = "none" | "to" | "from" | "both";

export interface RosterItem {
  readonly subscription: Subscription;
  /** RFC 6121 §2.1.2.2: a subscribe of ours waits for its answer. */
  readonly ask: boolean;
  /** RFC 6121 §3.4: the contact may subscribe without our being asked. */
  readonly approved: boolean;
  readonly name: string | undefined;
  readonly groups: readonly string[];
}

/** The roster of one account as it is now, with what others share with it. */
export interface Roster {
  get(contact: Jid): RosterItem | undefined;
  /** What of it the account has not added itself. */
  shared(contact: Jid): SharedContact | undefined;
  /** Bare JIDs of those who get the account's presence (`from`, `both`). */
  subscribers(): Iterable<Jid>;
  /** Bare JIDs of those whose presence the account gets (`to`, `both`). */
  subscriptions(): Iterable<Jid>;
  /** Bare JIDs of those who have not answered the account's request (`ask`). */
  asked(): Iterable<Jid>;
  /** Subscription requests that wait for the account's answer, each whole (RFC 6121 §3.1.3), in the order in which they came. */
  requests(): Iterable<Stanza>;
}

/** How two sides stand to each other, seen from an account (RFC 6121 §A.1). */
export interface SubscriptionState extends Pick<RosterItem, "subscription" | "ask" | "approved"> {
  /** "Pending In": the contact's request that waits for an answer, from and to bare JIDs. */
  readonly request: Stanza | undefined;
}

/** What a stanza does to a subscription state. */
export interface SubscriptionStep<T> {
  /** undefined where nothing changes. An item that is not in the roster gets there when this says more than "none". */
  readonly next: SubscriptionState | undefined;
  /** After the commit of `next`, before the roster pushes. */
  readonly before?: (() => void) | undefined;
  /** After the roster pushes; the account's next change does not wait for it. */
  readonly after: () => T | Promise<T>;
}

export interface RosterService {
  /** A promise only when it has to be read first. */
  of(account: Jid): Roster | Promise<Roster>;
  /**
   * One change after the other for each account: `decide` sees what all earlier ones have left. Resolves with what `after` gives.
   * @throws StanzaError resource-constraint when the roster has no room for another item or request, service-unavailable when the account has gone
   * meanwhile; StorageError
   */
  change<T>(
    account: Jid,
    contact: Jid,
    decide: (state: SubscriptionState) => SubscriptionStep<T>,
  ): Promise<T>;
  /** Whether the session has asked for the roster (RFC 6121 §2.2). */
  isInterested(session: Session): boolean;
  /** Contacts of this source are in every roster from now on. Once, before the first roster is asked for. */
  share(source: SharedContacts): void;
  /** What the source says of an account has changed: its clients get pushes, and presence begins to flow or ends (`presenceFlow`). */
  sharedChanged(account: Jid, changes: readonly SharedChange[]): Promise<void>;
}

export const rosterService: Token<RosterService> = token("roster");

/** What presence means (RFC 6121 §3, §4): one provider, called by the router. */
export interface PresenceRules {
  /** Presence without `to`, and every presence that a client sends to somebody else, before it is routed; what it sends to its own bare JID is for `toAccount`. */
  fromSession(session: Session, stanza: Stanza): Outcome | Promise<Outcome>;
  /** Presence for an account of ours, full or bare `to`. `exists` says whether the account does. */
  toAccount(stanza: Stanza, exists: boolean): Outcome | Promise<Outcome>;
  /** Whether `account` lets `other` see its presence; decides what a stranger may learn (RFC 6121 §8.5.3.1). */
  allows(account: Jid, other: Jid): boolean | Promise<boolean>;
}

export const presenceRules: Token<PresenceRules> = token("presence");

/** What service discovery shows of something (XEP-0030). */
export interface DiscoveryInfo {
  readonly identities: readonly {
    readonly category: string;
    readonly type: string;
    readonly name?: string;
  }[];
  /** Of the host: each loaded extension's, in ascending order. */
  features(): readonly string[];
  /** XEP-0128 forms, complete `<x/>` elements. */
  forms(): readonly Element[];
}

export interface DiscoveryItem {
  readonly jid: string;
  readonly node?: string;
  readonly name?: string;
}

/** What service discovery shows of the host, and its nodes. */
export interface Discovery extends DiscoveryInfo {
  /** `find` is asked for every node of the host, in the order of adding, until one knows it. */
  addNodes(find: (node: string, asker: Asker) => DiscoveryInfo | undefined): void;
  /** The same for the items of nodes. */
  addItems(find: (node: string, asker: Asker) => readonly DiscoveryItem[] | undefined): void;
}

export const discovery: Token<Discovery> = token("discovery");
