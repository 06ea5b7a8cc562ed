import type { DatabaseSync } from "node:sqlite";
import { LogIndexer } from "./log-indexer.ts";
import { LogSweeper } from "./log-sweeper.ts";
import type { LogWriter } from "./log-writer.ts";

/** So many removals are swept together. */
const SWEEP_AT = 1000;

/** What is done for a log between commits: the index behind the appended rows, and the rows behind the marks of removal. */
export class LogUpkeep {
  readonly #log: LogWriter;
  readonly #indexer: LogIndexer;
  readonly #sweeper: LogSweeper;
  readonly #indexAfter: number;
  /** A sweep follows the run of the indexer. */
  #sweepNext = false;

  constructor(db: DatabaseSync, log: LogWriter, indexAfter: number) {
    this.#log = log;
    this.#indexer = new LogIndexer(db, log);
    this.#sweeper = new LogSweeper(db, log);
    this.#indexAfter = indexAfter;
  }

  get removals(): number {
    return this.#log.removals;
  }

  /** There is something to do at once. */
  get wanted(): boolean {
    return (
      this.#indexer.running ||
      this.#sweeper.running ||
      this.#sweepNext ||
      this.#log.tail.entries >= this.#indexAfter ||
      this.#log.removals >= SWEEP_AT
    );
  }

  /** Removals are not to wait for more of them. */
  sweepSoon(): void {
    if (this.#log.removals > 0) this.#sweepNext = true;
  }

  /** A few milliseconds of it, in a transaction of its own. */
  slice(): void {
    if (this.#log.removals >= SWEEP_AT) this.#sweepNext = true;
    // Only what is indexed can be swept, so a sweep begins with a run over the whole tail.
    if (this.#indexer.running) this.#indexer.slice();
    else if (this.#sweeper.running) this.#sweep();
    else if (this.#sweepNext && this.#log.tail.length === 0) this.#sweep();
    else if (this.#sweepNext || this.#log.tail.entries >= this.#indexAfter) {
      this.#indexer.slice();
      if (!this.#indexer.running && this.#sweepNext) this.#sweep();
    }
  }

  #sweep(): void {
    this.#sweepNext = false;
    this.#sweeper.slice();
  }
}
