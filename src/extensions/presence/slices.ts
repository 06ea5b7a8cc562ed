import type { World } from "../../base/world.ts";

/** What is done in one turn of the event loop. */
const SLICE = 250;

/**
 * Does something for each, in order, with a pause after every slice so that one large roster does not hold up everybody (hot path, point 5). Where an
 * action gives a promise, the next one waits for it.
 */
export function inSlices<T>(
  items: Iterable<T>,
  world: World,
  action: (item: T) => unknown,
): undefined | Promise<void> {
  const all = [...items];
  const from = (start: number): undefined | Promise<void> => {
    for (let at = start; at < all.length; at++) {
      const done = action(all[at]!);
      if (done instanceof Promise) return done.then(() => from(at + 1));
      const next = at + 1;
      if (next % SLICE === 0 && next < all.length)
        return new Promise<void>((resolve) => world.soon(resolve)).then(() => from(next));
    }
    return undefined;
  };
  return from(0);
}
