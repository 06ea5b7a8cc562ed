import type { World } from "../../base/world.ts";

/** What the server is like at a moment. Counters count from its start. */
export interface Figures {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly uptimeSeconds: number;
  readonly sessions: number;
  readonly stanzas: number;
  /** Messages whose outcome is known. */
  readonly messages: number;
  readonly outcomes: Readonly<Record<string, number>>;
  /** Bytes of the whole process. */
  readonly memory: number;
  /** Of this process since its start, all threads: microseconds. */
  readonly cpu: number;
  /** By how many milliseconds timers came late since the last figures: the worst of a hundred. */
  readonly loopDelay: number;
  /** Batches of changes that were given to the store. */
  readonly commits: number;
  /** How many milliseconds they took since the last figures, on the average of those that were timed; missing where none was. */
  readonly commitTime?: number;
}

/** Measures only while somebody looks. */
export interface FigureSource {
  /** Begins to measure; `read` gives what came since the last call. */
  watch(): { read(): Figures; close(): void };
}

/** Milliseconds. */
const PERIOD = 2000;

/** Figures every two seconds until `signal` aborts. */
export async function* liveFigures(
  source: FigureSource,
  signal: AbortSignal,
  world: Pick<World, "after">,
): AsyncIterable<Figures> {
  const watch = source.watch();
  try {
    while (!signal.aborted) {
      yield watch.read();
      await new Promise<void>((resolve) => {
        const cancel = world.after(PERIOD, resolve);
        signal.addEventListener(
          "abort",
          () => {
            cancel();
            resolve();
          },
          { once: true },
        );
      });
    }
  } finally {
    watch.close();
  }
}
