import type { DatabaseSync, StatementSync } from "node:sqlite";
import { u32 } from "./log-tail.ts";
import type { LogWriter } from "./log-writer.ts";
import { tableOf } from "./schema.ts";

const SLICE_MS = 3;
const ROWS_AT_ONCE = 64;

type Cut = readonly [owner: number, peer: number, through: number];

/**
 * Deletes the rows behind the marks of removal, up to the key that the index reaches: the row of the index, and the entry itself once no owner's index has it.
 * A mark goes when nothing is left that it hides. Works in slices; the marks in the database are the list of what is to be done.
 */
export class LogSweeper {
  readonly #db: DatabaseSync;
  readonly #log: LogWriter;
  readonly #statements: Readonly<
    Record<
      "cuts" | "gone" | "rows" | "dropRow" | "dropCut" | "dropGone" | "owners" | "has" | "dropEntry" | "last",
      StatementSync
    >
  >;
  /** Where the pass over the cuts stands; undefined between passes. */
  #cut: Cut | undefined;
  /** The key up to which the cut at hand is done. */
  #key = 0;
  #passing = false;

  constructor(db: DatabaseSync, log: LogWriter) {
    this.#db = db;
    this.#log = log;
    const index = tableOf(log.store, "_index");
    const cuts = tableOf(log.store, "_cuts");
    const gone = tableOf(log.store, "_gone");
    const prepare = (sql: string): StatementSync => db.prepare(sql, { returnArrays: true });
    this.#statements = {
      cuts: prepare(
        `SELECT owner, peer, through FROM ${cuts} WHERE (owner, peer) > (?, ?) ORDER BY owner, peer LIMIT 1`,
      ),
      gone: prepare(`SELECT owner, key FROM ${gone} WHERE key <= ? LIMIT ?`),
      rows: prepare(
        `SELECT key FROM ${index} WHERE owner = ?1 AND key > ?2 AND key <= ?3 AND (?4 = 0 OR peer = ?4) ORDER BY key LIMIT ?5`,
      ),
      dropRow: prepare(`DELETE FROM ${index} WHERE owner = ? AND key = ?`),
      // Unless the cut has moved on since it was read.
      dropCut: prepare(`DELETE FROM ${cuts} WHERE owner = ? AND peer = ? AND through = ?`),
      dropGone: prepare(`DELETE FROM ${gone} WHERE owner = ? AND key = ?`),
      owners: prepare(`SELECT owners FROM ${tableOf(log.store)} WHERE key = ?`),
      has: prepare(`SELECT 1 FROM ${index} WHERE owner = ? AND key = ?`),
      dropEntry: prepare(`DELETE FROM ${tableOf(log.store)} WHERE key = ?`),
      last: prepare("UPDATE stores SET last = ? WHERE id = ? AND last < ?1"),
    };
  }

  get running(): boolean {
    return this.#passing;
  }

  /** Starts a pass over the marks, or goes on with the one that runs, for some milliseconds. */
  slice(): void {
    if (!this.#passing) {
      this.#passing = true;
      this.#log.removals = 0;
      this.#cut = undefined;
    }
    const end = performance.now() + SLICE_MS;
    const before = { cut: this.#cut, key: this.#key };
    let more = true;
    this.#db.exec("BEGIN IMMEDIATE");
    try {
      // The highest key stays known when its entry goes.
      this.#statements.last.run(this.#log.last, this.#log.store.id);
      while (more && performance.now() < end) more = this.#sweepCut() || this.#sweepGone();
      this.#db.exec("COMMIT");
    } catch (error) {
      this.#cut = before.cut;
      this.#key = before.key;
      throw error;
    }
    this.#passing = more;
  }

  /** Some rows of the cut at hand; false after the last cut. */
  #sweepCut(): boolean {
    const { indexed } = this.#log.view;
    const cut = this.#cut;
    if (cut === undefined) return this.#nextCut(0, 0);
    const [owner, peer, through] = cut;
    if (through === 0) return false;
    const rows = this.#statements.rows.all(owner, this.#key, Math.min(through, indexed), peer, ROWS_AT_ONCE);
    for (const [key] of rows as unknown as [number][]) {
      this.#drop(owner, key);
      this.#key = key;
    }
    if (rows.length === ROWS_AT_ONCE) return true;
    if (through <= indexed) this.#statements.dropCut.run(owner, peer, through);
    return this.#nextCut(owner, peer);
  }

  #nextCut(owner: number, peer: number): boolean {
    const next = this.#statements.cuts.get(owner, peer) as unknown as Cut | undefined;
    this.#cut = next ?? [0, 0, 0];
    this.#key = 0;
    return next !== undefined;
  }

  #sweepGone(): boolean {
    const rows = this.#statements.gone.all(this.#log.view.indexed, ROWS_AT_ONCE) as unknown as [
      number,
      number,
    ][];
    for (const [owner, key] of rows) {
      this.#drop(owner, key);
      this.#statements.dropGone.run(owner, key);
    }
    return rows.length === ROWS_AT_ONCE;
  }

  #drop(owner: number, key: number): void {
    this.#statements.dropRow.run(owner, key);
    const row = this.#statements.owners.get(key) as unknown as [Uint8Array] | undefined;
    if (row === undefined) return;
    const [owners] = row;
    for (let at = 0; at < owners.length; at += 8)
      if (this.#statements.has.get(u32(owners, at), key) !== undefined) return;
    this.#statements.dropEntry.run(key);
  }
}
