import { setTimeout as delay } from "node:timers/promises";

/** Looks until the condition holds. @throws Error naming what did not happen within the time */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  milliseconds: number,
  everyMilliseconds = 20,
): Promise<void> {
  const deadline = performance.now() + milliseconds;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`no ${what} within ${milliseconds} ms`);
    await delay(everyMilliseconds);
  }
}
