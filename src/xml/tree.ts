import { COLON, EXCLAMATION, GREATER, isText, LESS, NAME, SLASH, WHITE } from "./bytes.ts";
import { decodeName, decodeSection, decodeText, decodeValue } from "./decode.ts";
import { Element } from "./element.ts";
import { XML_NS } from "./reserved-namespaces.ts";
import type { Declarations } from "./stream-header.ts";

const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();
/** `<![CDATA[` */
const SECTION_START = 9;
/** `]]>` */
const SECTION_END = 3;

/**
 * Makes the tree of an element that the scanner has accepted. Its depth was limited by the scanner, so recursion is bounded.
 * `bytes` must be exactly that element.
 */
export function buildElement(bytes: Buffer, scope: Declarations): Element {
  return new TreeReader(bytes).element(scope);
}

/** A qualified name: where it stands and where its local part begins. */
interface QualifiedName {
  readonly start: number;
  readonly local: number;
  readonly end: number;
}

class TreeReader {
  readonly #b: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#b = bytes;
  }

  /** At the `<` of a start tag. */
  element(outer: Declarations): Element {
    this.#at++;
    const name = this.#name();
    const { scope, attributes } = this.#attributes(outer);
    const ns = this.#namespace(name, scope) ?? scope.contentNs;
    const local = decodeName(this.#b, name.local, name.end);
    if (this.#b[this.#at] === SLASH) {
      this.#at += 2;
      return new Element(local, ns, attributes, []);
    }
    this.#at++;
    return new Element(local, ns, attributes, this.#content(scope));
  }

  #name(): QualifiedName {
    const b = this.#b;
    const start = this.#at;
    let local = start;
    let at = start;
    for (;;) {
      while (NAME[b[at]!] === 0) at++;
      if (b[at] === COLON) local = at + 1;
      else if (b[at]! < 0x80) break;
      at++;
    }
    this.#at = at;
    return { start, local, end: at };
  }

  #namespace(name: QualifiedName, scope: Declarations): string | undefined {
    if (name.local === name.start) return undefined;
    const prefix = decodeName(this.#b, name.start, name.local - 1);
    return prefix === "xml" ? XML_NS : scope.prefixes.get(prefix)!;
  }

  /** From behind a name to the `>` or `/` that ends the tag. */
  #attributes(outer: Declarations): { scope: Declarations; attributes: ReadonlyMap<string, string> } {
    const b = this.#b;
    let scope = outer;
    const names: QualifiedName[] = [];
    const values: string[] = [];
    for (this.#skipWhite(); b[this.#at] !== GREATER && b[this.#at] !== SLASH; this.#skipWhite()) {
      const name = this.#name();
      const value = this.#value();
      const declares = isText(b, name.start, name.local === name.start ? name.end : name.local - 1, "xmlns");
      if (!declares) {
        names.push(name);
        values.push(value);
      } else if (name.local === name.start) scope = { contentNs: value, prefixes: scope.prefixes };
      else scope = withPrefix(scope, decodeName(b, name.local, name.end), value);
    }
    if (names.length === 0) return { scope, attributes: NO_ATTRIBUTES };
    const attributes = new Map<string, string>();
    for (let k = 0; k < names.length; k++) attributes.set(this.#key(names[k]!, scope), values[k]!);
    return { scope, attributes };
  }

  #key(name: QualifiedName, scope: Declarations): string {
    const ns = this.#namespace(name, scope);
    const local = decodeName(this.#b, name.local, name.end);
    if (ns === undefined) return local;
    return ns === XML_NS && local === "lang" ? "xml:lang" : `{${ns}}${local}`;
  }

  #value(): string {
    const b = this.#b;
    this.#skipWhite();
    this.#at++;
    this.#skipWhite();
    const quote = b[this.#at]!;
    const start = this.#at + 1;
    let end = start;
    while (b[end] !== quote) end++;
    this.#at = end + 1;
    return decodeValue(b, start, end);
  }

  /** Up to and with the end tag. */
  #content(scope: Declarations): (Element | string)[] {
    const b = this.#b;
    const children: (Element | string)[] = [];
    let text = "";
    for (;;) {
      if (b[this.#at] !== LESS) {
        text += this.#text();
        continue;
      }
      const next = b[this.#at + 1];
      if (next === EXCLAMATION) {
        text += this.#section();
        continue;
      }
      if (text !== "") children.push(text);
      text = "";
      if (next === SLASH) break;
      children.push(this.element(scope));
    }
    while (b[this.#at] !== GREATER) this.#at++;
    this.#at++;
    return children;
  }

  #text(): string {
    const b = this.#b;
    const start = this.#at;
    let end = start;
    while (b[end] !== LESS) end++;
    this.#at = end;
    return decodeText(b, start, end);
  }

  #section(): string {
    const start = this.#at + SECTION_START;
    const end = this.#b.indexOf("]]>", start, "latin1");
    this.#at = end + SECTION_END;
    return decodeSection(this.#b, start, end);
  }

  #skipWhite(): void {
    while (WHITE[this.#b[this.#at]!] === 0) this.#at++;
  }
}

function withPrefix(scope: Declarations, prefix: string, ns: string): Declarations {
  return { contentNs: scope.contentNs, prefixes: new Map(scope.prefixes).set(prefix, ns) };
}
