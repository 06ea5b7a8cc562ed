import type { Change, Codec, DocumentStore, MapStore, OwnersPage } from "../../kernel/storage.ts";
import { StorageError } from "../../kernel/storage.ts";
import type { Jid } from "../../xmpp/jid.ts";
import { type Home, MemoryChange } from "./memory-change.ts";
import { byCodePoint, OwnerTable } from "./owner-table.ts";

/** Values are kept as bytes that belong to the store alone. */
export class MemoryDocuments<T> implements DocumentStore<T> {
  readonly #name: string;
  readonly #codec: Codec<T>;
  readonly #home: Home;
  readonly #table = new OwnerTable<Uint8Array>();

  constructor(name: string, codec: Codec<T>, home: Home) {
    this.#name = name;
    this.#codec = codec;
    this.#home = home;
  }

  async get(owner: Jid): Promise<T | undefined> {
    this.#home.check();
    const bytes = this.#table.get(owner);
    return bytes === undefined ? undefined : this.#codec.decode(bytes.slice());
  }

  set(owner: Jid, value: T): Change {
    const bytes = new Uint8Array(this.#codec.encode(value));
    return this.#change(() => this.#put(owner, bytes));
  }

  create(owner: Jid, value: T): Change {
    const bytes = new Uint8Array(this.#codec.encode(value));
    return this.#change(() => {
      if (this.#table.get(owner) !== undefined)
        throw new StorageError("conflict", `${owner} has a value in ${this.#name}`);
      return this.#put(owner, bytes);
    });
  }

  remove(owner: Jid): Change {
    return this.#change(() => {
      const before = this.#table.get(owner);
      this.#table.delete(owner);
      return () => this.#table.restore(owner, before);
    });
  }

  async owners(page: OwnersPage): Promise<readonly Jid[]> {
    this.#home.check();
    return this.#table.page(page);
  }

  async count(domain: string): Promise<number> {
    this.#home.check();
    return this.#table.count(domain);
  }

  #put(owner: Jid, bytes: Uint8Array): () => void {
    const before = this.#table.get(owner);
    this.#table.set(owner, bytes);
    return () => this.#table.restore(owner, before);
  }

  #change(apply: () => () => void): Change {
    return new MemoryChange(this.#name, this.#home, apply);
  }
}

export class MemoryMaps<T> implements MapStore<T> {
  readonly #name: string;
  readonly #codec: Codec<T>;
  readonly #home: Home;
  readonly #table = new OwnerTable<Map<string, Uint8Array>>();

  constructor(name: string, codec: Codec<T>, home: Home) {
    this.#name = name;
    this.#codec = codec;
    this.#home = home;
  }

  async get(owner: Jid, name: string): Promise<T | undefined> {
    this.#home.check();
    const bytes = this.#table.get(owner)?.get(name);
    return bytes === undefined ? undefined : this.#codec.decode(bytes.slice());
  }

  async all(owner: Jid): Promise<ReadonlyMap<string, T>> {
    this.#home.check();
    const rows = [...(this.#table.get(owner) ?? [])].sort(([a], [b]) => byCodePoint(a, b));
    return new Map(rows.map(([name, bytes]) => [name, this.#codec.decode(bytes.slice())]));
  }

  async names(owner: Jid): Promise<readonly string[]> {
    this.#home.check();
    return [...(this.#table.get(owner)?.keys() ?? [])].sort(byCodePoint);
  }

  set(owner: Jid, name: string, value: T): Change {
    const bytes = new Uint8Array(this.#codec.encode(value));
    return this.#change(() => this.#put(owner, name, bytes));
  }

  remove(owner: Jid, name: string): Change {
    return this.#change(() => this.#put(owner, name, undefined));
  }

  removeAll(owner: Jid): Change {
    return this.#change(() => {
      const before = this.#table.get(owner);
      this.#table.delete(owner);
      return () => this.#table.restore(owner, before);
    });
  }

  async owners(page: OwnersPage): Promise<readonly Jid[]> {
    this.#home.check();
    return this.#table.page(page);
  }

  /** Sets, or removes where `bytes` is undefined; returns the way back. */
  #put(owner: Jid, name: string, bytes: Uint8Array | undefined): () => void {
    const rows = this.#table.get(owner) ?? new Map<string, Uint8Array>();
    const before = rows.get(name);
    if (bytes === undefined) rows.delete(name);
    else rows.set(name, bytes);
    if (rows.size === 0) this.#table.delete(owner);
    else this.#table.set(owner, rows);
    return () => void this.#put(owner, name, before);
  }

  #change(apply: () => () => void): Change {
    return new MemoryChange(this.#name, this.#home, apply);
  }
}
