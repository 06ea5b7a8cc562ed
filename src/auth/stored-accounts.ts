import { BoundedCache } from "../base/bounded-cache.ts";
import { AccountError, type Accounts } from "../kernel/accounts.ts";
import { type Change, type Storage, StorageError } from "../kernel/storage.ts";
import type { Jid } from "../xmpp/jid.ts";
import { preparePassword, registrableLocalpart } from "../xmpp/precis.ts";
import type { CredentialStore } from "./credential-store.ts";

/** As long as a part of an address may be; also what fits into a SASL message. */
const LONGEST_PASSWORD = 1023;

export interface StoredAccountsOptions {
  readonly storage: Storage;
  readonly credentials: CredentialStore;
  /** The domains that have accounts here; asked at every call, so that a reload may change it. */
  readonly hosts: { has(domain: string): boolean };
  /** What else is kept for an account goes in the same commit as its credentials. */
  readonly onRemove: (account: Jid) => Promise<readonly Change[]>;
  /** What else is kept for a new account goes in the same commit as its credentials. */
  readonly onCreate?: (account: Jid) => Promise<readonly Change[]>;
  /** The account has a new password: who came in with the old one by other ways than a stream has to come anew. */
  readonly onPassword?: (account: Jid) => void;
  /** How many names of accounts that are there (20,000), and of ones that are not (5,000), are remembered. */
  readonly remembered?: { readonly present?: number; readonly absent?: number };
}

/** Accounts whose credentials lie in the store. One process owns the store, so what it remembers is true. */
export class StoredAccounts implements Accounts {
  readonly #storage: Storage;
  readonly #credentials: CredentialStore;
  readonly #hosts: { has(domain: string): boolean };
  readonly #onRemove: (account: Jid) => Promise<readonly Change[]>;
  readonly #onPassword: ((account: Jid) => void) | undefined;
  readonly #onCreate: ((account: Jid) => Promise<readonly Change[]>) | undefined;
  // Two caches: a stranger who tries names at random pushes out only other names that are not there.
  readonly #present: BoundedCache<string, true>;
  readonly #absent: BoundedCache<string, true>;
  readonly #reading: Map<string, { readonly answer: Promise<boolean> }> = new Map();
  readonly #leaving: Set<string> = new Set();
  readonly #changing: Map<string, Promise<void>> = new Map();

  constructor(options: StoredAccountsOptions) {
    this.#storage = options.storage;
    this.#credentials = options.credentials;
    this.#hosts = options.hosts;
    this.#onRemove = options.onRemove;
    this.#onPassword = options.onPassword;
    this.#onCreate = options.onCreate;
    this.#present = new BoundedCache(options.remembered?.present ?? 20_000);
    this.#absent = new BoundedCache(options.remembered?.absent ?? 5_000);
  }

  exists(account: Jid): boolean | Promise<boolean> {
    if (account.local === "" || !this.#hosts.has(account.domain)) return false;
    const key = account.bare.toString();
    // While the removal is under way nothing new may be stored for the account: it would outlive it.
    if (this.#leaving.has(key) || this.#absent.get(key)) return false;
    if (this.#present.get(key)) return true;
    return this.#reading.get(key)?.answer ?? this.#read(account.bare, key);
  }

  async create(account: Jid, password: string): Promise<void> {
    this.#requireHost(account);
    if (account.local === "" || registrableLocalpart(account.local) !== account.local)
      throw new AccountError("localpart", `"${account.local}" cannot be the name of an account`);
    const prepared = requirePassword(password);
    await this.#alone(account, async (key) => {
      const { documents } = this.#credentials;
      if ((await documents.get(account.bare)) !== undefined) throw exists(account);
      const made = await this.#credentials.make(prepared);
      const more = (await this.#onCreate?.(account.bare)) ?? [];
      try {
        await this.#storage.commit([documents.create(account.bare, made), ...more]);
      } catch (error) {
        if (error instanceof StorageError && error.fault === "conflict") throw exists(account);
        throw error;
      }
      this.#remember(key, true);
    });
  }

  async setPassword(account: Jid, password: string): Promise<void> {
    const prepared = requirePassword(password);
    await this.#alone(account, async (key) => {
      const { documents } = this.#credentials;
      if (this.#leaving.has(key) || (await this.#document(account)) === undefined) throw missing(account);
      const made = await this.#credentials.make(prepared);
      await this.#storage.commit([documents.set(account.bare, made)]);
      this.#onPassword?.(account.bare);
    });
  }

  async checkPassword(account: Jid, password: string): Promise<boolean> {
    const prepared = preparePassword(password);
    if (prepared === undefined || account.local === "" || !this.#hosts.has(account.domain)) return false;
    return this.#credentials.matches(account, prepared);
  }

  async remove(account: Jid): Promise<void> {
    await this.#alone(account, async (key) => {
      if (this.#leaving.has(key) || (await this.#document(account)) === undefined) throw missing(account);
      this.#leaving.add(key);
    });
    const key = account.bare.toString();
    try {
      // Not alone: the sessions that end here wait for what they have asked, and that may be a new password.
      const changes = await this.#onRemove(account.bare);
      await this.#alone(account, async () => {
        await this.#storage.commit([...changes, this.#credentials.remove(account)]);
        this.#remember(key, false);
      });
    } finally {
      this.#leaving.delete(key);
    }
  }

  async list(
    host: string,
    page: { readonly after?: string; readonly limit: number },
  ): Promise<readonly string[]> {
    const owners = await this.#credentials.documents.owners({ domain: host, ...page });
    return owners.map((owner) => owner.local);
  }

  count(host: string): Promise<number> {
    return this.#credentials.documents.count(host);
  }

  async #document(account: Jid): Promise<unknown> {
    return this.#hosts.has(account.domain) ? this.#credentials.documents.get(account.bare) : undefined;
  }

  #requireHost(account: Jid): void {
    if (!this.#hosts.has(account.domain))
      throw new AccountError("unknown-host", `${account.domain} is not a host of this server`);
  }

  #read(account: Jid, key: string): Promise<boolean> {
    const reading = {
      answer: this.#credentials.documents
        .get(account)
        .then((document) => {
          const found = document !== undefined;
          // A change that was committed meanwhile knows better, and has put this reading aside.
          if (this.#reading.get(key) === reading) this.#remember(key, found);
          return found;
        })
        .finally(() => {
          if (this.#reading.get(key) === reading) this.#reading.delete(key);
        }),
    };
    this.#reading.set(key, reading);
    return reading.answer;
  }

  #remember(key: string, found: boolean): void {
    this.#reading.delete(key);
    (found ? this.#absent : this.#present).delete(key);
    (found ? this.#present : this.#absent).set(key, true);
  }

  /**
   * Changes of one account happen one after the other: else a password that is being set while the account is removed would
   * bring it back.
   */
  async #alone<T>(account: Jid, change: (key: string) => Promise<T>): Promise<T> {
    const key = account.bare.toString();
    const before = this.#changing.get(key) ?? Promise.resolve();
    const result = before.then(() => change(key));
    const settled = result.then(
      () => undefined,
      () => undefined,
    );
    this.#changing.set(key, settled);
    try {
      return await result;
    } finally {
      if (this.#changing.get(key) === settled) this.#changing.delete(key);
    }
  }
}

function requirePassword(password: string): string {
  const prepared = preparePassword(password);
  if (prepared === undefined) {
    const reason = password === "" ? "is empty" : "has a character that RFC 8265 does not allow";
    throw new AccountError("password", `the password ${reason}`);
  }
  if (Buffer.byteLength(prepared) > LONGEST_PASSWORD)
    throw new AccountError("password", `the password is longer than ${LONGEST_PASSWORD} bytes`);
  return prepared;
}

function exists(account: Jid): AccountError {
  return new AccountError("exists", `${account.bare.toString()} exists already`);
}

function missing(account: Jid): AccountError {
  return new AccountError("missing", `there is no account ${account.bare.toString()}`);
}
