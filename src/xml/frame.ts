import { decodeName, decodeValue } from "./decode.ts";
import type { Element } from "./element.ts";
import { XML_NS } from "./reserved-namespaces.ts";
import type { Declarations } from "./stream-header.ts";
import { buildElement } from "./tree.ts";

/** A child of a top-level element: where it stands in `Frame.bytes`, from `<` to behind its last `>`. */
export interface ChildRange {
  /** Local name. */
  readonly name: string;
  readonly ns: string;
  readonly start: number;
  readonly end: number;
}

/** Where a name's namespace is written, instead of an offset in the frame. */
export const IN_CONTENT_NS = -1;
export const IN_SCOPE_PREFIX = -2;
export const IN_XML_NS = -3;

/** Integers per child: start, end, start and end of the qualified name, start and end of the namespace name (or one of the above). */
export const CHILD_SIZE = 6;
/** Integers per attribute: start and end of the qualified name, start and end of the value. */
export const FRAME_ATTRIBUTE_SIZE = 4;

/** What the scanner noted of an element; all offsets are relative to its `<`. */
export interface FrameNotes {
  readonly innerStart: number;
  readonly innerEnd: number;
  readonly plain: boolean;
  readonly text: boolean;
  readonly nameEnd: number;
  /** Start and end of the namespace name as in a child's record. */
  readonly ns: number;
  readonly nsEnd: number;
  readonly topAttributes: readonly number[];
  readonly children: readonly number[];
}

/** A complete, validated top-level element as it was received. */
export class Frame {
  /** The frame's own copy, from `<` to `>`; not to be written to. */
  readonly bytes: Buffer;
  /** The range between start tag and end tag; equal when there is nothing between them, and for `<a/>`. */
  readonly innerStart: number;
  readonly innerEnd: number;
  /**
   * True when the inner bytes mean the same in any stream under a start tag without declarations and prefixes: the element
   * is in the content namespace, and there is no CDATA, no prefix from outside a child, no declaration of the content namespace
   * in a child, and no attribute with another prefix than `xml` at the top. Never true for what is not.
   */
  readonly plain: boolean;
  /** Text other than white space stands directly in the element, or a CDATA section or a reference does. */
  readonly text: boolean;
  readonly #scope: Declarations;
  readonly #nameEnd: number;
  readonly #ns: number;
  readonly #nsEnd: number;
  readonly #attributes: readonly number[];
  readonly #childList: readonly number[];
  #children: readonly ChildRange[] | undefined;
  #element: Element | undefined;

  constructor(bytes: Buffer, scope: Declarations, notes: FrameNotes) {
    this.bytes = bytes;
    this.innerStart = notes.innerStart;
    this.innerEnd = notes.innerEnd;
    this.plain = notes.plain;
    this.text = notes.text;
    this.#scope = scope;
    this.#nameEnd = notes.nameEnd;
    this.#ns = notes.ns;
    this.#nsEnd = notes.nsEnd;
    this.#attributes = notes.topAttributes;
    this.#childList = notes.children;
  }

  /** Local name. */
  get name(): string {
    return localName(this.bytes, 1, this.#nameEnd);
  }

  get ns(): string {
    return this.#namespace(1, this.#nameEnd, this.#ns, this.#nsEnd);
  }

  /** Decoded and normalised; prefixed names as they stand (`xml:lang`), declarations of namespaces left out. */
  attribute(name: string): string | undefined {
    const list = this.#attributes;
    for (let at = 0; at < list.length; at += FRAME_ATTRIBUTE_SIZE) {
      if (!isName(this.bytes, list[at]!, list[at + 1]!, name)) continue;
      return decodeValue(this.bytes, list[at + 2]!, list[at + 3]!);
    }
    return undefined;
  }

  /** In the order of the start tag, as `attribute()` gives them. */
  *attributes(): Generator<readonly [string, string], void> {
    const list = this.#attributes;
    for (let at = 0; at < list.length; at += FRAME_ATTRIBUTE_SIZE) {
      yield [
        decodeName(this.bytes, list[at]!, list[at + 1]!),
        decodeValue(this.bytes, list[at + 2]!, list[at + 3]!),
      ];
    }
  }

  /** The child elements in document order. */
  get children(): readonly ChildRange[] {
    this.#children ??= this.#childRanges();
    return this.#children;
  }

  /** The tree; made once. */
  element(): Element {
    this.#element ??= buildElement(this.bytes, this.#scope);
    return this.#element;
  }

  #childRanges(): ChildRange[] {
    const list = this.#childList;
    const ranges: ChildRange[] = [];
    for (let at = 0; at < list.length; at += CHILD_SIZE) {
      const start = list[at + 2]!;
      const end = list[at + 3]!;
      ranges.push({
        name: localName(this.bytes, start, end),
        ns: this.#namespace(start, end, list[at + 4]!, list[at + 5]!),
        start: list[at]!,
        end: list[at + 1]!,
      });
    }
    return ranges;
  }

  #namespace(name: number, nameEnd: number, start: number, end: number): string {
    if (start >= 0) return decodeValue(this.bytes, start, end);
    if (start === IN_CONTENT_NS) return this.#scope.contentNs;
    if (start === IN_XML_NS) return XML_NS;
    const qualified = decodeName(this.bytes, name, nameEnd);
    return this.#scope.prefixes.get(qualified.slice(0, qualified.indexOf(":")))!;
  }
}

function localName(b: Buffer, start: number, end: number): string {
  const colon = b.subarray(start, end).indexOf(0x3a);
  return decodeName(b, colon < 0 ? start : start + colon + 1, end);
}

function isName(b: Buffer, start: number, end: number, name: string): boolean {
  if (end - start !== name.length) return end - start > name.length && decodeName(b, start, end) === name;
  for (let k = 0; k < name.length; k++) {
    if (b[start + k] !== name.charCodeAt(k)) return false;
  }
  return true;
}
