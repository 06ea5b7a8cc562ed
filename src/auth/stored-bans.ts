import { BoundedCache } from "../base/bounded-cache.ts";
import type { Ban, Bans } from "../kernel/bans.ts";
import type { Change, DocumentStore, Storage } from "../kernel/storage.ts";
import type { Jid } from "../xmpp/jid.ts";

/** Accounts of which it is remembered whether they are banned. */
const REMEMBERED = 20_000;

/** Bans in the document store `bans`. One process owns the store, so what it remembers is true. */
export class StoredBans implements Bans {
  readonly #storage: Storage;
  readonly #documents: DocumentStore<Ban>;
  /** Ends the streams of an account. */
  readonly #onBan: (account: Jid, reason: string) => Promise<void>;
  readonly #remembered = new BoundedCache<string, Ban | undefined>(REMEMBERED);

  constructor(storage: Storage, onBan: (account: Jid, reason: string) => Promise<void>) {
    this.#storage = storage;
    this.#documents = storage.document("bans");
    this.#onBan = onBan;
  }

  of(account: Jid): Ban | undefined | Promise<Ban | undefined> {
    const key = account.bare.toString();
    return this.#remembered.has(key) ? this.#remembered.get(key) : this.#read(account.bare, key);
  }

  async ban(account: Jid, ban: Ban): Promise<boolean> {
    const key = account.bare.toString();
    if ((await this.of(account)) !== undefined) return false;
    // Known before it is in the store: a login that is under way must not get past it.
    this.#remembered.set(key, ban);
    await this.#commit(key, this.#documents.set(account.bare, ban));
    await this.#onBan(account.bare, ban.reason);
    return true;
  }

  async lift(account: Jid): Promise<boolean> {
    const key = account.bare.toString();
    if ((await this.of(account)) === undefined) return false;
    await this.#commit(key, this.#documents.remove(account.bare));
    this.#remembered.set(key, undefined);
    return true;
  }

  /** Its ban goes with an account. */
  removal(account: Jid): Change {
    this.#remembered.delete(account.bare.toString());
    return this.#documents.remove(account.bare);
  }

  async list(
    host: string,
    page: { readonly after?: string; readonly limit: number },
  ): Promise<readonly string[]> {
    const owners = await this.#documents.owners({ domain: host, ...page });
    return owners.map((owner) => owner.local);
  }

  count(host: string): Promise<number> {
    return this.#documents.count(host);
  }

  async #read(account: Jid, key: string): Promise<Ban | undefined> {
    const stored = await this.#documents.get(account);
    // A change meanwhile knows better.
    if (this.#remembered.has(key)) return this.#remembered.get(key);
    this.#remembered.set(key, stored);
    return stored;
  }

  async #commit(key: string, change: Change): Promise<void> {
    try {
      await this.#storage.commit([change]);
    } catch (error) {
      this.#remembered.delete(key);
      throw error;
    }
  }
}
