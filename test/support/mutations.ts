/** Numbers that look like chance and are the same each time (xorshift32). */
export function numbers(seed: number): (below: number) => number {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const PIECES = [
  ":",
  "- ",
  "  ",
  "\t",
  "[",
  "]",
  "{",
  "}",
  "'",
  '"',
  "#",
  "\n",
  "0",
  "99999999",
  "true",
  "*a",
  "&a ",
  "é",
  "\u0000",
];

/** The text with a few things wrong in it, as a hand on a keyboard or a broken disk would have it. */
export function mutate(text: string, below: (limit: number) => number): string {
  let changed = text;
  for (let n = 1 + below(2); n > 0; n--) changed = once(changed, below);
  return changed;
}

function once(text: string, below: (limit: number) => number): string {
  const at = below(text.length + 1);
  const lines = text.split("\n");
  const line = below(lines.length);
  switch (below(12)) {
    case 0:
      return text.slice(0, at) + text.slice(at + 1 + below(4));
    case 1:
      return text.slice(0, at) + PIECES[below(PIECES.length)]! + text.slice(at);
    case 2:
      return lines.toSpliced(line, 1).join("\n");
    case 3:
      return lines.toSpliced(line, 0, lines[below(lines.length)]!).join("\n");
    case 4:
      return lines.with(line, ` ${lines[line]!}`).join("\n");
    case 5:
      return text.slice(0, at);
    default: {
      const numbered = lines.flatMap((one, index) => (/\d/.test(one) ? [index] : []));
      const chosen = numbered[below(numbered.length)] ?? line;
      const other = (number: string): string => String(Number(number) * (1 + below(3)) + below(10));
      return lines.with(chosen, lines[chosen]!.replaceAll(/\d+/g, other)).join("\n");
    }
  }
}
