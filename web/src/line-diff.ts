export interface DiffLine {
  readonly kind: "same" | "added" | "removed";
  readonly text: string;
  /** In the text that it is in; of what is the same, in the new one. */
  readonly line: number;
}

/** Lines of two texts beside each other, by the longest sequence that both have. */
export function diffLines(before: string, after: string): readonly DiffLine[] {
  const [old, now] = [before.split("\n"), after.split("\n")];
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start++;
  let tail = 0;
  while (tail < old.length - start && tail < now.length - start && old.at(-1 - tail) === now.at(-1 - tail))
    tail++;
  const middle = diffMiddle(old.slice(start, old.length - tail), now.slice(start, now.length - tail), start);
  const same = (text: string, line: number): DiffLine => ({ kind: "same", text, line });
  return [
    ...now.slice(0, start).map((text, index) => same(text, index + 1)),
    ...middle,
    ...now.slice(now.length - tail).map((text, index) => same(text, now.length - tail + index + 1)),
  ];
}

function diffMiddle(old: readonly string[], now: readonly string[], offset: number): readonly DiffLine[] {
  // lengths[i][j]: the longest sequence of old from i and now from j.
  const lengths = Array.from({ length: old.length + 1 }, () => new Uint32Array(now.length + 1));
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      lengths[i]![j] =
        old[i] === now[j] ? lengths[i + 1]![j + 1]! + 1 : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!);
    }
  }
  const lines: DiffLine[] = [];
  for (let i = 0, j = 0; i < old.length || j < now.length; ) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      lines.push({ kind: "same", text: now[j]!, line: offset + j + 1 });
      i++;
      j++;
    } else if (j >= now.length || (i < old.length && lengths[i + 1]![j]! >= lengths[i]![j + 1]!)) {
      lines.push({ kind: "removed", text: old[i]!, line: offset + i + 1 });
      i++;
    } else {
      lines.push({ kind: "added", text: now[j]!, line: offset + j + 1 });
      j++;
    }
  }
  return lines;
}

/** Only what changes, with so many lines around it. */
export function around(lines: readonly DiffLine[], context: number): readonly DiffLine[] {
  const changed = lines.flatMap(({ kind }, index) => (kind === "same" ? [] : [index]));
  return lines.filter((_, index) => changed.some((at) => Math.abs(at - index) <= context));
}
