import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { LogWriter } from "./log-writer.ts";
import { tableOf } from "./schema.ts";

const SLICE_MS = 3;
const ROWS_AT_ONCE = 64;
/** Rows of one statement: calling it costs more than a row does. */
const ROWS = 16;
/** Owners whose cuts are looked at before a run; what is passed over is left to the sweeper. */
const CUTS = 4096;
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
  readonly #insertMany: StatementSync;
  readonly #values: number[] = Array.from({ length: ROWS * 3 }, () => 0);
  readonly #raise: StatementSync;
  readonly #cuts: StatementSync;
  readonly #drop: StatementSync;
  readonly #last: StatementSync;
  /** Owner × POSITIONS + position in the tail, ascending; undefined between runs. */
  #order: Float64Array | undefined;
  #next = 0;
  /** First and last keys of neighbouring entries that are in nobody's log any more. */
  #dead: number[] = [];
  /** The last key of the run. */
  #through = 0;

  constructor(db: DatabaseSync, log: LogWriter) {
    this.#db = db;
    this.#log = log;
    const insert = `INSERT OR IGNORE INTO ${tableOf(log.store, "_index")} (owner, key, peer) VALUES (?, ?, ?)`;
    this.#insert = db.prepare(insert);
    this.#insertMany = db.prepare(insert + ", (?, ?, ?)".repeat(ROWS - 1));
    this.#raise = db.prepare("UPDATE stores SET indexed = ? WHERE id = ?");
    this.#cuts = db.prepare(
      `SELECT owner, through FROM ${tableOf(log.store, "_cuts")} WHERE peer = 0 LIMIT ?`,
      {
        returnArrays: true,
      },
    );
    this.#drop = db.prepare(`DELETE FROM ${tableOf(log.store)} WHERE key BETWEEN ? AND ?`);
    this.#last = db.prepare("UPDATE stores SET last = ? WHERE id = ? AND last < ?1");
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
    let dropped = 0;
    this.#db.exec("BEGIN IMMEDIATE");
    // The highest key stays known when its entry goes.
    if (this.#dead.length > 0) this.#last.run(this.#log.last, this.#log.store.id);
    for (; dropped < this.#dead.length && performance.now() < end; dropped += 2)
      this.#drop.run(this.#dead[dropped]!, this.#dead[dropped + 1]!);
    while (next < order.length && performance.now() < end) {
      const stop = Math.min(next + ROWS_AT_ONCE, order.length);
      for (; next + ROWS <= stop; next += ROWS) this.#insertRows(order, next);
      for (; next < stop; next++) {
        const at = order[next]! % POSITIONS;
        this.#insert.run(tail.owners[at]!, tail.keys[at]!, tail.peers[at]!);
      }
    }
    const done = next === order.length && dropped === this.#dead.length;
    if (done) this.#raise.run(this.#through, this.#log.store.id);
    this.#db.exec("COMMIT");
    this.#next = next;
    this.#dead = this.#dead.slice(dropped);
    if (done) this.#finish();
  }

  #insertRows(order: Float64Array, first: number): void {
    const { tail } = this.#log;
    const values = this.#values;
    for (let row = 0; row < ROWS; row++) {
      const at = order[first + row]! % POSITIONS;
      values[row * 3] = tail.owners[at]!;
      values[row * 3 + 1] = tail.keys[at]!;
      values[row * 3 + 2] = tail.peers[at]!;
    }
    this.#insertMany.run(...values);
  }

  #start(): Float64Array {
    const { tail } = this.#log;
    let length = Math.min(tail.length, POSITIONS);
    // All owners of an entry or none: the run ends where a key ends.
    while (length < tail.length && length > 0 && tail.keys[length] === tail.keys[length - 1]) length -= 1;
    const order = this.#living(length);
    order.sort();
    this.#order = order;
    this.#next = 0;
    this.#through = length === 0 ? this.#log.view.indexed : tail.keys[length - 1]!;
    return order;
  }

  /**
   * What of the tail has to be indexed. What was removed meanwhile, as everything is that waited for nobody but its delivery, needs neither rows in the
   * index nor a sweep: entries that are in no log any more are noted in `#dead`.
   */
  #living(length: number): Float64Array {
    const { tail } = this.#log;
    const cuts = new Map(this.#cuts.all(CUTS) as unknown as [number, number][]);
    const order = new Float64Array(length);
    let count = 0;
    let deadBefore = 0;
    for (let at = 0; at < length; ) {
      const key = tail.keys[at]!;
      const before = count;
      for (; at < length && tail.keys[at] === key; at++) {
        const owner = tail.owners[at]!;
        if (key > (cuts.get(owner) ?? 0)) order[count++] = owner * POSITIONS + at;
      }
      if (count > before) deadBefore = 0;
      else if (deadBefore > 0 && deadBefore < ROWS_AT_ONCE) {
        this.#dead[this.#dead.length - 1] = key;
        deadBefore += 1;
      } else {
        this.#dead.push(key, key);
        deadBefore = 1;
      }
    }
    return order.subarray(0, count);
  }

  #finish(): void {
    this.#log.view.indexed = this.#through;
    this.#log.tail.dropThrough(this.#through);
    this.#order = undefined;
  }
}
