import { AccountError, type Accounts } from "../kernel/accounts.ts";
import type { AdministratorOrigin, Administrators } from "../kernel/rights.ts";
import type { Change, DocumentStore, Storage } from "../kernel/storage.ts";
import type { Jid } from "../xmpp/jid.ts";

/** When it became an administrator, in milliseconds since 1970. */
interface Appointment {
  readonly since: number;
}

const PAGE = 1000;

export interface StoredAdministratorsOptions {
  readonly storage: Storage;
  readonly accounts: Pick<Accounts, "exists">;
  /** Of the configuration, as they are now. */
  readonly configured: () => readonly Jid[];
  /** `World.now`. */
  readonly now: () => number;
}

/** Administrators of the configuration and those in the store, which are kept in memory: there are few, and rights are asked for often. */
export class StoredAdministrators implements Administrators {
  readonly #options: StoredAdministratorsOptions;
  readonly #store: DocumentStore<Appointment>;
  readonly #stored = new Map<string, Jid>();

  constructor(options: StoredAdministratorsOptions) {
    this.#options = options;
    this.#store = options.storage.document("administrators");
  }

  /** Reads who is stored for these hosts; before the first question, and before hosts are added. @throws StorageError */
  async load(hosts: readonly string[]): Promise<void> {
    for (const domain of hosts) {
      let after: string | undefined;
      for (;;) {
        const page = { domain, limit: PAGE, ...(after === undefined ? {} : { after }) };
        const owners = await this.#store.owners(page);
        for (const owner of owners) this.#stored.set(owner.toString(), owner);
        if (owners.length < PAGE) break;
        after = owners.at(-1)!.local;
      }
    }
  }

  /** Whether it is stored as one. */
  has(account: Jid): boolean {
    return this.#stored.has(account.bare.toString());
  }

  isAdministrator(account: Jid): boolean {
    return this.has(account) || this.#options.configured().some((one) => one.equals(account.bare));
  }

  none(): boolean {
    return this.#stored.size === 0 && this.#options.configured().length === 0;
  }

  list(): readonly { readonly account: Jid; readonly origins: readonly AdministratorOrigin[] }[] {
    const found = new Map<string, { readonly account: Jid; readonly origins: AdministratorOrigin[] }>();
    for (const account of this.#options.configured())
      found.set(account.toString(), { account, origins: ["configuration"] });
    for (const [name, account] of this.#stored) {
      const known = found.get(name);
      if (known === undefined) found.set(name, { account, origins: ["stored"] });
      else known.origins.push("stored");
    }
    return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
  }

  async add(account: Jid): Promise<void> {
    const { accounts, storage, now } = this.#options;
    if (!(await accounts.exists(account.bare)))
      throw new AccountError("missing", `there is no account ${account.bare.toString()}`);
    await storage.commit([this.#store.set(account.bare, { since: now() })]);
    this.#stored.set(account.bare.toString(), account.bare);
  }

  async remove(account: Jid): Promise<boolean> {
    const name = account.bare.toString();
    if (!this.#stored.has(name)) return false;
    await this.#options.storage.commit([this.#store.remove(account.bare)]);
    this.#stored.delete(name);
    return true;
  }

  /** The account goes: whoever takes its name later is somebody else. */
  removal(account: Jid): readonly Change[] {
    return this.#stored.delete(account.bare.toString()) ? [this.#store.remove(account.bare)] : [];
  }
}
