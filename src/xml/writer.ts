import type { Element } from "./element.ts";
import { XML_NS } from "./reserved-namespaces.ts";

// What is not a Char (XML 1.0 §2.2 [2]), lone surrogates too: a peer closes the stream when it meets one.
const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

// FORBIDDEN, and what has to be escaped.
const NOT_PLAIN_TEXT = /[^\t\n\u0020-%'-;=?-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
const NOT_PLAIN_VALUE = /[^\u0020!#-%(-;=?-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

const REFERENCES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "'": "&apos;",
  '"': "&quot;",
  "\t": "&#9;",
  "\n": "&#10;",
  "\r": "&#13;",
};

/**
 * Text for between tags. A carriage return becomes a reference, or it would be read as a line feed (XML 1.0 §2.11). A character
 * that XML does not allow becomes U+FFFD: dropping it would join what it parted.
 */
export function escapeText(text: string): string {
  if (!NOT_PLAIN_TEXT.test(text)) return text;
  return text.replace(FORBIDDEN, "\ufffd").replace(/[&<>\r]/g, (character) => REFERENCES[character]!);
}

/** 1 for what stands for itself in an attribute value. */
const PLAIN_ASCII: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) =>
  code >= 0x20 && !"&<>'\"".includes(String.fromCharCode(code)) ? 1 : 0,
);

/** Whether it is short and all of it stands for itself; the expression below needs longer to find that out. */
function isPlain(value: string): boolean {
  if (value.length > 64) return false;
  for (let at = 0; at < value.length; at++) if (PLAIN_ASCII[value.charCodeAt(at)] !== 1) return false;
  return true;
}

/** Text for an attribute value in quotes of either kind; white space other than 0x20 becomes references (XML 1.0 §3.3.3). */
export function escapeAttribute(value: string): string {
  if (isPlain(value) || !NOT_PLAIN_VALUE.test(value)) return value;
  return value.replace(FORBIDDEN, "\ufffd").replace(/[&<>'"\t\n\r]/g, (character) => REFERENCES[character]!);
}

/**
 * The element in canonical form, to stand where `contentNs` is the default namespace: no prefixes on elements, a declaration
 * only where the namespace changes, attributes in their order, prefixes made up for attributes that need one.
 */
export function serialize(element: Element, contentNs: string): string {
  let tag = element.name;
  if (element.ns === XML_NS) tag = `xml:${element.name}`;
  const declared = element.ns === contentNs || element.ns === XML_NS;
  const ns = declared ? contentNs : element.ns;
  let out = `<${tag}`;
  if (!declared) out += ` xmlns='${escapeAttribute(ns)}'`;
  out += serializeAttributes(element.attributes);
  if (element.children.length === 0) return `${out}/>`;
  out += ">";
  for (const child of element.children) {
    out += typeof child === "string" ? escapeText(child) : serialize(child, ns);
  }
  return `${out}</${tag}>`;
}

function serializeAttributes(attributes: ReadonlyMap<string, string>): string {
  let out = "";
  const prefixes = new Map<string, string>([[XML_NS, "xml"]]);
  for (const [key, value] of attributes) {
    const brace = key.lastIndexOf("}");
    let name = key;
    if (brace > 0) {
      const ns = key.slice(1, brace);
      let prefix = prefixes.get(ns);
      if (prefix === undefined) {
        prefix = `ns${prefixes.size}`;
        prefixes.set(ns, prefix);
        out += ` xmlns:${prefix}='${escapeAttribute(ns)}'`;
      }
      name = `${prefix}:${key.slice(brace + 1)}`;
    }
    out += ` ${name}='${escapeAttribute(value)}'`;
  }
  return out;
}
