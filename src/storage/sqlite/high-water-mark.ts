import { closeSync, constants, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { damaged } from "./damaged.ts";

/** Under load the mark lags by so much, which keeps it out of the cost of a commit. */
const LAG_MS = 100;

export interface Reach {
  readonly name: string;
  /** The highest key ever used. */
  readonly last: number;
}

/**
 * `tercet.db-mark`: how far each log has gone, beside the database. SQLite takes a log of commits (`-wal`) that was cut short, or an older file, as it is;
 * the mark tells that what was committed is missing. It is written after the commit and never synced, so that it is never ahead of a database that is whole.
 */
export class HighWaterMark {
  readonly #file: number | undefined;
  readonly #reach: () => readonly Reach[];
  #written = "";
  #writtenAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(directory: string, reach: () => readonly Reach[]) {
    this.#reach = reach;
    this.#file = open(markPath(directory));
    this.#write();
  }

  /** To be called after each commit. */
  moved(): void {
    if (performance.now() - this.#writtenAt > LAG_MS) this.#write();
    else this.#timer ??= setTimeout(() => this.#write(), LAG_MS).unref();
  }

  close(): void {
    this.#write();
    clearTimeout(this.#timer);
    if (this.#file !== undefined) closeSync(this.#file);
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writtenAt = performance.now();
    const reached = Object.fromEntries(this.#reach().map(({ name, last }) => [name, last]));
    const text = `${JSON.stringify(reached)}\n`;
    if (this.#file === undefined || text === this.#written) return;
    try {
      writeSync(this.#file, text, 0);
      ftruncateSync(this.#file, Buffer.byteLength(text));
      this.#written = text;
    } catch {
      // A disk that is full: the mark stays behind, which is allowed.
    }
  }
}

function markPath(directory: string): string {
  return join(directory, "tercet.db-mark");
}

/** undefined on a disk that takes no file: commits are refused then, or will be. */
function open(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  } catch {
    return undefined;
  }
}

/** @throws DataDirectoryError when the logs of the database do not go as far as the mark */
export function checkMark(directory: string, reach: readonly Reach[]): void {
  const path = join(directory, "tercet.db");
  for (const [name, last] of read(markPath(directory))) {
    if ((reach.find((log) => log.name === name)?.last ?? 0) >= last) continue;
    throw damaged(
      directory,
      `the newest entries of its log "${name}" are missing: ${path} or ${path}-wal was cut short, or is an older file`,
      `; to go on without them, delete ${markPath(directory)}`,
    );
  }
}

/** Empty when there is no mark, or one that a power cut has spoilt. */
function read(path: string): readonly (readonly [string, number])[] {
  try {
    const marks = Object.entries(JSON.parse(readFileSync(path, "utf8")) as Record<string, number>);
    return marks.filter(([, last]) => Number.isSafeInteger(last));
  } catch {
    return [];
  }
}
