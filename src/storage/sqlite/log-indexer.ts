import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { LogWriter } from "./log-writer.ts";
import { tableOf } from "./schema.ts";

const SLICE_MS = 3;
const ROWS_AT_ONCE = 64;
/** Room for the position in the tail beside the owner in one integer below 2^53. */
const POSITIONS = 2 ** 21;

/**
 * Brings the index of a log up to date in one run over the tail, sorted by owner, so that rows of the same page come together. A run goes in slices; only its
 * last one raises the key up to which the index counts, so a run that is cut short is passed over by readers and done again.
 */
export class LogIndexer {
  readonly #db: DatabaseSync;
  readonly #log: LogWriter;
  readonly #insert: StatementSync;
  readonly #raise: StatementSync;
  /** Owner × POSITIONS + position in the tail, ascending; undefined between runs. */
  #order: Float64Array | undefined;
  #next = 0;
  /** The last key of the run. */
  #through = 0;

  constructor(db: DatabaseSync, log: LogWriter) {
    this.#db = db;
    this.#log = log;
    this.#insert = db.prepare(
      `INSERT OR IGNORE INTO ${tableOf(log.store, "_index")} (owner, key, peer) VALUES (?, ?, ?)`,
    );
    this.#raise = db.prepare("UPDATE stores SET indexed = ? WHERE id = ?");
  }

  get running(): boolean {
    return this.#order !== undefined;
  }

  /** Starts a run over what the tail holds now, or goes on with the one that runs, for some milliseconds. */
  slice(): void {
    const order = this.#order ?? this.#start();
    const { tail } = this.#log;
    const end = performance.now() + SLICE_MS;
    let next = this.#next;
    this.#db.exec("BEGIN IMMEDIATE");
    while (next < order.length && performance.now() < end) {
      const stop = Math.min(next + ROWS_AT_ONCE, order.length);
      for (; next < stop; next++) {
        const at = order[next]! % POSITIONS;
        this.#insert.run(tail.owners[at]!, tail.keys[at]!, tail.peers[at]!);
      }
    }
    const done = next === order.length;
    if (done) this.#raise.run(this.#through, this.#log.store.id);
    this.#db.exec("COMMIT");
    this.#next = next;
    if (done) this.#finish();
  }

  #start(): Float64Array {
    const { tail } = this.#log;
    let length = Math.min(tail.length, POSITIONS);
    // All owners of an entry or none: the run ends where a key ends.
    while (length < tail.length && length > 0 && tail.keys[length] === tail.keys[length - 1]) length -= 1;
    const order = new Float64Array(length);
    for (let at = 0; at < length; at++) order[at] = tail.owners[at]! * POSITIONS + at;
    order.sort();
    this.#order = order;
    this.#next = 0;
    this.#through = length === 0 ? this.#log.view.indexed : tail.keys[length - 1]!;
    return order;
  }

  #finish(): void {
    this.#log.view.indexed = this.#through;
    this.#log.tail.dropThrough(this.#through);
    this.#order = undefined;
  }
}
