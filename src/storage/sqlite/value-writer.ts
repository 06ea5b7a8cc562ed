import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { AddressIds } from "./address-ids.ts";
import type { Unpacker } from "./packer.ts";
import { op, type StoreRow } from "./protocol.ts";
import { RefusedCommit } from "./refused-commit.ts";
import { tableOf } from "./schema.ts";
import type { StoreWriter } from "./store-writer.ts";

/** Applies the changes of one document store. */
export class DocumentWriter implements StoreWriter {
  readonly #store: StoreRow;
  readonly #addresses: AddressIds;
  readonly #set: StatementSync;
  readonly #create: StatementSync;
  readonly #remove: StatementSync;

  constructor(db: DatabaseSync, store: StoreRow, addresses: AddressIds) {
    const table = tableOf(store);
    this.#store = store;
    this.#addresses = addresses;
    this.#set = db.prepare(
      `INSERT INTO ${table} (owner, value) VALUES (?, ?) ON CONFLICT (owner) DO UPDATE SET value = excluded.value`,
    );
    this.#create = db.prepare(
      `INSERT INTO ${table} (owner, value) VALUES (?, ?) ON CONFLICT (owner) DO NOTHING`,
    );
    this.#remove = db.prepare(`DELETE FROM ${table} WHERE owner = ?`);
  }

  apply(code: number, data: Unpacker): void {
    const owner = this.#addresses.of(data.u32());
    switch (code) {
      case op.documentSet:
        this.#set.run(owner, data.bytes());
        break;
      case op.documentCreate:
        if (Number(this.#create.run(owner, data.bytes()).changes) === 0)
          throw new RefusedCommit("conflict", `the owner has a value in ${this.#store.name}`);
        break;
      default:
        this.#remove.run(owner);
    }
  }
}

/** Applies the changes of one map store. */
export class MapWriter implements StoreWriter {
  readonly #addresses: AddressIds;
  readonly #set: StatementSync;
  readonly #remove: StatementSync;
  readonly #removeAll: StatementSync;

  constructor(db: DatabaseSync, store: StoreRow, addresses: AddressIds) {
    const table = tableOf(store);
    this.#addresses = addresses;
    this.#set = db.prepare(
      `INSERT INTO ${table} (owner, name, value) VALUES (?, ?, ?) ON CONFLICT (owner, name) DO UPDATE SET value = excluded.value`,
    );
    this.#remove = db.prepare(`DELETE FROM ${table} WHERE owner = ? AND name = ?`);
    this.#removeAll = db.prepare(`DELETE FROM ${table} WHERE owner = ?`);
  }

  apply(code: number, data: Unpacker): void {
    const owner = this.#addresses.of(data.u32());
    switch (code) {
      case op.mapSet:
        this.#set.run(owner, data.text(), data.bytes());
        break;
      case op.mapRemove:
        this.#remove.run(owner, data.text());
        break;
      default:
        this.#removeAll.run(owner);
    }
  }
}
