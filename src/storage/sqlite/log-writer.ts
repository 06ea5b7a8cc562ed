import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { AddressIds } from "./address-ids.ts";
import { LogTail, putU32 } from "./log-tail.ts";
import { LogView, NO_KEY } from "./log-view.ts";
import type { Unpacker } from "./packer.ts";
import { op, type StoreRow } from "./protocol.ts";
import { RefusedCommit } from "./refused-commit.ts";
import { tableOf } from "./schema.ts";
import type { StoreWriter } from "./store-writer.ts";

/** Where a log stands in memory. */
export interface LogMark {
  readonly last: number;
  readonly length: number;
  readonly entries: number;
}

/**
 * Applies the changes of one log store. Appending adds one row and nothing else; the index follows later (LogIndexer). What leaves a log is marked, as "all
 * up to this key" (cuts) or by key (gone), which hides it from the commit on; its rows are deleted later (LogSweeper).
 */
export class LogWriter implements StoreWriter {
  readonly store: StoreRow;
  readonly tail: LogTail = new LogTail();
  readonly view: LogView;
  /** The highest key ever used. */
  last: number;
  /** Marks were set since the sweeper last looked. */
  removals = 0;
  readonly #addresses: AddressIds;
  readonly #append: StatementSync;
  readonly #cut: StatementSync;
  readonly #gone: StatementSync;
  /** Packed owners of the entry at hand; the view saves making one for each of the usual entries with two owners. */
  #owners = new Uint8Array(16);
  #pair: Uint8Array = this.#owners.subarray(0, 16);

  constructor(db: DatabaseSync, store: StoreRow, addresses: AddressIds) {
    this.store = store;
    this.#addresses = addresses;
    this.view = new LogView(db, store, this.tail);
    this.#append = db.prepare(`INSERT INTO ${tableOf(store)} (key, owners, value) VALUES (?, ?, ?)`);
    this.#cut = db.prepare(
      `INSERT INTO ${tableOf(store, "_cuts")} (owner, peer, through) VALUES (?, ?, ?)
       ON CONFLICT (owner, peer) DO UPDATE SET through = max(through, excluded.through)`,
    );
    this.#gone = db.prepare(`INSERT OR IGNORE INTO ${tableOf(store, "_gone")} (owner, key) VALUES (?, ?)`);
    const [indexed, last] = db
      .prepare("SELECT indexed, last FROM stores WHERE id = ?", { returnArrays: true })
      .get(store.id) as unknown as [number, number];
    this.view.indexed = indexed;
    this.last = Math.max(last, indexed);
    const rows = db.prepare(`SELECT key, owners FROM ${tableOf(store)} WHERE key > ? ORDER BY key`, {
      returnArrays: true,
    });
    for (const row of rows.iterate(indexed)) {
      const [key, owners] = row as unknown as [number, Uint8Array];
      this.tail.push(key, owners);
      this.last = key;
    }
    this.removals = Number(
      db
        .prepare(
          `SELECT EXISTS (SELECT 1 FROM ${tableOf(store, "_cuts")}) + EXISTS (SELECT 1 FROM ${tableOf(store, "_gone")})`,
          { returnArrays: true },
        )
        .get()?.[0],
    );
  }

  mark(): LogMark {
    return { last: this.last, length: this.tail.length, entries: this.tail.entries };
  }

  rollback(mark: LogMark): void {
    this.last = mark.last;
    this.tail.truncate(mark.length, mark.entries);
  }

  apply(code: number, data: Unpacker): void {
    if (code === op.logAppend) {
      this.#appendEntry(data);
      return;
    }
    const owner = this.#addresses.of(data.u32());
    if (code === op.logTrim) this.#trim(owner, data.f64(), data.f64());
    else {
      const handle = data.u32();
      const peer = handle === 0 ? 0 : this.#addresses.of(handle);
      if (code === op.logRemoveAll) this.#cutThrough(owner, peer, this.last);
      else this.#removeKeys(owner, peer, data);
    }
  }

  #appendEntry(data: Unpacker): void {
    const key = data.f64();
    const count = data.u16();
    const owners = count === 2 ? this.#readPair(data) : this.#readOwners(count, data);
    if (key <= this.last)
      throw new RefusedCommit(
        "failed",
        `the key ${key} in ${this.store.name} is not above ${this.last}, which was used before`,
      );
    this.#append.run(key, owners, data.bytes());
    this.last = key;
    this.tail.push(key, owners);
  }

  #readPair(data: Unpacker): Uint8Array {
    const owners = this.#pair;
    const first = this.#addresses.of(data.u32());
    putU32(owners, 0, first);
    putU32(owners, 4, this.#addresses.of(data.u32()));
    const second = this.#addresses.of(data.u32());
    putU32(owners, 8, second);
    putU32(owners, 12, this.#addresses.of(data.u32()));
    return first === second ? owners.subarray(0, 8) : owners;
  }

  #readOwners(count: number, data: Unpacker): Uint8Array {
    if (this.#owners.length < count * 8) {
      this.#owners = new Uint8Array(count * 8);
      this.#pair = this.#owners.subarray(0, 16);
    }
    const seen = new Set<number>();
    let length = 0;
    for (let at = 0; at < count; at++) {
      const owner = this.#addresses.of(data.u32());
      const peer = this.#addresses.of(data.u32());
      if (seen.has(owner)) continue;
      seen.add(owner);
      putU32(this.#owners, length, owner);
      putU32(this.#owners, length + 4, peer);
      length += 8;
    }
    return this.#owners.subarray(0, length);
  }

  /** Keeps the `newest` so many, and of them what is not below `since`. */
  #trim(owner: number, newest: number, since: number): void {
    let through = since - 1;
    if (newest < NO_KEY) {
      const all = { after: 0, before: NO_KEY, peer: 0, newest: true };
      const { keys } = this.view.keys(owner, { ...all, limit: newest + 1 });
      if (keys.length > newest) through = Math.max(through, keys[0]!);
    }
    this.#cutThrough(owner, 0, Math.min(through, this.last));
  }

  #cutThrough(owner: number, peer: number, through: number): void {
    const range = { after: 0, before: through + 1, peer, limit: 1, newest: false };
    if (this.view.keys(owner, range).keys.length === 0) return;
    this.#cut.run(owner, peer, through);
    this.removals += 1;
  }

  #removeKeys(owner: number, peer: number, data: Unpacker): void {
    for (let count = data.u32(); count > 0; count--) {
      const key = data.f64();
      const found = this.view.peerOf(owner, key);
      if (found === undefined || (peer !== 0 && found !== peer)) continue;
      this.#gone.run(owner, key);
      this.removals += 1;
    }
  }
}
