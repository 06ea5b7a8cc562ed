import { type Element, element } from "../xml/element.ts";
import type { ChildRange, Frame } from "../xml/frame.ts";
import { parseFrame } from "../xml/parse.ts";
import type { Declarations } from "../xml/stream-header.ts";
import { buildElement } from "../xml/tree.ts";
import { escapeAttribute, serialize } from "../xml/writer.ts";
import { StanzaError } from "./errors.ts";
import { Jid } from "./jid.ts";
import { CONTENT } from "./namespaces.ts";
import { join, pack, withTail } from "./stanza-bytes.ts";

export type StanzaKind = "message" | "presence" | "iq";

/** What stands in a stanza's start tag (RFC 6120 §8.1). */
export interface Head {
  readonly from?: Jid | undefined;
  readonly to?: Jid | undefined;
  readonly type?: string | undefined;
  readonly id?: string | undefined;
  readonly lang?: string | undefined;
}

const EMPTY = Buffer.alloc(0);
/** What content stands in. */
const CONTENT_SCOPE: Declarations = { contentNs: CONTENT, prefixes: new Map() };
const NONE: readonly ChildRange[] = [];

/**
 * A stanza in its stored form: the start tag as values, the content as bytes that mean the same under any start tag whose default
 * namespace is the content namespace, and an index of the child elements. Immutable; changing makes a new one that shares the content.
 */
export class Stanza {
  readonly kind: StanzaKind;
  readonly from: Jid | undefined;
  readonly to: Jid | undefined;
  /** As it stands; undefined where absent. */
  readonly type: string | undefined;
  readonly id: string | undefined;
  readonly lang: string | undefined;
  /** Further attributes of the start tag, serialised, with a space before each. */
  readonly #extra: string;
  /** The bytes between the start tag and `#tail`. */
  #inner: Buffer;
  /** What was appended to them and is not among them yet. */
  #tail: string;
  /** The child elements, their ranges within `inner`. */
  readonly children: readonly ChildRange[];
  #cachedBytes: Buffer | undefined = undefined;
  /** The bytes without `#tail`, where they were written. */
  #before: Buffer | undefined = undefined;
  #cachedElements: readonly Element[] | undefined = undefined;

  private constructor(
    kind: StanzaKind,
    head: Head,
    extra: string,
    inner: Buffer,
    children: readonly ChildRange[],
    tail = "",
  ) {
    this.kind = kind;
    this.from = head.from;
    this.to = head.to;
    this.type = head.type;
    this.id = head.id;
    this.lang = head.lang;
    this.#extra = extra;
    this.#inner = inner;
    this.#tail = tail;
    this.children = children;
  }

  /** A stanza of our own making. */
  static of(kind: StanzaKind, head: Head, ...content: readonly (Element | undefined)[]): Stanza {
    const elements = content.filter((part) => part !== undefined);
    if (elements.length === 0) return new Stanza(kind, head, "", EMPTY, NONE);
    const { inner, children } = pack(elements);
    return new Stanza(kind, head, "", inner, children);
  }

  /** A stanza of our own making with one child, `inner`, which is written already: as `serialize` does inside of the content namespace. */
  static written(
    kind: StanzaKind,
    head: Head,
    child: Pick<ChildRange, "name" | "ns">,
    inner: Buffer,
  ): Stanza {
    const { name, ns } = child;
    return new Stanza(kind, head, "", inner, [{ name, ns, start: 0, end: inner.length }]);
  }

  /**
   * What a peer sent. `from` is who the peer is known to be (RFC 6120 §8.1.2.1); `lang` is the stream's (RFC 6120 §4.7.4).
   * @throws StanzaError jid-malformed when `to` is no address
   */
  static fromFrame(frame: Frame, from: Jid, lang: string | undefined): Stanza {
    const kind = frame.name as StanzaKind;
    const { head, extra } = readStartTag(frame, from, lang);
    if (frame.innerStart === frame.innerEnd) return new Stanza(kind, head, extra, EMPTY, NONE);
    if (!frame.plain) {
      const { inner, children } = pack(frame.element().children);
      return new Stanza(kind, head, extra, inner, children);
    }
    const { innerStart, innerEnd } = frame;
    const inner = frame.bytes.subarray(innerStart, innerEnd);
    return new Stanza(kind, head, extra, inner, frame.childrenFrom(innerStart));
  }

  /** Reads what `bytes` wrote. */
  static decode(bytes: Buffer): Stanza {
    const frame = parseFrame(bytes, CONTENT);
    const from = frame.attribute("from");
    const sender = from === undefined ? undefined : Jid.parse(from);
    if (sender === undefined) throw new Error("a stored stanza has no sender");
    return Stanza.fromFrame(frame, sender, undefined);
  }

  /** The bytes between the start tag and the end tag. */
  get inner(): Buffer {
    if (this.#tail !== "") {
      this.#inner = Buffer.concat([this.#inner, Buffer.from(this.#tail)]);
      this.#tail = "";
    }
    return this.#inner;
  }

  /** The same content under another start tag; what `head` does not name stays, `undefined` removes. */
  with(head: Head): Stanza {
    return new Stanza(this.kind, { ...this.#head(), ...head }, this.#extra, this.inner, this.children);
  }

  /** The same stanza in memory of its own: what came in stands in a buffer that it shares with its neighbours, and would hold all of that. */
  kept(): Stanza {
    if (this.inner.length === 0) return new Stanza(this.kind, this.#head(), this.#extra, EMPTY, NONE);
    const written = this.bytes();
    const own = Buffer.allocUnsafeSlow(written.length);
    written.copy(own);
    const end = own.length - this.kind.length - 3;
    // Once, as it goes out: the content stands in there.
    const inner = own.subarray(end - this.inner.length, end);
    const kept = new Stanza(this.kind, this.#head(), this.#extra, inner, this.children);
    kept.#cachedBytes = own;
    return kept;
  }

  /** With a child behind the others. */
  append(child: Element): Stanza {
    return this.appendWritten(child.name, child.ns, serialize(child, CONTENT));
  }

  /** As `append`; `text` is the child as `serialize` writes it where the content namespace is the default one. */
  appendWritten(name: string, ns: string, text: string): Stanza {
    const { inner } = this;
    const range = { name, ns, start: inner.length, end: inner.length + Buffer.byteLength(text) };
    const longer = new Stanza(this.kind, this.#head(), this.#extra, inner, [...this.children, range], text);
    // What is appended to has nearly always been written: into the store.
    if (inner.length > 0) longer.#before = this.#cachedBytes;
    return longer;
  }

  /** Without the children that `unwanted` names; the same stanza when there are none. */
  without(unwanted: (child: Element) => boolean): Stanza {
    const gone = new Set<number>();
    this.children.forEach((_range, index) => {
      if (unwanted(this.#childAt(index))) gone.add(index);
    });
    if (gone.size === 0) return this;
    const { inner, children } = pack(this.elements().filter((_child, index) => !gone.has(index)));
    return new Stanza(this.kind, this.#head(), this.#extra, inner, children);
  }

  /** Whether a child of this name (any name when undefined) and namespace is there. */
  has(name: string | undefined, ns: string): boolean {
    for (const child of this.children) {
      if (child.ns === ns && (name === undefined || child.name === name)) return true;
    }
    return false;
  }

  /** The first child of this name and namespace, as a tree. */
  child(name: string, ns: string): Element | undefined {
    const index = this.children.findIndex((child) => child.name === name && child.ns === ns);
    return index < 0 ? undefined : this.#childAt(index);
  }

  /** The child elements as trees. */
  elements(): readonly Element[] {
    this.#cachedElements ??= this.children.map((range) => this.#treeOf(range));
    return this.#cachedElements;
  }

  /** The stanza without declaration of the content namespace: what goes out on a client stream and into the store. */
  bytes(): Buffer {
    this.#cachedBytes ??= this.#write();
    return this.#cachedBytes;
  }

  /** The answer to this stanza, addresses exchanged (RFC 6120 §8.2.3, §8.3.1). */
  reply(type: "result" | "error", ...content: readonly (Element | undefined)[]): Stanza {
    const to = this.from;
    return Stanza.of(this.kind, { from: this.to ?? this.from?.bare, to, type, id: this.id }, ...content);
  }

  /** The error for this stanza, with what was sent (RFC 6120 §8.3.1) unless that is not to be repeated. */
  bounce(error: StanzaError): Stanza {
    const head = this.#head();
    // RFC 6120 §8.3.1: the error for an iq has an id even where the iq had none.
    const id = this.kind === "iq" ? (this.id ?? "") : this.id;
    const answer = { ...head, from: this.to ?? this.from?.bare, to: this.from, type: "error", id };
    if (error.withoutContent) return Stanza.of(this.kind, answer, error.element());
    return new Stanza(this.kind, answer, "", this.inner, this.children).append(error.element());
  }

  #head(): Head {
    return { from: this.from, to: this.to, type: this.type, id: this.id, lang: this.lang };
  }

  #childAt(index: number): Element {
    if (this.#cachedElements !== undefined) return this.#cachedElements[index]!;
    return this.#treeOf(this.children[index]!);
  }

  /** The content was read or written before: it needs no second check. */
  #treeOf({ start, end }: ChildRange): Element {
    return buildElement(this.inner.subarray(start, end), CONTENT_SCOPE);
  }

  #write(): Buffer {
    if (this.#before !== undefined && this.#tail !== "") return withTail(this.#before, this.#tail, this.kind);
    let head = `<${this.kind}`;
    if (this.from !== undefined) head += ` from='${escapeAttribute(this.from.toString())}'`;
    if (this.to !== undefined) head += ` to='${escapeAttribute(this.to.toString())}'`;
    if (this.type !== undefined) head += ` type='${escapeAttribute(this.type)}'`;
    if (this.id !== undefined) head += ` id='${escapeAttribute(this.id)}'`;
    if (this.lang !== undefined) head += ` xml:lang='${escapeAttribute(this.lang)}'`;
    head += this.#extra;
    const content = this.#inner;
    if (content.length === 0 && this.#tail === "") return Buffer.from(`${head}/>`);
    return join(`${head}>`, content, `${this.#tail}</${this.kind}>`);
  }
}

/** What the start tag says, in one pass, and its further attributes as `#extra` has them. */
function readStartTag(frame: Frame, from: Jid, lang: string | undefined): { head: Head; extra: string } {
  let to: Jid | undefined;
  let type: string | undefined;
  let id: string | undefined;
  let ownLang: string | undefined;
  let extra = "";
  let qualified = false;
  const count = frame.attributeCount;
  for (let index = 0; index < count; index++) {
    const name = frame.attributeName(index);
    if (name === "to") to = readTo(frame.attributeValue(index));
    else if (name === "type") type = frame.attributeValue(index);
    else if (name === "id") id = frame.attributeValue(index);
    else if (name === "xml:lang") ownLang = frame.attributeValue(index);
    else if (name.includes(":")) qualified = true;
    else if (name !== "from") extra += ` ${name}='${escapeAttribute(frame.attributeValue(index))}'`;
  }
  if (qualified) extra = qualifiedAttributes(frame.element());
  return { head: { from, to, type, id, lang: ownLang ?? lang }, extra };
}

function readTo(text: string): Jid {
  const to = Jid.parse(text);
  if (to === undefined) throw new StanzaError("jid-malformed");
  return to;
}

const ADDRESSING = new Set(["from", "to", "type", "id", "xml:lang"]);

/** Rare: an attribute with a prefix on the stanza itself gets its declaration beside it. */
function qualifiedAttributes(top: Element): string {
  const attributes = Object.fromEntries([...top.attributes].filter(([name]) => !ADDRESSING.has(name)));
  const tag = serialize(element(top.name, CONTENT, attributes), CONTENT);
  return tag.slice(top.name.length + 1, -2);
}
