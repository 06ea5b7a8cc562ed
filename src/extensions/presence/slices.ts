import type { World } from "../../base/world.ts";

/** What is done in one turn of the event loop. */
const SLICE = 250;

/** Does something for each, in order, with a pause after every slice so that one large roster does not hold up everybody (hot path, point 5). */
export function inSlices<T>(
  items: Iterable<T>,
  world: World,
  action: (item: T) => void,
): undefined | Promise<void> {
  const all = [...items];
  if (all.length <= SLICE) {
    for (const item of all) action(item);
    return undefined;
  }
  return (async () => {
    for (let start = 0; start < all.length; start += SLICE) {
      if (start > 0) await new Promise<void>((resolve) => world.soon(resolve));
      for (const item of all.slice(start, start + SLICE)) action(item);
    }
  })();
}
