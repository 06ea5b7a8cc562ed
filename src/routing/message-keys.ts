/** Keys count microseconds of the wall clock, so a key tells when (durability: keys and ids). */
const KEYS_PER_MILLISECOND = 1000;

/** The lowest key of a moment, in milliseconds. */
export function keyAt(time: number): number {
  return Math.floor(time * KEYS_PER_MILLISECOND);
}

export function momentOf(key: number): Date {
  return new Date(Math.floor(key / KEYS_PER_MILLISECOND));
}
