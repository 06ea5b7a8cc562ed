import type { Log } from "../base/log.ts";
import type { Cancel, World } from "../base/world.ts";

/** Something with bytes to write at the end of the turn. */
export interface Flushable {
  flush(): void;
}

/** Something that waits for a moment. */
export interface Timed {
  /** `now`: monotonic milliseconds. Returns whether there is more to wait for. */
  tick(now: number): boolean;
}

/** Milliseconds between two looks at those who wait; how late a deadline or the end of a pause may come. */
const SWEEP = 100;

/** What the connections of a listener share: one flush for all per turn of the event loop, and one timer that runs only while somebody waits. */
export class Loop {
  readonly world: World;
  readonly log: Log;
  #dirty: Flushable[] = [];
  readonly #waiting = new Set<Timed>();
  #stopSweep: Cancel | undefined;
  readonly #flushAll = (): void => {
    const dirty = this.#dirty;
    this.#dirty = [];
    for (const one of dirty) one.flush();
  };

  constructor(world: World, log: Log) {
    this.world = world;
    this.log = log;
  }

  /** Has `one` flushed at the end of this turn. */
  flushSoon(one: Flushable): void {
    if (this.#dirty.push(one) === 1) this.world.soon(this.#flushAll);
  }

  watch(one: Timed): void {
    this.#waiting.add(one);
    this.#stopSweep ??= this.world.every(SWEEP, () => this.#sweep());
  }

  #sweep(): void {
    const now = this.world.monotonic();
    for (const one of this.#waiting) {
      if (!one.tick(now)) this.#waiting.delete(one);
    }
    if (this.#waiting.size === 0) {
      this.#stopSweep?.();
      this.#stopSweep = undefined;
    }
  }
}
