import { decodeName, decodeValue } from "./decode.ts";
import type { Element } from "./element.ts";
import { CHILD_SIZE, IN_CONTENT_NS, IN_XML_NS, NOTE_SIZE } from "./notes.ts";
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

/** What the scanner noted of an element; all offsets are relative to its `<`. */
export interface FrameNotes {
  readonly innerStart: number;
  readonly innerEnd: number;
  readonly plain: boolean;
  readonly text: boolean;
  /** Start and end of the local name. */
  readonly local: number;
  readonly nameEnd: number;
  /** Start and end of the namespace name as in a child's record. */
  readonly ns: number;
  readonly nsEnd: number;
  /** Attributes up to `attributeNotes`, children from there up to `noteCount`; what follows is of no meaning. */
  readonly notes: readonly number[];
  readonly attributeNotes: number;
  readonly noteCount: number;
}

/** A complete, validated top-level element as it was received. */
export class Frame {
  /**
   * The frame's own copy, from `<` to `>`; not to be written to. It is a piece of a slab of `Buffer.poolSize` bytes, which lives as long
   * as any of its pieces: what is kept for long is better copied to a buffer of its own.
   */
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
  readonly #local: number;
  readonly #nameEnd: number;
  readonly #ns: number;
  readonly #nsEnd: number;
  readonly #notes: readonly number[];
  readonly #attributeNotes: number;
  #name: string | undefined;
  #nsName: string | undefined;
  #children: readonly ChildRange[] | undefined;
  #element: Element | undefined;

  constructor(bytes: Buffer, scope: Declarations, notes: FrameNotes) {
    this.bytes = bytes;
    this.innerStart = notes.innerStart;
    this.innerEnd = notes.innerEnd;
    this.plain = notes.plain;
    this.text = notes.text;
    this.#scope = scope;
    this.#local = notes.local;
    this.#nameEnd = notes.nameEnd;
    this.#ns = notes.ns;
    this.#nsEnd = notes.nsEnd;
    this.#notes = notes.notes.slice(0, notes.noteCount);
    this.#attributeNotes = notes.attributeNotes;
  }

  /** Local name. */
  get name(): string {
    this.#name ??= decodeName(this.bytes, this.#local, this.#nameEnd);
    return this.#name;
  }

  get ns(): string {
    this.#nsName ??= this.#namespace(0, this.#local, this.#ns, this.#nsEnd);
    return this.#nsName;
  }

  /** Decoded and normalised; prefixed names as they stand (`xml:lang`), declarations of namespaces left out. */
  attribute(name: string): string | undefined {
    const list = this.#notes;
    for (let at = 0; at < this.#attributeNotes; at += NOTE_SIZE) {
      if (!isName(this.bytes, list[at]!, list[at + 1]!, name)) continue;
      return decodeValue(this.bytes, list[at + 2]!, list[at + 3]!);
    }
    return undefined;
  }

  get attributeCount(): number {
    return this.#attributeNotes / NOTE_SIZE;
  }

  /** By the place in the start tag, from 0 on. */
  attributeName(index: number): string {
    const at = index * NOTE_SIZE;
    return decodeName(this.bytes, this.#notes[at]!, this.#notes[at + 1]!);
  }

  /** As `attribute()` gives it. */
  attributeValue(index: number): string {
    const at = index * NOTE_SIZE;
    return decodeValue(this.bytes, this.#notes[at + 2]!, this.#notes[at + 3]!);
  }

  /** The child elements in document order. */
  get children(): readonly ChildRange[] {
    this.#children ??= this.childrenFrom(0);
    return this.#children;
  }

  /** The tree; made once. */
  element(): Element {
    this.#element ??= buildElement(this.bytes, this.#scope);
    return this.#element;
  }

  /** As `children`, with ranges that count from `origin`. */
  childrenFrom(origin: number): ChildRange[] {
    const list = this.#notes;
    const ranges: ChildRange[] = [];
    for (let at = this.#attributeNotes; at < list.length; at += CHILD_SIZE) {
      const start = list[at]!;
      const local = list[at + 2]!;
      ranges.push({
        name: decodeName(this.bytes, local, list[at + 3]!),
        ns: this.#namespace(start, local, list[at + 4]!, list[at + 5]!),
        start: start - origin,
        end: list[at + 1]! - origin,
      });
    }
    return ranges;
  }

  /** `tag` is where the element's `<` stands. */
  #namespace(tag: number, local: number, start: number, end: number): string {
    if (start >= 0) return decodeValue(this.bytes, start, end);
    if (start === IN_CONTENT_NS) return this.#scope.contentNs;
    if (start === IN_XML_NS) return XML_NS;
    return this.#scope.prefixes.get(decodeName(this.bytes, tag + 1, local - 1))!;
  }
}

function isName(b: Buffer, start: number, end: number, name: string): boolean {
  if (end - start !== name.length) return end - start > name.length && decodeName(b, start, end) === name;
  for (let k = 0; k < name.length; k++) {
    if (b[start + k] !== name.charCodeAt(k)) return false;
  }
  return true;
}
