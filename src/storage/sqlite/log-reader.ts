import type { DatabaseSync, StatementSync } from "node:sqlite";
import { LogTail } from "./log-tail.ts";
import { type Keys, LogView, NO_KEY } from "./log-view.ts";
import type { Address, KeyQuery, Question, StoreRow } from "./protocol.ts";
import type { RowPacker } from "./row-packer.ts";
import { tableOf } from "./schema.ts";
import { type AddressReader, noBytes, type StoreReader } from "./store-reader.ts";

/**
 * A log as its last commit left it. The tail is taken from the rows themselves, each once: those above the last one known, as of the transaction at hand, so
 * that index and tail always fit together.
 */
export class LogReader implements StoreReader {
  readonly #store: StoreRow;
  readonly #addresses: AddressReader;
  readonly #tail = new LogTail();
  readonly #view: LogView;
  /** The last key that the tail took in. */
  #seen = 0;
  /** The highest key ever used, once it is known in the transaction at hand. */
  #last: number | undefined = undefined;
  readonly #statements: Readonly<Record<"state" | "after" | "value" | "owners", StatementSync>>;

  constructor(db: DatabaseSync, store: StoreRow, addresses: AddressReader) {
    const table = tableOf(store);
    const prepare = (sql: string): StatementSync => db.prepare(sql, { returnArrays: true });
    this.#store = store;
    this.#addresses = addresses;
    this.#view = new LogView(db, store, this.#tail);
    this.#statements = {
      state: prepare("SELECT indexed, last FROM stores WHERE id = ?"),
      after: prepare(`SELECT key, owners FROM ${table} WHERE key > ? ORDER BY key`),
      value: prepare(`SELECT value FROM ${table} WHERE key = ?`),
      owners: prepare(
        `SELECT a.id, a.local, EXISTS (SELECT 1 FROM ${tableOf(store, "_index")} WHERE owner = a.id)
         FROM addresses a WHERE a.domain = ? AND a.local >= ? AND a.local IS NOT ? ORDER BY a.local`,
      ),
    };
  }

  begin(): void {
    this.#last = undefined;
  }

  answer(question: Question, rows: RowPacker): number | undefined {
    this.#last ??= this.#refresh();
    switch (question.ask) {
      case "last-key":
        return this.#last;
      case "log-page": {
        const found = this.#keys(question.owner, question.query);
        if (found !== undefined) this.#add(found, rows);
        return undefined;
      }
      case "log-get":
        this.#get(this.#addresses.id(question.owner), question.keys, rows);
        return undefined;
      case "log-count":
        return this.#count(question.owner, question.query);
      case "owners":
        this.#owners(question, rows);
        return undefined;
      default:
        throw new Error(`"${question.ask}" is not for this store`);
    }
  }

  /** Brings the tail to the state of the transaction at hand; returns the highest key ever used. */
  #refresh(): number {
    const [indexed, last] = this.#statements.state.get(this.#store.id) as unknown as [number, number];
    if (indexed > this.#view.indexed) {
      this.#view.indexed = indexed;
      this.#tail.dropThrough(indexed);
      this.#seen = Math.max(this.#seen, indexed);
    }
    for (const row of this.#statements.after.iterate(this.#seen)) {
      const [key, owners] = row as unknown as [number, Uint8Array];
      this.#tail.push(key, owners);
      this.#seen = key;
    }
    return Math.max(last, this.#seen);
  }

  /** undefined when an address is one that nothing was ever stored about. */
  #keys(owner: Address, query: KeyQuery): Keys | undefined {
    const id = this.#addresses.id(owner);
    const peer = query.with === undefined ? 0 : this.#addresses.id(query.with);
    if (id === 0 || (query.with !== undefined && peer === 0)) return undefined;
    const { after, before, limit, newest } = query;
    return this.#view.keys(id, { after, before, peer, limit, newest });
  }

  #count(owner: Address, query: KeyQuery): number {
    const id = this.#addresses.id(owner);
    const peer = query.with === undefined ? 0 : this.#addresses.id(query.with);
    if (id === 0 || (query.with !== undefined && peer === 0)) return 0;
    return this.#view.count(id, query.after, query.before, peer);
  }

  #get(owner: number, keys: readonly number[], rows: RowPacker): void {
    const found: Keys = { keys: [], peers: [] };
    for (const key of owner === 0 ? [] : keys) {
      const peer = this.#view.peerOf(owner, key);
      if (peer === undefined) continue;
      found.keys.push(key);
      found.peers.push(peer);
    }
    this.#add(found, rows);
  }

  #add(found: Keys, rows: RowPacker): void {
    const texts = new Map<number, string>();
    for (const [at, key] of found.keys.entries()) {
      const peer = found.peers[at]!;
      let text = texts.get(peer);
      if (text === undefined) {
        text = this.#addresses.text(peer);
        texts.set(peer, text);
      }
      const row = this.#statements.value.get(key) as unknown as [Uint8Array] | undefined;
      if (row === undefined) throw new Error(`the entry ${key} of ${this.#store.name} is missing`);
      rows.add(key, text, row[0]);
    }
  }

  #owners(question: Question & { ask: "owners" }, rows: RowPacker): void {
    const inTail = new Set(this.#tail.owners.subarray(0, this.#tail.length));
    const { domain, after, limit } = question;
    const one = { after: 0, before: NO_KEY, peer: 0, limit: 1, newest: true };
    let count = 0;
    for (const row of this.#statements.owners.iterate(domain, after ?? "", after ?? null)) {
      if (count >= limit) return;
      const [id, local, indexed] = row as unknown as [number, string, number];
      if (indexed === 0 && !inTail.has(id)) continue;
      if (this.#view.keys(id, one).keys.length === 0) continue;
      rows.add(0, local, noBytes);
      count += 1;
    }
  }
}
