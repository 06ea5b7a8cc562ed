import type { DatabaseSync, StatementSync } from "node:sqlite";

/** The log is copied into the database when it holds so many pages more than were copied: 4 MiB. */
const PAGES = 1000;
/** How often its length is asked for: the question costs some microseconds. */
const EVERY = 8;

/** Copies the write-ahead log into the database between commits, so that no commit waits for it. Readers are not disturbed. */
export class Checkpoints {
  readonly #look: StatementSync;
  readonly #copy: StatementSync;
  #calls = 0;

  constructor(db: DatabaseSync) {
    this.#look = db.prepare("PRAGMA wal_checkpoint(NOOP)", { returnArrays: true });
    this.#copy = db.prepare("PRAGMA wal_checkpoint(PASSIVE)", { returnArrays: true });
  }

  /** To be called after each commit. */
  run(): void {
    this.#calls += 1;
    if (this.#calls % EVERY !== 0) return;
    const [, pages, copied] = this.#look.get() as unknown as [number, number, number];
    if (pages - copied >= PAGES) this.#copy.get();
  }
}
