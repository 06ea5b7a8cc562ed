import type { DatabaseSync, StatementSync } from "node:sqlite";

/**
 * The numbers of addresses in the database, by the handles that the session side gives out. A row is added when a handle is first used in a commit; what a
 * rolled back transaction added is added again at the next use.
 */
export class AddressIds {
  /** By handle; 0 while its number is not known. */
  #ids: number[] = [0];
  /** Domain and local part of the handles whose number is not known or not committed. */
  readonly #texts = new Map<number, readonly [string, string]>();
  /** Handles whose number was found in the transaction that runs. */
  readonly #fresh: number[] = [];
  readonly #select: StatementSync;
  readonly #insert: StatementSync;

  constructor(db: DatabaseSync) {
    this.#select = db.prepare("SELECT id FROM addresses WHERE domain = ? AND local = ?", {
      returnArrays: true,
    });
    this.#insert = db.prepare("INSERT INTO addresses (domain, local) VALUES (?, ?)");
  }

  /** Handles count from 1 again. */
  reset(): void {
    this.#ids = [0];
    this.#texts.clear();
    this.#fresh.length = 0;
  }

  /** The next handles, as domain and local part in turn. */
  introduce(parts: readonly string[]): void {
    for (let at = 0; at < parts.length; at += 2) {
      this.#texts.set(this.#ids.length, [parts[at]!, parts[at + 1]!]);
      this.#ids.push(0);
    }
  }

  of(handle: number): number {
    return this.#ids[handle] || this.#find(handle);
  }

  /** For `rollback`: what is found from now on. */
  mark(): number {
    return this.#fresh.length;
  }

  rollback(mark: number): void {
    for (let at = mark; at < this.#fresh.length; at++) this.#ids[this.#fresh[at]!] = 0;
    this.#fresh.length = mark;
  }

  committed(): void {
    for (const handle of this.#fresh) this.#texts.delete(handle);
    this.#fresh.length = 0;
  }

  #find(handle: number): number {
    const parts = this.#texts.get(handle);
    if (parts === undefined) throw new Error(`the address handle ${handle} was never introduced`);
    const row = this.#select.get(...parts) as unknown as [number] | undefined;
    const id = row === undefined ? Number(this.#insert.run(...parts).lastInsertRowid) : row[0];
    this.#ids[handle] = id;
    this.#fresh.push(handle);
    return id;
  }
}
