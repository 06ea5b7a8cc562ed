import type { Element } from "../../xml/element.ts";
import { escapeAttribute, serialize } from "../../xml/writer.ts";
import type { StreamError } from "../../xmpp/errors.ts";
import { CONTENT, STREAM } from "../../xmpp/namespaces.ts";
import type { Opening } from "./opening.ts";

export const STREAM_END = "</stream:stream>";

/** The language of all text that the server writes (RFC 6120 §4.7.4). */
const LANGUAGE = "en";

/** RFC 6120 §4.7. `to` is who the client has said it is, absent where it has said nothing (§4.7.2). */
export function streamHeader(id: string, from: string, { from: to, version }: Opening): string {
  const attributes: [string, string | undefined][] = [
    ["id", id],
    ["from", from],
    ["to", to?.toString()],
    ["version", version],
    ["xml:lang", LANGUAGE],
    ["xmlns", CONTENT],
    ["xmlns:stream", STREAM],
  ];
  const text = attributes
    .filter((pair): pair is [string, string] => pair[1] !== undefined)
    .map(([name, value]) => ` ${name}='${escapeAttribute(value)}'`);
  return `<?xml version='1.0'?><stream:stream${text.join("")}>`;
}

/** A child of the stream's root that is no stanza. */
export function nonza(child: Element): string {
  return serialize(child, CONTENT);
}

/** `<stream:features/>` and `<stream:error/>` use the prefix that the header declares: old clients know no other form. */
function prefixed(name: string, children: readonly Element[]): string {
  const inner = children.map((child) => serialize(child, CONTENT)).join("");
  return inner === "" ? `<stream:${name}/>` : `<stream:${name}>${inner}</stream:${name}>`;
}

export function features(children: readonly Element[]): string {
  return prefixed("features", children);
}

export function streamError(error: StreamError): string {
  return prefixed("error", error.element().elements());
}
