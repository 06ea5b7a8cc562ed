/** Edits (insert, delete, replace, swap two neighbours) that lead from one text to the other. */
function distance(a: string, b: string): number {
  let older: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, older[j - 2]! + 1);
      }
      row.push(cost);
    }
    older = previous;
    previous = row;
  }
  return previous[b.length]!;
}

/** Longer than any name that we have: not worth the quadratic cost. */
const LONGEST = 64;

/**
 * The known name that `wrong` is most likely a misspelling of, or undefined when none is near: at most a third of the
 * letters may differ. Case and `-` against `_` cost nothing.
 */
export function suggest(wrong: string, known: Iterable<string>): string | undefined {
  if (wrong.length === 0 || wrong.length > LONGEST) return undefined;
  const plain = (text: string): string => text.toLowerCase().replaceAll("-", "_");
  let best: string | undefined;
  let bestCost = Number.POSITIVE_INFINITY;
  for (const name of known) {
    const cost = distance(plain(wrong), plain(name));
    const allowed = Math.max(1, Math.floor(Math.max(wrong.length, name.length) / 3));
    if (cost <= allowed && cost < bestCost) {
      best = name;
      bestCost = cost;
    }
  }
  return best;
}
