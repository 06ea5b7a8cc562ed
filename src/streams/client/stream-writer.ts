import type { Element } from "../../xml/element.ts";
import { escapeAttribute, serialize } from "../../xml/writer.ts";
import type { StreamError } from "../../xmpp/errors.ts";
import { CONTENT, STREAM } from "../../xmpp/namespaces.ts";

export const STREAM_END = "</stream:stream>";

/** RFC 6120 §4.7. All values are the server's own. */
export function streamHeader(
  id: string,
  from: string,
  to: string | undefined,
  lang: string | undefined,
): string {
  const attributes: [string, string | undefined][] = [
    ["id", id],
    ["from", from],
    ["to", to],
    ["version", "1.0"],
    ["xml:lang", lang ?? "en"],
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
