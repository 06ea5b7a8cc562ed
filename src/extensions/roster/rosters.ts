import { when } from "../../base/when.ts";
import type { SharedContacts } from "../../kernel/shared-contacts.ts";
import type { DocumentStore, MapStore } from "../../kernel/storage.ts";
import type { Jid } from "../../xmpp/jid.ts";
import type { Stanza } from "../../xmpp/stanza.ts";
import { AccountRoster } from "./account-roster.ts";
import type { StoredHistory } from "./roster-history.ts";
import type { StoredItem } from "./roster-item.ts";

export interface RosterStores {
  /** By contact, bare. */
  readonly roster: MapStore<StoredItem>;
  /** By contact, bare. */
  readonly requests: MapStore<Stanza>;
  readonly history: DocumentStore<StoredHistory>;
}

interface Kept {
  readonly roster: AccountRoster;
  /** What it counts for in the sum that is bounded; as it was when it was read. */
  readonly weight: number;
}

/** What a roster without items counts for. */
const BASE_WEIGHT = 8;

/** The rosters of accounts that are in use, and of some that were not long ago. */
export class Rosters {
  readonly #stores: RosterStores;
  /** Whether the account has a session: those rosters stay. */
  readonly #isUsed: (account: Jid) => boolean;
  /** The sum of weights above which idle ones leave. */
  readonly #limit: number;
  readonly #kept = new Map<string, Kept>();
  readonly #reading = new Map<string, Promise<AccountRoster>>();
  #weight = 0;
  #source: SharedContacts | undefined = undefined;

  constructor(stores: RosterStores, isUsed: (account: Jid) => boolean, limit = 200_000) {
    this.#stores = stores;
    this.#isUsed = isUsed;
    this.#limit = limit;
  }

  get size(): number {
    return this.#kept.size;
  }

  /** Its contacts are in every roster from now on. */
  share(source: SharedContacts): void {
    this.#source = source;
  }

  /** A promise only when it has to be read first. */
  of(account: Jid): AccountRoster | Promise<AccountRoster> {
    return when(this.#source?.ready(), () => this.#own(account));
  }

  #own(account: Jid): AccountRoster | Promise<AccountRoster> {
    const name = account.toString();
    const kept = this.#kept.get(name);
    if (kept !== undefined) return kept.roster;
    let reading = this.#reading.get(name);
    if (reading === undefined) {
      reading = this.#read(account).finally(() => {
        if (this.#reading.get(name) === reading) this.#reading.delete(name);
      });
      this.#reading.set(name, reading);
    }
    return reading;
  }

  /** The account is being removed: what is kept of it goes from the stores with this turn's commit, and nothing is left here. */
  clear(account: Jid): void {
    const name = account.toString();
    this.#kept.get(name)?.roster.close();
    this.#drop(name);
    this.#reading.delete(name);
    this.#keep(name, new AccountRoster(account, undefined, this.#source));
  }

  async #read(account: Jid): Promise<AccountRoster> {
    const { roster, requests, history } = this.#stores;
    const [items, waiting, versions] = await Promise.all([
      roster.all(account),
      requests.all(account),
      history.get(account),
    ]);
    const name = account.toString();
    // Cleared meanwhile.
    const newer = this.#kept.get(name);
    if (newer !== undefined) return newer.roster;
    const read = new AccountRoster(account, { items, requests: waiting, history: versions }, this.#source);
    this.#keep(name, read);
    return read;
  }

  #keep(name: string, roster: AccountRoster): void {
    const weight = BASE_WEIGHT + roster.size + roster.requestCount;
    this.#kept.set(name, { roster, weight });
    this.#weight += weight;
    if (this.#weight > this.#limit) this.#sweep(name);
  }

  #drop(name: string): void {
    const kept = this.#kept.get(name);
    if (kept === undefined) return;
    this.#kept.delete(name);
    this.#weight -= kept.weight;
  }

  /** Oldest first, a few at a time: the work per roster that is read stays constant. */
  #sweep(newest: string): void {
    let looked = 0;
    for (const [name, kept] of this.#kept) {
      if (++looked > 8 || name === newest || this.#weight <= this.#limit) return;
      this.#drop(name);
      // One that is in use goes to the end of the order instead.
      if (this.#isUsed(kept.roster.account) || !kept.roster.idle) {
        this.#kept.set(name, kept);
        this.#weight += kept.weight;
      }
    }
  }
}
