import type { Element } from "../xml/element.ts";
import type { ChildRange } from "../xml/frame.ts";
import { serialize } from "../xml/writer.ts";
import { CONTENT } from "./namespaces.ts";

/** Of a stanza with content: `tail` in front of its end tag. */
export function withTail(written: Buffer, tail: string, kind: string): Buffer {
  const behind = `${tail}</${kind}>`;
  const start = written.length - kind.length - 3;
  const bytes = Buffer.allocUnsafe(start + Buffer.byteLength(behind));
  written.copy(bytes, 0, 0, start);
  bytes.write(behind, start, "utf8");
  return bytes;
}

/** Start tags are nearly always ASCII, and then their bytes need not be counted first. */
export function join(before: string, content: Buffer, behind: string): Buffer {
  const start = before.length;
  const end = start + content.length;
  const bytes = Buffer.allocUnsafe(end + Buffer.byteLength(behind));
  if (bytes.write(before, 0, "utf8") !== start)
    return Buffer.concat([Buffer.from(before), content, Buffer.from(behind)]);
  content.copy(bytes, start);
  bytes.write(behind, end, "utf8");
  return bytes;
}

/** Content as bytes, with the index of its child elements. */
export function pack(content: readonly (Element | string)[]): { inner: Buffer; children: ChildRange[] } {
  const parts: Buffer[] = [];
  const children: ChildRange[] = [];
  let at = 0;
  for (const part of content) {
    // Text directly under a stanza means nothing (RFC 6120 §8.4: content is qualified child elements).
    if (typeof part === "string") continue;
    const bytes = Buffer.from(serialize(part, CONTENT));
    children.push({ name: part.name, ns: part.ns, start: at, end: at + bytes.length });
    parts.push(bytes);
    at += bytes.length;
  }
  return { inner: Buffer.concat(parts, at), children };
}
