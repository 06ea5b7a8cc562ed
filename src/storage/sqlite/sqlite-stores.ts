import type {
  Change,
  Codec,
  DocumentStore,
  Entry,
  LogQuery,
  LogStore,
  MapStore,
  Owner,
  OwnersPage,
} from "../../kernel/storage.ts";
import { StorageError } from "../../kernel/storage.ts";
import { Jid } from "../../xmpp/jid.ts";
import { NO_KEY } from "./log-view.ts";
import { type Address, type KeyQuery, op, type Rows, type StoreRow } from "./protocol.ts";
import type { ReaderLink } from "./reader-link.ts";
import { AppendChange, RemoveChange, TrimChange, ValueChange } from "./sqlite-change.ts";

/** What a store needs of its storage. */
export interface Home {
  readonly reader: ReaderLink;
  /** An entry of a log cannot be decoded. */
  readonly onUnreadable: (store: string, key: number, error: unknown) => void;
}

const MOST_ROWS = 2 ** 31 - 1;

function address({ domain, local }: Jid): Address {
  return [domain, local];
}

async function ownersOf(home: Home, store: StoreRow, { domain, after, limit }: OwnersPage): Promise<Jid[]> {
  const question = { ask: "owners", domain, after, limit: Math.min(limit, MOST_ROWS) } as const;
  const { texts } = await home.reader.rows(store, question);
  return texts.map((local) => {
    const jid = Jid.of(local, domain);
    if (jid === undefined)
      throw new StorageError("failed", `${local}@${domain} in ${store.name} is not an address`);
    return jid;
  });
}

/** The values of the rows one after the other: `each` gets the position of a row and a view of its bytes. */
function* valuesOf({ sizes, memory }: Rows): Generator<[number, Uint8Array]> {
  let start = 0;
  for (const [at, size] of sizes.entries()) {
    yield [at, new Uint8Array(memory, start, size)];
    start += size;
  }
}

/** A value that is there and cannot be read is not one that is missing: what would be put in its place would lose it. */
function decoded<T>(codec: Codec<T>, bytes: Uint8Array, store: StoreRow, owner: Jid): T {
  try {
    return codec.decode(bytes);
  } catch (error) {
    throw new StorageError("failed", `what ${store.name} has for ${owner} cannot be decoded`, {
      cause: error,
    });
  }
}

export class SqliteDocuments<T> implements DocumentStore<T> {
  readonly #home: Home;
  readonly #store: StoreRow;
  readonly #codec: Codec<T>;

  constructor(home: Home, store: StoreRow, codec: Codec<T>) {
    this.#home = home;
    this.#store = store;
    this.#codec = codec;
  }

  async get(owner: Jid): Promise<T | undefined> {
    const rows = await this.#home.reader.rows(this.#store, { ask: "document", owner: address(owner) });
    return rows.sizes.length === 0
      ? undefined
      : decoded(this.#codec, new Uint8Array(rows.memory), this.#store, owner);
  }

  set(owner: Jid, value: T): Change {
    return this.#change(op.documentSet, owner, this.#codec.encode(value));
  }

  create(owner: Jid, value: T): Change {
    return this.#change(op.documentCreate, owner, this.#codec.encode(value));
  }

  remove(owner: Jid): Change {
    return this.#change(op.documentRemove, owner);
  }

  owners(page: OwnersPage): Promise<readonly Jid[]> {
    return ownersOf(this.#home, this.#store, page);
  }

  count(domain: string): Promise<number> {
    return this.#home.reader.number(this.#store, { ask: "count", domain });
  }

  #change(code: number, owner: Jid, value?: Uint8Array): Change {
    return new ValueChange(this.#home, this.#store, code, owner, undefined, value);
  }
}

export class SqliteMaps<T> implements MapStore<T> {
  readonly #home: Home;
  readonly #store: StoreRow;
  readonly #codec: Codec<T>;

  constructor(home: Home, store: StoreRow, codec: Codec<T>) {
    this.#home = home;
    this.#store = store;
    this.#codec = codec;
  }

  async get(owner: Jid, name: string): Promise<T | undefined> {
    const rows = await this.#home.reader.rows(this.#store, { ask: "map-value", owner: address(owner), name });
    return rows.sizes.length === 0
      ? undefined
      : decoded(this.#codec, new Uint8Array(rows.memory), this.#store, owner);
  }

  async all(owner: Jid): Promise<ReadonlyMap<string, T>> {
    const rows = await this.#home.reader.rows(this.#store, { ask: "map", owner: address(owner) });
    const all = new Map<string, T>();
    for (const [at, bytes] of valuesOf(rows))
      all.set(rows.texts[at]!, decoded(this.#codec, bytes, this.#store, owner));
    return all;
  }

  async names(owner: Jid): Promise<readonly string[]> {
    const question = { ask: "map-names", owner: address(owner) } as const;
    return (await this.#home.reader.rows(this.#store, question)).texts;
  }

  set(owner: Jid, name: string, value: T): Change {
    return new ValueChange(this.#home, this.#store, op.mapSet, owner, name, this.#codec.encode(value));
  }

  remove(owner: Jid, name: string): Change {
    return new ValueChange(this.#home, this.#store, op.mapRemove, owner, name);
  }

  removeAll(owner: Jid): Change {
    return new ValueChange(this.#home, this.#store, op.mapRemoveAll, owner);
  }

  owners(page: OwnersPage): Promise<readonly Jid[]> {
    return ownersOf(this.#home, this.#store, page);
  }
}

export class SqliteLogs<T> implements LogStore<T> {
  readonly #home: Home;
  readonly #store: StoreRow;
  readonly #codec: Codec<T>;

  constructor(home: Home, store: StoreRow, codec: Codec<T>) {
    this.#home = home;
    this.#store = store;
    this.#codec = codec;
  }

  lastKey(): Promise<number> {
    return this.#home.reader.number(this.#store, { ask: "last-key" });
  }

  append(owners: readonly Owner[], key: number, entry: T): Change {
    if (owners.length === 0 || owners.length > 0xffff)
      throw new TypeError("an entry needs 1 to 65,535 owners");
    if (!Number.isSafeInteger(key) || key < 1) throw new RangeError(`${key} cannot be a key`);
    return new AppendChange(this.#home, this.#store, owners, key, this.#codec.encode(entry));
  }

  async page(owner: Jid, query: LogQuery): Promise<readonly Entry<T>[]> {
    const found: Entry<T>[] = [];
    for (let rest = query; ; ) {
      const question = { ask: "log-page", owner: address(owner), query: keyQuery(rest) } as const;
      const rows = await this.#home.reader.rows(this.#store, question);
      const entries = this.#entries(rows);
      if (query.newest) found.unshift(...entries);
      else found.push(...entries);
      // A page that is not full says that there is no more: what could not be read is made up for.
      if (entries.length === rows.keys.length || rows.keys.length < rest.limit) return found;
      const limit = rest.limit - entries.length;
      rest = query.newest
        ? { ...rest, limit, before: rows.keys[0]! }
        : { ...rest, limit, after: rows.keys.at(-1)! };
    }
  }

  async get(owner: Jid, keys: readonly number[]): Promise<readonly Entry<T>[]> {
    const sorted = [...new Set(keys)].sort((a, b) => a - b);
    const question = { ask: "log-get", owner: address(owner), keys: sorted } as const;
    return this.#entries(await this.#home.reader.rows(this.#store, question));
  }

  count(owner: Jid, query: Pick<LogQuery, "after" | "before" | "with"> = {}): Promise<number> {
    const whole = keyQuery({ ...query, limit: MOST_ROWS });
    return this.#home.reader.number(this.#store, { ask: "log-count", owner: address(owner), query: whole });
  }

  trim(owner: Jid, keep: { readonly newest?: number; readonly since?: number }): Change {
    return new TrimChange(this.#home, this.#store, owner, keep.newest ?? NO_KEY, keep.since ?? 0);
  }

  remove(owner: Jid, query: { readonly with?: Jid; readonly keys?: readonly number[] } = {}): Change {
    return new RemoveChange(this.#home, this.#store, owner, query.with, query.keys);
  }

  owners(page: OwnersPage): Promise<readonly Jid[]> {
    return ownersOf(this.#home, this.#store, page);
  }

  /** Without those that cannot be decoded: one of them must not hide all others. */
  #entries(rows: Rows): Entry<T>[] {
    const entries: Entry<T>[] = [];
    for (const [at, bytes] of valuesOf(rows)) {
      const key = rows.keys[at]!;
      try {
        entries.push({ key, with: rows.texts[at]!, value: this.#codec.decode(bytes) });
      } catch (error) {
        this.#home.onUnreadable(this.#store.name, key, error);
      }
    }
    return entries;
  }
}

function keyQuery(query: LogQuery): KeyQuery {
  return {
    after: query.after ?? 0,
    before: query.before ?? NO_KEY,
    with: query.with === undefined ? undefined : address(query.with),
    limit: Math.min(query.limit, MOST_ROWS),
    newest: query.newest ?? false,
  };
}
