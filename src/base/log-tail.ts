import { createLog, type Fields, type Level, type Log, type LogThreshold } from "./log.ts";
import type { World } from "./world.ts";

/** Lines that are kept for those who come later. */
const KEPT = 500;

/** The last lines of a log, and whoever follows them. */
export class LogTail {
  readonly #world: Pick<World, "now">;
  readonly #lines: string[] = [];
  readonly #followers = new Set<(line: string) => void>();

  constructor(world: Pick<World, "now">) {
    this.#world = world;
  }

  /** The same log, whose lines come here too. */
  around(log: Log, level: LogThreshold): Log {
    const write = (line: string): void => this.#take(line);
    return both(log, createLog({ level, format: "json", now: () => this.#world.now(), write }));
  }

  /** Those that are kept, JSON, the oldest first. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** `take` gets each line from now on, until what comes back is called. */
  follow(take: (line: string) => void): () => void {
    this.#followers.add(take);
    return () => void this.#followers.delete(take);
  }

  #take(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > KEPT) this.#lines.shift();
    for (const take of this.#followers) take(line);
  }
}

function both(one: Log, other: Log): Log {
  const write =
    (level: Level) =>
    (event: string, fields?: Fields): void => {
      one[level](event, fields);
      other[level](event, fields);
    };
  return {
    get debugging() {
      return one.debugging || other.debugging;
    },
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    with: (fields) => both(one.with(fields), other.with(fields)),
  };
}
