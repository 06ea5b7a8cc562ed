import type { Frame } from "../../src/xml/frame.ts";

/** The attributes of a frame's start tag in their order, by name and value. */
export function attributesOf(frame: Frame): (readonly [string, string])[] {
  return Array.from({ length: frame.attributeCount }, (_, index) => [
    frame.attributeName(index),
    frame.attributeValue(index),
  ]);
}
