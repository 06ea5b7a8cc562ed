// XEP-0441: Message Archive Management Preferences
import { BoundedCache } from "../../base/bounded-cache.ts";
import { when } from "../../base/when.ts";
import type { RosterService } from "../../kernel/services.ts";
import type { Change, DocumentStore } from "../../kernel/storage.ts";
import { type Element, element } from "../../xml/element.ts";
import { StanzaError } from "../../xmpp/errors.ts";
import { Jid } from "../../xmpp/jid.ts";
import { ARCHIVE } from "../../xmpp/namespaces.ts";

/** §2.1.1 */
export const DEFAULTS = ["always", "never", "roster"] as const;

type Default = (typeof DEFAULTS)[number];

/** Which messages an account wants in its archive, as it is stored. */
export interface Preferences {
  readonly default: Default;
  readonly always: readonly string[];
  readonly never: readonly string[];
}

/** Addresses that one account may list. */
const MOST_ADDRESSES = 1000;

/** Accounts whose preferences are kept in memory. */
const KEPT = 10_000;

/** @throws StanzaError bad-request, policy-violation */
export function readPreferences(prefs: Element): Preferences {
  const wanted = prefs.attr("default");
  const standard = DEFAULTS.find((one) => one === wanted);
  if (standard === undefined) {
    throw new StanzaError("bad-request", { text: `The default is one of ${DEFAULTS.join(", ")}` });
  }
  const read: Preferences = {
    default: standard,
    always: addresses(prefs.child("always")),
    never: addresses(prefs.child("never")),
  };
  if (read.always.length + read.never.length > MOST_ADDRESSES) {
    throw new StanzaError("policy-violation", { text: `At most ${MOST_ADDRESSES} addresses can be listed` });
  }
  return read;
}

export function preferencesElement({ default: standard, always, never }: Preferences): Element {
  const listed = (name: string, list: readonly string[]): Element =>
    element(name, ARCHIVE, {}, ...list.map((one) => element("jid", ARCHIVE, {}, one)));
  return element("prefs", ARCHIVE, { default: standard }, listed("always", always), listed("never", never));
}

/** Each once. */
function addresses(list: Element | undefined): readonly string[] {
  const found = new Set<string>();
  for (const child of list?.elements() ?? []) {
    if (child.name !== "jid" || child.ns !== ARCHIVE) continue;
    const jid = Jid.parse(child.text.trim());
    if (jid === undefined) throw new StanzaError("bad-request", { text: "That is no address" });
    found.add(jid.toString());
  }
  return [...found];
}

/** The preferences of accounts that are in use, and what they say about a message. */
export class ArchivePreferences {
  readonly #store: DocumentStore<Preferences>;
  readonly #commit: (batch: readonly Change[]) => Promise<void>;
  readonly #roster: RosterService;
  /** Of accounts that never said anything: as the configuration is now. */
  readonly #standard: Preferences;
  readonly #kept = new BoundedCache<string, Preferences>(KEPT);

  constructor(
    store: DocumentStore<Preferences>,
    commit: (batch: readonly Change[]) => Promise<void>,
    roster: RosterService,
    standard: () => Default,
  ) {
    this.#store = store;
    this.#commit = commit;
    this.#roster = roster;
    this.#standard = {
      get default() {
        return standard();
      },
      always: [],
      never: [],
    };
  }

  /** A promise only when they have to be read first. */
  of(account: Jid): Preferences | Promise<Preferences> {
    return this.#kept.get(account.toString()) ?? this.#read(account);
  }

  async set(account: Jid, preferences: Preferences): Promise<void> {
    await this.#commit([this.#store.set(account, preferences)]);
    this.#kept.set(account.toString(), preferences);
  }

  /** The account is being removed. */
  clear(account: Jid): void {
    this.#kept.set(account.toString(), this.#standard);
  }

  /** Whether a message from or to `other` goes into the account's archive. A promise only when something has to be read first. */
  wants(account: Jid, other: Jid): boolean | Promise<boolean> {
    return when(this.of(account), (preferences) => {
      const listed = verdict(preferences, other);
      if (listed !== undefined) return listed;
      if (preferences.default !== "roster") return preferences.default === "always";
      // §2.3.1
      return when(this.#roster.of(account), (roster) => roster.get(other.bare) !== undefined);
    });
  }

  async #read(account: Jid): Promise<Preferences> {
    const read = (await this.#store.get(account)) ?? this.#standard;
    const name = account.toString();
    // Set or cleared meanwhile.
    const newer = this.#kept.get(name);
    if (newer !== undefined) return newer;
    this.#kept.set(name, read);
    return read;
  }
}

/** §2.3.1: what the lists say. The one that names a resource knows better, and between equals it is `never`. */
function verdict({ always, never }: Preferences, other: Jid): boolean | undefined {
  if (always.length === 0 && never.length === 0) return undefined;
  for (const address of [other.toString(), other.bare.toString()]) {
    if (never.includes(address)) return false;
    if (always.includes(address)) return true;
  }
  return undefined;
}
