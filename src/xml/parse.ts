import type { Element } from "./element.ts";
import type { Frame } from "./frame.ts";
import { stored, type XmlLimits } from "./limits.ts";
import { Scanner, Workspaces } from "./scanner.ts";
import { XmlError } from "./xml-error.ts";

/**
 * Reads one element, with nothing but white space around it. `contentNs` is the default namespace that it stands in.
 * @throws XmlError
 */
export function parseElement(source: string | Buffer, contentNs = "", limits: XmlLimits = stored): Element {
  return parseFrame(source, contentNs, limits).element();
}

/** Memory for reading, not what is read: nothing is in it between two calls. */
const workspaces = new Workspaces();

/** As `parseElement`, without the tree. @throws XmlError */
export function parseFrame(source: string | Buffer, contentNs = "", limits: XmlLimits = stored): Frame {
  const scanner = new Scanner(limits, workspaces);
  scanner.assume({ contentNs, prefixes: new Map() });
  scanner.push(typeof source === "string" ? encode(source) : source);
  const event = scanner.next();
  if (event?.kind !== "element") throw new XmlError("not-well-formed", "the element does not end");
  if (scanner.next() !== undefined || scanner.unread > 0) {
    throw new XmlError("not-well-formed", "something follows the element");
  }
  return event.frame;
}

function encode(source: string): Buffer {
  if (source.isWellFormed()) return Buffer.from(source);
  throw new XmlError("not-well-formed", "a lone surrogate");
}
