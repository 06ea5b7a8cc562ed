import type { Log } from "../base/log.ts";
import type { World } from "../base/world.ts";

/** The world as an extension gets it: what it throws when its time has come is written to the log and concerns nobody else. */
export function guardedWorld(world: World, log: Log): World {
  const failed = (error: unknown): void => log.error("a timer failed", { error });
  const guarded = (action: () => unknown) => () => {
    try {
      const result = action();
      if (result instanceof Promise) result.catch(failed);
    } catch (error) {
      failed(error);
    }
  };
  return {
    now: () => world.now(),
    monotonic: () => world.monotonic(),
    random: (length) => world.random(length),
    after: (milliseconds, action) => world.after(milliseconds, guarded(action)),
    every: (milliseconds, action) => world.every(milliseconds, guarded(action)),
    soon: (action) => world.soon(guarded(action)),
  };
}
