import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Address, Question, StoreRow } from "./protocol.ts";
import type { RowPacker } from "./row-packer.ts";
import { tableOf } from "./schema.ts";

/** Answers questions about one store inside the reader's transaction: with a number, or by adding rows. */
export interface StoreReader {
  /** A transaction begins: what was kept of an earlier state of the database may be old. */
  begin?(): void;
  answer(question: Question, rows: RowPacker): number | undefined;
}

/** The table of addresses as a reader needs it. */
export class AddressReader {
  readonly #id: StatementSync;
  readonly #text: StatementSync;

  constructor(db: DatabaseSync) {
    this.#id = db.prepare("SELECT id FROM addresses WHERE domain = ? AND local = ?", { returnArrays: true });
    this.#text = db.prepare("SELECT domain, local FROM addresses WHERE id = ?", { returnArrays: true });
  }

  /** 0 when nothing was ever stored about the address. */
  id([domain, local]: Address): number {
    const row = this.#id.get(domain, local) as unknown as [number] | undefined;
    return row === undefined ? 0 : row[0];
  }

  text(id: number): string {
    const row = this.#text.get(id) as unknown as [string, string] | undefined;
    if (row === undefined) throw new Error(`the address ${id} is missing`);
    return row[1] === "" ? row[0] : `${row[1]}@${row[0]}`;
  }
}

export const noBytes: Uint8Array = new Uint8Array(0);

/** Who has something in a document or map store. What is stored about the addresses of a domain, the index of addresses leads to. */
class OwnersReader {
  readonly #page: StatementSync;
  readonly #count: StatementSync;

  constructor(db: DatabaseSync, store: StoreRow) {
    const from = `FROM addresses a WHERE a.domain = ? AND EXISTS (SELECT 1 FROM ${tableOf(store)} WHERE owner = a.id)`;
    const page = `SELECT a.local ${from} AND a.local >= ? AND a.local IS NOT ? ORDER BY a.local LIMIT ?`;
    this.#page = db.prepare(page, { returnArrays: true });
    this.#count = db.prepare(`SELECT count(*) ${from}`, { returnArrays: true });
  }

  page({ domain, after, limit }: Question & { ask: "owners" }, rows: RowPacker): undefined {
    for (const row of this.#page.iterate(domain, after ?? "", after ?? null, limit))
      rows.add(0, (row as unknown as [string])[0], noBytes);
  }

  count(domain: string): number {
    return (this.#count.get(domain) as unknown as [number])[0];
  }
}

export class DocumentReader implements StoreReader {
  readonly #addresses: AddressReader;
  readonly #owners: OwnersReader;
  readonly #value: StatementSync;

  constructor(db: DatabaseSync, store: StoreRow, addresses: AddressReader) {
    this.#addresses = addresses;
    this.#owners = new OwnersReader(db, store);
    this.#value = db.prepare(`SELECT value FROM ${tableOf(store)} WHERE owner = ?`, { returnArrays: true });
  }

  answer(question: Question, rows: RowPacker): number | undefined {
    switch (question.ask) {
      case "document": {
        const row = this.#value.get(this.#addresses.id(question.owner)) as unknown as
          | [Uint8Array]
          | undefined;
        if (row !== undefined) rows.add(0, "", row[0]);
        return undefined;
      }
      case "owners":
        return this.#owners.page(question, rows);
      case "count":
        return this.#owners.count(question.domain);
      default:
        throw new Error(`"${question.ask}" is not for a document store`);
    }
  }
}

export class MapReader implements StoreReader {
  readonly #addresses: AddressReader;
  readonly #owners: OwnersReader;
  readonly #value: StatementSync;
  readonly #all: StatementSync;
  readonly #names: StatementSync;

  constructor(db: DatabaseSync, store: StoreRow, addresses: AddressReader) {
    const from = `FROM ${tableOf(store)} WHERE owner = ?`;
    this.#addresses = addresses;
    this.#owners = new OwnersReader(db, store);
    this.#value = db.prepare(`SELECT value ${from} AND name = ?`, { returnArrays: true });
    this.#all = db.prepare(`SELECT name, value ${from} ORDER BY name`, { returnArrays: true });
    this.#names = db.prepare(`SELECT name ${from} ORDER BY name`, { returnArrays: true });
  }

  answer(question: Question, rows: RowPacker): number | undefined {
    switch (question.ask) {
      case "map-value": {
        const row = this.#value.get(this.#addresses.id(question.owner), question.name);
        if (row !== undefined) rows.add(0, "", (row as unknown as [Uint8Array])[0]);
        return undefined;
      }
      case "map":
        for (const row of this.#all.iterate(this.#addresses.id(question.owner))) {
          const [name, value] = row as unknown as [string, Uint8Array];
          rows.add(0, name, value);
        }
        return undefined;
      case "map-names":
        for (const row of this.#names.iterate(this.#addresses.id(question.owner)))
          rows.add(0, (row as unknown as [string])[0], noBytes);
        return undefined;
      case "owners":
        return this.#owners.page(question, rows);
      default:
        throw new Error(`"${question.ask}" is not for a map store`);
    }
  }
}
