export const WIDTH = 240;
export const HEIGHT = 56;
/** Points that are drawn: the last minutes. */
const STEPS = 90;

/** The points of a line through these values, the newest at the right, zero at the bottom. */
export function linePoints(values: readonly number[]): string {
  const shown = values.slice(-STEPS);
  // Some room above, so that a line that stays as it is can be seen.
  const top = Math.max(...shown, 0) * 1.1;
  const from = STEPS - shown.length;
  return shown
    .map((value, index) => {
      const x = ((from + index) / (STEPS - 1)) * WIDTH;
      const y = top === 0 ? HEIGHT - 1 : HEIGHT - 1 - (value / top) * (HEIGHT - 2);
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    })
    .join(" ");
}
