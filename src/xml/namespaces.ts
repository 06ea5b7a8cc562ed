import { isText, sameBytes } from "./bytes.ts";
import { decodeName, decodeValue } from "./decode.ts";
import { XML_NS, XMLNS_NS } from "./reserved-namespaces.ts";
import { ATTRIBUTE_SIZE, BINDING_SIZE, type Workspace } from "./workspace.ts";
import { XmlError } from "./xml-error.ts";

/** The prefix `xml`, which needs no declaration. */
export const XML_BINDING = -1;
/** A declaration outside the top-level element: the stream header's. */
export const SCOPE_BINDING = -2;

/**
 * Adds the declaration of a start tag; start = end for the default namespace. `clean`: the value has neither references nor
 * white space other than 0x20.
 * @throws XmlError
 */
export function declare(
  w: Workspace,
  b: Buffer,
  prefix: number,
  prefixEnd: number,
  value: number,
  valueEnd: number,
  clean: boolean,
): void {
  const length = prefixEnd - prefix;
  for (let k = w.outerBindings; k < w.bindingCount; k++) {
    const other = w.bindings[k * BINDING_SIZE]!;
    if (w.bindings[k * BINDING_SIZE + 1]! - other === length && sameBytes(b, other, b, prefix, length)) {
      throw new XmlError("not-well-formed", "a namespace declared twice in one tag");
    }
  }
  checkReserved(b, prefix, prefixEnd, value, valueEnd, clean);
  // A declaration of the stream's own content namespace means something else on a stream of another kind.
  if (w.depth > 0 && (!clean || isContent(w, b, value, valueEnd))) w.plain = false;
  const at = w.bindingCount++ * BINDING_SIZE;
  w.bindings[at] = prefix;
  w.bindings[at + 1] = prefixEnd;
  w.bindings[at + 2] = value;
  w.bindings[at + 3] = valueEnd;
  w.bindings[at + 4] = -1;
}

/** Whether a namespace name is, byte by byte, the content namespace of the stream. */
export function isContent(w: Workspace, b: Buffer, value: number, valueEnd: number): boolean {
  const content = w.scope!.contentBytes;
  return content.length === valueEnd - value && sameBytes(content, 0, b, value, content.length);
}

// Namespaces in XML 1.0 §3, "Reserved Prefixes and Namespace Names", and §2.2 "No Prefix Undeclaring".
function checkReserved(
  b: Buffer,
  prefix: number,
  prefixEnd: number,
  value: number,
  valueEnd: number,
  clean: boolean,
): void {
  const named = prefixEnd > prefix;
  const length = valueEnd - value;
  if (named && length === 0) throw new XmlError("not-well-formed", "a prefix bound to no namespace");
  const isXml = named && isText(b, prefix, prefixEnd, "xml");
  if (named && isText(b, prefix, prefixEnd, "xmlns")) throw reserved();
  if (!isXml && clean && length !== XML_NS.length && length !== XMLNS_NS.length) return;
  const ns = decodeValue(b, value, valueEnd);
  if (ns === XMLNS_NS || (ns === XML_NS) !== isXml) throw reserved();
}

function reserved(): XmlError {
  return new XmlError("not-well-formed", "a reserved prefix or namespace name in a declaration");
}

/** The innermost declaration of a prefix in the top-level element (start = end: the default namespace), or -1. */
export function findBinding(w: Workspace, b: Buffer, start: number, end: number): number {
  const length = end - start;
  for (let k = w.bindingCount - 1; k >= 0; k--) {
    const prefix = w.bindings[k * BINDING_SIZE]!;
    if (w.bindings[k * BINDING_SIZE + 1]! - prefix === length && sameBytes(b, prefix, b, start, length))
      return k;
  }
  return -1;
}

/**
 * The declaration that a prefix in use refers to: a number of a binding, `XML_BINDING` or `SCOPE_BINDING`.
 * @throws XmlError not-well-formed when there is none
 */
export function resolvePrefix(w: Workspace, b: Buffer, start: number, end: number): number {
  if (isText(b, start, end, "xml")) return XML_BINDING;
  const found = findBinding(w, b, start, end);
  if (found < w.topBindings) w.plain = false;
  if (found >= 0) return found;
  if (w.scope!.prefixes.has(decodeName(b, start, end))) return SCOPE_BINDING;
  throw new XmlError("not-well-formed", "a prefix that is not declared");
}

/** Checks the prefixes of the current tag's attributes, and that no expanded name comes twice (Namespaces in XML 1.0 §6.3). */
export function checkPrefixedAttributes(w: Workspace, b: Buffer): void {
  for (let k = 0; k < w.attributeCount; k++) {
    const at = k * ATTRIBUTE_SIZE;
    const start = w.attributes[at]!;
    const local = w.attributes[at + 2]!;
    if (local === start) continue;
    resolvePrefix(w, b, start, local - 1);
    const end = w.attributes[at + 1]!;
    for (let j = 0; j < k; j++) {
      if (sameLocalName(w, b, j, local, end) && namespaceNumber(w, b, j) === namespaceNumber(w, b, k)) {
        throw new XmlError("not-well-formed", "an attribute given twice under two prefixes");
      }
    }
  }
}

/** Whether attribute `j` has a prefix and the local name from `local` to `end`. */
function sameLocalName(w: Workspace, b: Buffer, j: number, local: number, end: number): boolean {
  const at = j * ATTRIBUTE_SIZE;
  const other = w.attributes[at + 2]!;
  if (other === w.attributes[at]! || w.attributes[at + 1]! - other !== end - local) return false;
  return sameBytes(b, other, b, local, end - local);
}

/** A number for the namespace of attribute `k`, found once for each attribute. */
function namespaceNumber(w: Workspace, b: Buffer, k: number): number {
  const at = k * ATTRIBUTE_SIZE;
  if (w.attributes[at + 5] === -1) {
    w.attributes[at + 5] = numberOfPrefix(w, b, w.attributes[at]!, w.attributes[at + 2]! - 1);
  }
  return w.attributes[at + 5]!;
}

// Each declaration is decoded once, however many attributes use it: long namespace names must not cost their length each time.
function numberOfPrefix(w: Workspace, b: Buffer, start: number, end: number): number {
  const binding = resolvePrefix(w, b, start, end);
  if (binding === XML_BINDING) return number(w, XML_NS);
  if (binding === SCOPE_BINDING) return number(w, w.scope.prefixes.get(decodeName(b, start, end))!);
  const at = binding * BINDING_SIZE;
  if (w.bindings[at + 4] === -1) {
    w.bindings[at + 4] = number(w, decodeValue(b, w.bindings[at + 2]!, w.bindings[at + 3]!));
  }
  return w.bindings[at + 4]!;
}

function number(w: Workspace, ns: string): number {
  const known = w.numbers.get(ns);
  if (known !== undefined) return known;
  w.numbers.set(ns, w.numbers.size);
  return w.numbers.size - 1;
}
