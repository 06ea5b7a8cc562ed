import type { Element } from "./element.ts";
import type { Frame } from "./frame.ts";
import type { XmlLimits } from "./limits.ts";

/** One element and nothing behind it; `contextNs` is the default namespace that it stands in. @throws XmlError */
export declare function parseElement(
  source: string | Buffer,
  contextNs?: string,
  limits?: XmlLimits,
): Element;
export declare function parseFrame(source: string | Buffer, contextNs?: string, limits?: XmlLimits): Frame;
