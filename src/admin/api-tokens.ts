import { createHash } from "node:crypto";
import type { World } from "../base/world.ts";
import { AccountError, type Accounts } from "../kernel/accounts.ts";
import type { Change, MapStore, Storage } from "../kernel/storage.ts";
import type { Jid } from "../xmpp/jid.ts";

/** What is kept of a token; the token itself is not. */
interface TokenRecord {
  readonly scopes: readonly string[];
  /** Milliseconds since 1970. */
  readonly issued: number;
  readonly expires: number;
}

export interface ApiToken extends TokenRecord {
  readonly account: Jid;
  /** The SHA-256 of the token, in hexadecimal. */
  readonly hash: string;
}

/** So that people, and programs that look for secrets in files, know one when they see it. */
const PREFIX = "tct_";
const TOKEN_BYTES = 32;
const PAGE = 1000;
/** Tokens of one account. */
const MOST = 100;

export interface ApiTokensOptions {
  readonly storage: Storage;
  readonly accounts: Pick<Accounts, "exists">;
  readonly world: Pick<World, "now" | "random">;
}

/** Bearer tokens (RFC 6750): each stands for an account, as far as its scopes go and until it expires. Kept in memory too: there are few. */
export class ApiTokens {
  readonly #options: ApiTokensOptions;
  readonly #store: MapStore<TokenRecord>;
  readonly #byHash = new Map<string, ApiToken>();

  constructor(options: ApiTokensOptions) {
    this.#options = options;
    this.#store = options.storage.map("api-tokens");
  }

  /** Reads those of the accounts of these hosts; before the first question, and before hosts are added. @throws StorageError */
  async load(hosts: readonly string[]): Promise<void> {
    for (const domain of hosts) {
      let after: string | undefined;
      for (;;) {
        const owners = await this.#store.owners({
          domain,
          limit: PAGE,
          ...(after === undefined ? {} : { after }),
        });
        for (const account of owners) {
          for (const [hash, record] of await this.#store.all(account))
            this.#byHash.set(hash, { ...record, account, hash });
        }
        if (owners.length < PAGE) break;
        after = owners.at(-1)!.local;
      }
    }
  }

  /**
   * A new token, which nobody can ask for again.
   * @throws AccountError missing; RangeError when the account has as many as it may; StorageError
   */
  async issue(account: Jid, seconds: number, scopes: readonly string[]): Promise<string> {
    const { accounts, storage, world } = this.#options;
    const bare = account.bare;
    if (!(await accounts.exists(bare))) throw new AccountError("missing", `there is no account ${bare}`);
    const own = this.list().filter((one) => one.account.equals(bare));
    if (own.length >= MOST) throw new RangeError(`${bare} has ${MOST} tokens already`);
    const text = PREFIX + world.random(TOKEN_BYTES).toString("base64url");
    const hash = hashOf(text);
    const issued = world.now();
    const record = { scopes, issued, expires: issued + seconds * 1000 };
    await storage.commit([...this.#expired(), this.#store.set(bare, hash, record)]);
    this.#byHash.set(hash, { ...record, account: bare, hash });
    return text;
  }

  /** undefined for what is none, or no more. */
  find(text: string): ApiToken | undefined {
    const found = text.startsWith(PREFIX) ? this.#byHash.get(hashOf(text)) : undefined;
    return found !== undefined && found.expires > this.#options.world.now() ? found : undefined;
  }

  /** Those that have not expired, by account and time. */
  list(): readonly ApiToken[] {
    const now = this.#options.world.now();
    return [...this.#byHash.values()]
      .filter(({ expires }) => expires > now)
      .sort((a, b) => compare(a.account.toString(), b.account.toString()) || a.issued - b.issued);
  }

  /** By the token itself, or by the beginning of its hash as lists show it; false where there is none or more than one. @throws StorageError */
  async revoke(text: string): Promise<boolean> {
    const named = /^[0-9a-f]{16,64}$/.test(text)
      ? this.list().filter(({ hash }) => hash.startsWith(text))
      : [];
    const found = this.find(text) ?? (named.length === 1 ? named[0] : undefined);
    if (found === undefined) return false;
    // Out of memory first: it must not be taken while the store is slow.
    this.#byHash.delete(found.hash);
    await this.#options.storage.commit([this.#store.remove(found.account, found.hash)]);
    return true;
  }

  /** The account goes: whoever takes its name later is somebody else. */
  removal(account: Jid): readonly Change[] {
    const own = [...this.#byHash.values()].filter((one) => one.account.equals(account.bare));
    for (const { hash } of own) this.#byHash.delete(hash);
    return own.length === 0 ? [] : [this.#store.removeAll(account.bare)];
  }

  #expired(): readonly Change[] {
    const now = this.#options.world.now();
    const over = [...this.#byHash.values()].filter(({ expires }) => expires <= now);
    for (const { hash } of over) this.#byHash.delete(hash);
    return over.map(({ account, hash }) => this.#store.remove(account, hash));
  }
}

/** How a token is called in lists and in the log. */
export function shortName({ hash }: ApiToken): string {
  return hash.slice(0, 16);
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
