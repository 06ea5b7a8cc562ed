// XEP-0297: Stanza Forwarding
import type { Element } from "../xml/element.ts";
import { serialize } from "../xml/writer.ts";
import { dateTime } from "./date-time.ts";
import { CONTENT, DELAY, FORWARD } from "./namespaces.ts";
import { type Head, Stanza } from "./stanza.ts";

/** Where the attributes of a message's start tag begin. */
const TAG = "<message".length;

/**
 * A message that carries another one inside of `wrapper`, which is empty, with the moment of that one where `at` is given. The bytes of the message are taken
 * as they are: they need no more than the namespace that they have lost (RFC 6120 §4.8.3).
 */
export function forwarding(head: Head, wrapper: Element, message: Stanza, at?: Date): Stanza {
  const outside = serialize(wrapper, CONTENT);
  const delay = at === undefined ? "" : `<delay xmlns='${DELAY}' stamp='${dateTime(at)}'/>`;
  const before = `${outside.slice(0, -2)}><forwarded xmlns='${FORWARD}'>${delay}<message xmlns='${CONTENT}'`;
  const bytes = message.bytes();
  const inner = Buffer.concat([
    Buffer.from(before),
    bytes.subarray(TAG),
    Buffer.from(`</forwarded></${wrapper.name}>`),
  ]);
  return Stanza.written("message", head, wrapper, inner);
}
