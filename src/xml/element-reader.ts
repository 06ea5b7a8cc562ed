import {
  EXCLAMATION,
  GREATER,
  isText,
  LEFT_BRACKET,
  LESS,
  NAME_START,
  notCharacter,
  QUESTION,
  RIGHT_BRACKET,
  SLASH,
  SPACE,
  sequenceLength,
  skip,
  TEXT,
  WHITE,
} from "./bytes.ts";
import type { XmlLimits } from "./limits.ts";
import { checkPrefixedAttributes, findBinding, isContent, resolvePrefix, XML_BINDING } from "./namespaces.ts";
import { CHILD_SIZE, IN_CONTENT_NS, IN_SCOPE_PREFIX, IN_XML_NS, noteAttributes, noteChild } from "./notes.ts";
import { emptyScope, type Scope } from "./scope.ts";
import { specialLength } from "./special.ts";
import { LAST_TAG_STATE, NO_COLON, StartTagReader } from "./start-tag-reader.ts";
import { BINDING_SIZE, OPEN_SIZE } from "./workspace.ts";
import { restricted, unexpected, XmlError } from "./xml-error.ts";

// Where in the element the next byte stands, outside of start tags.
const IN_END_NAME = LAST_TAG_STATE + 1;
const BEHIND_END_NAME = LAST_TAG_STATE + 2;
const IN_CONTENT = LAST_TAG_STATE + 3;
const AT_MARKUP = LAST_TAG_STATE + 4;
const IN_SECTION = LAST_TAG_STATE + 5;
const DONE = LAST_TAG_STATE + 6;

/** Notes that a reader keeps room for between two elements. */
const ROOMY = 1024;

const SECTION = "<![CDATA[";

/**
 * Reads one top-level element, or the start tag that is a stream header, and checks it: XML 1.0, Namespaces in XML 1.0,
 * RFC 6120 §11 and the limits. The input may end anywhere; reading goes on where it stopped.
 */
export class ElementReader extends StartTagReader {
  /** Offset of the `<` that starts the element. */
  start = 0;
  /** Offsets from `start`. */
  local = 0;
  nameEnd = 0;
  innerStart = 0;
  innerEnd = 0;
  /** The namespace of the element and of each child, as `FrameIndex` has it. */
  ns: number = IN_CONTENT_NS;
  nsEnd = 0;
  /** The attributes of the element, then its children; see `FrameNotes`. */
  readonly notes: number[] = [];
  noteCount = 0;
  attributeNotes = 0;
  /** The header, when it is one, was `<stream/>`. */
  empty = false;
  /** Where the last child is noted. */
  #child = 0;
  #header = false;
  /** Bytes of the end tag's name that agree. */
  #matched = 0;

  get done(): boolean {
    return this.state === DONE;
  }

  /** `start` is the offset of a `<` with the first byte of a name behind it. */
  begin(limits: XmlLimits, scope: Scope, start: number, header: boolean): void {
    this.clear(scope);
    this.limits = limits;
    this.#header = header;
    this.start = start;
    this.startTag(start + 1);
  }

  /** Forgets what belongs to the last element. */
  release(): void {
    this.clear(emptyScope);
    if (this.notes.length > ROOMY) this.notes.length = 0;
    this.state = DONE;
  }

  override shift(distance: number): void {
    super.shift(distance);
    this.start -= distance;
  }

  /** Reads up to `stop` or the end of the element; returns the offset of what was not read. @throws XmlError */
  read(b: Buffer, from: number, stop: number): number {
    let i = from;
    while (i >= 0 && i < stop && this.state !== DONE) i = this.#step(b, i, stop);
    return i < 0 ? ~i : i;
  }

  #step(b: Buffer, i: number, stop: number): number {
    switch (this.state) {
      case IN_CONTENT:
        return this.#content(b, i, stop);
      case AT_MARKUP:
        return this.#markup(b, i, stop);
      case IN_END_NAME:
        return this.#endName(b, i, stop);
      case BEHIND_END_NAME:
        return this.#endTag(b, i, stop);
      case IN_SECTION:
        return this.#section(b, i, stop);
      default:
        return this.tagStep(b, i, stop);
    }
  }

  #content(b: Buffer, from: number, stop: number): number {
    let i = from;
    if (this.depth === 1 && !this.text) {
      i = skip(WHITE, b, i, stop);
      if (i < stop && b[i] !== LESS) this.text = true;
    }
    for (;;) {
      i = skip(TEXT, b, i, stop);
      if (i >= stop) return i;
      const byte = b[i]!;
      if (byte === LESS) {
        this.state = AT_MARKUP;
        return this.#markup(b, i, stop);
      }
      if (byte === GREATER) {
        // XML 1.0 §2.4. No markup ends in `]`, so the two before it are text as well.
        if (b[i - 1] === RIGHT_BRACKET && b[i - 2] === RIGHT_BRACKET) throw unexpected();
        i++;
        continue;
      }
      const length = specialLength(b, i, stop);
      if (length === 0) return ~i;
      i += length;
    }
  }

  /** At a `<` in the content of an element. */
  #markup(b: Buffer, i: number, stop: number): number {
    if (i + 1 >= stop) return ~i;
    const next = b[i + 1]!;
    if (next === SLASH) {
      this.token = i;
      this.#matched = 0;
      this.state = IN_END_NAME;
      return this.#endName(b, i + 2, stop);
    }
    if (NAME_START[next] === 1 || next >= 0x80) {
      this.startTag(i + 1);
      return this.elementNameStep(b, i + 1, stop);
    }
    if (next === EXCLAMATION) return this.#exclamation(b, i, stop);
    throw next === QUESTION ? restricted() : unexpected();
  }

  /** At `<!`. RFC 6120 §11.1 leaves CDATA only. */
  #exclamation(b: Buffer, i: number, stop: number): number {
    if (i + 2 >= stop) return ~i;
    if (b[i + 2] !== LEFT_BRACKET) throw restricted();
    const end = Math.min(i + SECTION.length, stop);
    if (!isText(b, i, end, SECTION.slice(0, end - i))) throw unexpected();
    if (end - i < SECTION.length) return ~i;
    this.plain = false;
    if (this.depth === 1) this.text = true;
    this.state = IN_SECTION;
    return end;
  }

  #section(b: Buffer, from: number, stop: number): number {
    let i = from;
    for (;;) {
      i = skip(TEXT, b, i, stop);
      if (i >= stop) return i;
      const byte = b[i]!;
      if (byte === GREATER && b[i - 1] === RIGHT_BRACKET && b[i - 2] === RIGHT_BRACKET) {
        this.state = IN_CONTENT;
        return i + 1;
      }
      if (byte >= 0x80) {
        const length = sequenceLength(b, i, stop);
        if (length === 0) return ~i;
        i += length;
      } else if (byte < SPACE) throw notCharacter();
      else i++;
    }
  }

  /** `end` is the offset behind `>`. */
  protected override finishTag(b: Buffer, end: number, empty: boolean): number {
    const depth = this.depth;
    if (depth === 0) this.topBindings = this.bindingCount;
    if (depth < 2 || this.elementColon !== NO_COLON) this.#resolveElement(b);
    if (this.prefixedCount > 0) checkPrefixedAttributes(this, b);
    if (depth === 0) {
      this.innerStart = end - this.start;
      this.local = this.#localName() - this.start;
      this.nameEnd = this.elementNameEnd - this.start;
      this.attributeNotes = noteAttributes(this, this.start, this.notes);
      this.noteCount = this.attributeNotes;
      if (this.#header) {
        this.empty = empty;
        this.state = DONE;
        return end;
      }
    }
    if (empty) {
      this.bindingCount = this.outerBindings;
      this.#leave(end, end);
      return end;
    }
    const at = depth * OPEN_SIZE;
    this.open[at] = this.elementName;
    this.open[at + 1] = this.elementNameEnd;
    this.open[at + 2] = this.outerBindings;
    this.depth = depth + 1;
    this.state = IN_CONTENT;
    return end;
  }

  /** Finds the namespace of the element whose start tag ends; notes it for the top-level element and its children. */
  #resolveElement(b: Buffer): void {
    const prefixed = this.elementColon !== NO_COLON;
    const binding = prefixed
      ? resolvePrefix(this, b, this.elementName, this.elementColon)
      : findBinding(this, b, 0, 0);
    if (this.depth > 1) return;
    let ns = IN_CONTENT_NS;
    let nsEnd = 0;
    if (binding >= 0) {
      ns = this.bindings[binding * BINDING_SIZE + 2]!;
      nsEnd = this.bindings[binding * BINDING_SIZE + 3]!;
    }
    if (this.depth === 0 && (prefixed || (binding >= 0 && !isContent(this, b, ns, nsEnd))))
      this.plain = false;
    if (binding >= 0) {
      ns -= this.start;
      nsEnd -= this.start;
    } else if (prefixed) ns = binding === XML_BINDING ? IN_XML_NS : IN_SCOPE_PREFIX;
    if (this.depth === 0) {
      this.ns = ns;
      this.nsEnd = nsEnd;
    } else {
      this.#noteChild(ns, nsEnd);
    }
  }

  #localName(): number {
    return this.elementColon === NO_COLON ? this.elementName : this.elementColon + 1;
  }

  #noteChild(ns: number, nsEnd: number): void {
    const tag = this.elementName - 1;
    this.#child = this.noteCount;
    noteChild(this.notes, this.#child, this.start, tag, this.#localName(), this.elementNameEnd, ns, nsEnd);
    this.noteCount += CHILD_SIZE;
  }

  /** An element ends, with its end tag at `tag`, or without one. */
  #leave(tag: number, end: number): void {
    this.state = IN_CONTENT;
    if (this.depth === 1) this.notes[this.#child + 1] = end - this.start;
    else if (this.depth === 0) {
      this.innerEnd = tag - this.start;
      this.state = DONE;
    }
  }

  /** Behind `</`: the name must be the start tag's, byte by byte. */
  #endName(b: Buffer, from: number, stop: number): number {
    const at = (this.depth - 1) * OPEN_SIZE;
    const name = this.open[at]!;
    const length = this.open[at + 1]! - name;
    let i = from;
    let matched = this.#matched;
    while (matched < length && i < stop) {
      if (b[i] !== b[name + matched])
        throw new XmlError("not-well-formed", "an end tag that matches no start tag");
      matched++;
      i++;
    }
    this.#matched = matched;
    if (matched < length) return ~i;
    this.state = BEHIND_END_NAME;
    return this.#endTag(b, i, stop);
  }

  #endTag(b: Buffer, from: number, stop: number): number {
    const i = skip(WHITE, b, from, stop);
    if (i >= stop) return ~i;
    if (b[i] !== GREATER) throw unexpected();
    this.depth--;
    this.bindingCount = this.open[this.depth * OPEN_SIZE + 2]!;
    this.#leave(this.token, i + 1);
    return i + 1;
  }
}
