/**
 * The lines with one piece more. A line that ends in "... " goes on with the next piece, as on a terminal.
 */
export function addProgress(lines: readonly string[], piece: string): readonly string[] {
  const last = lines.at(-1);
  return last?.endsWith("... ") ? [...lines.slice(0, -1), last + piece] : [...lines, piece];
}
