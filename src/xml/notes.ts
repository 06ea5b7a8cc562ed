import { ATTRIBUTE_SIZE, type Workspace } from "./workspace.ts";

/** Where a name's namespace is written, instead of an offset in the frame. */
export const IN_CONTENT_NS = -1;
export const IN_SCOPE_PREFIX = -2;
export const IN_XML_NS = -3;

/** Integers per child: start, end, start and end of the local name, start and end of the namespace name (or one of the above). */
export const CHILD_SIZE = 6;
/** Integers per attribute: start and end of the qualified name, start and end of the value. */
export const NOTE_SIZE = 4;

/** Writes the current tag's attributes to `notes` as a frame keeps them, and returns how many numbers that made. */
export function noteAttributes(w: Workspace, start: number, notes: number[]): number {
  const list = w.attributes;
  let count = 0;
  for (let at = 0; at < w.attributeCount * ATTRIBUTE_SIZE; at += ATTRIBUTE_SIZE) {
    notes[count++] = list[at]! - start;
    notes[count++] = list[at + 1]! - start;
    notes[count++] = list[at + 3]! - start;
    notes[count++] = list[at + 4]! - start;
  }
  return count;
}

/** Writes a child at `at` in `notes`; its end is not known yet. All offsets count from `start`, the namespace's do already. */
export function noteChild(
  notes: number[],
  at: number,
  start: number,
  tag: number,
  local: number,
  nameEnd: number,
  ns: number,
  nsEnd: number,
): void {
  notes[at] = tag - start;
  notes[at + 1] = 0;
  notes[at + 2] = local - start;
  notes[at + 3] = nameEnd - start;
  notes[at + 4] = ns;
  notes[at + 5] = nsEnd;
}
