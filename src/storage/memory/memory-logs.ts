import type { Change, Codec, Entry, LogQuery, LogStore, Owner, OwnersPage } from "../../kernel/storage.ts";
import { StorageError } from "../../kernel/storage.ts";
import type { Jid } from "../../xmpp/jid.ts";
import { type Home, MemoryChange, type Undo } from "./memory-change.ts";
import { OwnerTable } from "./owner-table.ts";

interface Stored {
  readonly key: number;
  readonly with: string;
  /** The same bytes in the log of every owner. */
  readonly bytes: Uint8Array;
}

export class MemoryLogs<T> implements LogStore<T> {
  readonly #name: string;
  readonly #codec: Codec<T>;
  readonly #home: Home;
  /** Ascending by key; a list is only appended to, everything else puts another list in its place. */
  readonly #table = new OwnerTable<Stored[]>();
  #last = 0;

  constructor(name: string, codec: Codec<T>, home: Home) {
    this.#name = name;
    this.#codec = codec;
    this.#home = home;
  }

  async lastKey(): Promise<number> {
    this.#home.check();
    return this.#last;
  }

  append(owners: readonly Owner[], key: number, entry: T): Change {
    if (owners.length === 0) throw new TypeError("an entry needs an owner");
    if (!Number.isSafeInteger(key) || key < 1) throw new RangeError(`${key} cannot be a key`);
    const bytes = new Uint8Array(this.#codec.encode(entry));
    return new MemoryChange(this.#name, this.#home, () => this.#append(owners, key, bytes));
  }

  async page(owner: Jid, query: LogQuery): Promise<readonly Entry<T>[]> {
    this.#home.check();
    const entries = this.#select(owner, query);
    const start = query.newest ? Math.max(0, entries.length - query.limit) : 0;
    return entries.slice(start, start + query.limit).map((entry) => this.#entry(entry));
  }

  async get(owner: Jid, keys: readonly number[]): Promise<readonly Entry<T>[]> {
    this.#home.check();
    const wanted = new Set(keys);
    const entries = this.#table.get(owner) ?? [];
    return entries.filter(({ key }) => wanted.has(key)).map((entry) => this.#entry(entry));
  }

  async count(owner: Jid, query: Pick<LogQuery, "after" | "before" | "with"> = {}): Promise<number> {
    this.#home.check();
    return this.#select(owner, query).length;
  }

  trim(owner: Jid, keep: { readonly newest?: number; readonly since?: number }): Change {
    return this.#keep(owner, (entries) => {
      const first = keep.newest === undefined ? 0 : Math.max(0, entries.length - keep.newest);
      const since = keep.since ?? 0;
      return entries.filter(({ key }, at) => at >= first && key >= since);
    });
  }

  remove(owner: Jid, query: { readonly with?: Jid; readonly keys?: readonly number[] } = {}): Change {
    const peer = query.with?.bare.toString();
    const keys = query.keys && new Set(query.keys);
    return this.#keep(owner, (entries) =>
      entries.filter(
        (entry) =>
          (peer !== undefined && entry.with !== peer) || (keys !== undefined && !keys.has(entry.key)),
      ),
    );
  }

  async owners(page: OwnersPage): Promise<readonly Jid[]> {
    this.#home.check();
    return this.#table.page(page);
  }

  #append(owners: readonly Owner[], key: number, bytes: Uint8Array): Undo {
    const last = this.#last;
    if (key <= last)
      throw new StorageError(
        "failed",
        `the key ${key} in ${this.#name} is not above ${last}, which was used before`,
      );
    const lists: { owner: Jid; list: Stored[] }[] = [];
    for (const { owner, with: peer } of owners) {
      const list = this.#table.get(owner) ?? [];
      if (list.at(-1)?.key === key) continue;
      list.push({ key, with: peer.bare.toString(), bytes });
      this.#table.set(owner, list);
      lists.push({ owner, list });
    }
    this.#last = key;
    return () => {
      this.#last = last;
      for (const { owner, list } of lists) {
        list.pop();
        if (list.length === 0) this.#table.delete(owner);
      }
    };
  }

  #keep(owner: Jid, choose: (entries: readonly Stored[]) => Stored[]): Change {
    return new MemoryChange(this.#name, this.#home, () => {
      const before = this.#table.get(owner);
      const kept = choose(before ?? []);
      this.#table.restore(owner, kept.length === 0 ? undefined : kept);
      return () => this.#table.restore(owner, before);
    });
  }

  #select(owner: Jid, query: { after?: number; before?: number; with?: Jid }): readonly Stored[] {
    const { after = 0, before = Number.POSITIVE_INFINITY } = query;
    const peer = query.with?.bare.toString();
    return (this.#table.get(owner) ?? []).filter(
      (entry) => entry.key > after && entry.key < before && (peer === undefined || entry.with === peer),
    );
  }

  #entry({ key, with: peer, bytes }: Stored): Entry<T> {
    return { key, with: peer, value: this.#codec.decode(bytes.slice()) };
  }
}
