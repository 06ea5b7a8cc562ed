import { sameBytes } from "./bytes.ts";
import { ATTRIBUTE_SIZE, type Workspace } from "./workspace.ts";
import { XmlError } from "./xml-error.ts";

/**
 * Notes an attribute of the current start tag; `local` is where its local name starts.
 * @throws XmlError when the tag has one of that name
 */
export function addAttribute(
  w: Workspace,
  b: Buffer,
  name: number,
  nameEnd: number,
  local: number,
  value: number,
  valueEnd: number,
): void {
  const list = w.attributes;
  const length = nameEnd - name;
  let at = 0;
  for (; at < w.attributeCount * ATTRIBUTE_SIZE; at += ATTRIBUTE_SIZE) {
    const other = list[at]!;
    if (list[at + 1]! - other === length && sameBytes(b, other, b, name, length)) {
      throw new XmlError("not-well-formed", "an attribute given twice");
    }
  }
  list[at] = name;
  list[at + 1] = nameEnd;
  list[at + 2] = local;
  list[at + 3] = value;
  list[at + 4] = valueEnd;
  list[at + 5] = -1;
  w.attributeCount++;
  if (local !== name) w.prefixedCount++;
}
