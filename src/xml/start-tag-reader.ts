import { addAttribute } from "./attributes.ts";
import {
  AMPERSAND,
  CARRIAGE_RETURN,
  COLON,
  codePoint,
  DOUBLE_QUOTE,
  EQUALS,
  GREATER,
  isNameCharacter,
  isNameStart,
  isText,
  LINE_FEED,
  NAME,
  NAME_START,
  SINGLE_QUOTE,
  SLASH,
  SPACE,
  sequenceLength,
  skip,
  TAB,
  VALUE,
  WHITE,
} from "./bytes.ts";
import type { XmlLimits } from "./limits.ts";
import { declare } from "./namespaces.ts";
import { specialLength } from "./special.ts";
import { Workspace } from "./workspace.ts";
import { crossed, unexpected, XmlError } from "./xml-error.ts";

// Where in a start tag the next byte stands; numbers above `LAST_TAG_STATE` are the content's.
const IN_NAME = 0;
const IN_TAG = 1;
const IN_ATTRIBUTE = 2;
const BEFORE_EQUALS = 3;
const BEFORE_QUOTE = 4;
const IN_VALUE = 5;
const BEHIND_SLASH = 6;
export const LAST_TAG_STATE: number = BEHIND_SLASH;

export const NO_COLON: number = -1;

/**
 * Reads start tags. Each step takes the input, an offset and the end; it returns the offset of the next step, or the complement
 * of the offset where more input is needed. Nothing is read twice but an unfinished character or reference.
 */
export abstract class StartTagReader extends Workspace {
  limits: XmlLimits;
  protected state: number = IN_NAME;
  /** Start of the current name, or of the current end tag. */
  protected token = 0;
  protected elementName = 0;
  protected elementNameEnd = 0;
  protected elementColon: number = NO_COLON;
  #colon: number = NO_COLON;
  #attributeEnd = 0;
  #value = 0;
  #quote = 0;
  /** The value needs no decoding. */
  #clean = true;
  #spaced = false;

  constructor(limits: XmlLimits) {
    super(limits);
    this.limits = limits;
  }

  override shift(distance: number): void {
    super.shift(distance);
    this.token -= distance;
    this.elementName -= distance;
    this.elementNameEnd -= distance;
    if (this.elementColon !== NO_COLON) this.elementColon -= distance;
    if (this.#colon !== NO_COLON) this.#colon -= distance;
    this.#attributeEnd -= distance;
    this.#value -= distance;
  }

  /** A start tag ends; `end` is the offset behind `>`. */
  protected abstract finishTag(b: Buffer, end: number, empty: boolean): number;

  protected tagStep(b: Buffer, i: number, stop: number): number {
    switch (this.state) {
      case IN_NAME:
        return this.elementNameStep(b, i, stop);
      case IN_TAG:
        return this.#tag(b, i, stop);
      case IN_ATTRIBUTE:
        return this.#attribute(b, i, stop);
      case BEFORE_EQUALS:
        return this.#equals(b, i, stop);
      case BEFORE_QUOTE:
        return this.#openQuote(b, i, stop);
      case IN_VALUE:
        return this.#attributeValue(b, i, stop);
      default:
        if (b[i] !== GREATER) throw unexpected();
        return this.finishTag(b, i + 1, true);
    }
  }

  /** At the first byte of an element's name. */
  protected startTag(i: number): void {
    this.elements++;
    if (this.elements > this.limits.elements) throw crossed("too many elements");
    if (this.depth >= this.limits.depth) throw crossed("elements nested too deep");
    this.outerBindings = this.bindingCount;
    this.attributeCount = 0;
    this.prefixedCount = 0;
    this.token = i;
    this.#colon = NO_COLON;
    this.state = IN_NAME;
  }

  protected elementNameStep(b: Buffer, from: number, stop: number): number {
    const i = this.#name(b, from, stop);
    if (i < 0) return i;
    this.elementName = this.token;
    this.elementNameEnd = i;
    this.elementColon = this.#colon;
    if (this.#colon !== NO_COLON && isText(b, this.token, this.#colon, "xmlns")) {
      throw new XmlError("not-well-formed", "the prefix xmlns on an element");
    }
    this.#spaced = false;
    this.state = IN_TAG;
    return this.#tag(b, this.#quickAttributes(b, i, stop), stop);
  }

  /** Goes on in the name that starts at `token`, up to the first byte that is none of it. */
  #name(b: Buffer, from: number, stop: number): number {
    let i = from;
    for (;;) {
      i = skip(NAME, b, i, stop);
      if (i - this.token > this.limits.nameBytes) throw crossed("a name is too long");
      if (i >= stop) return ~i;
      const byte = b[i]!;
      if (byte === COLON) {
        if (this.#colon !== NO_COLON || i === this.token) throw unexpected();
        this.#colon = i++;
      } else if (byte >= 0x80) {
        const length = sequenceLength(b, i, stop);
        if (length === 0) return ~i;
        this.#checkNameCharacter(codePoint(b, i, length), i);
        i += length;
      } else {
        // The local part starts as a name does (Namespaces in XML 1.0 §3 [4] NCName); another than ASCII was checked above.
        const local = this.#colon === NO_COLON ? this.token : this.#colon + 1;
        if (i === local || (b[local]! < 0x80 && NAME_START[b[local]!] === 0)) throw unexpected();
        return i;
      }
    }
  }

  #checkNameCharacter(code: number, i: number): void {
    const first = i === this.token || i === this.#colon + 1;
    if (first ? isNameStart(code) : isNameCharacter(code)) return;
    throw new XmlError("not-well-formed", "a character that no name may have");
  }

  /** In a start tag, behind the name or a value. */
  #tag(b: Buffer, from: number, stop: number): number {
    const i = skip(WHITE, b, from, stop);
    if (i > from) this.#spaced = true;
    if (i >= stop) return ~i;
    const byte = b[i]!;
    if (byte === GREATER) return this.finishTag(b, i + 1, false);
    if (byte === SLASH) {
      this.state = BEHIND_SLASH;
      return i + 1;
    }
    if (!this.#spaced || (NAME_START[byte] === 0 && byte < 0x80)) throw unexpected();
    this.token = i;
    this.#colon = NO_COLON;
    this.state = IN_ATTRIBUTE;
    return this.#attribute(b, i, stop);
  }

  #attribute(b: Buffer, from: number, stop: number): number {
    const i = this.#name(b, from, stop);
    if (i < 0) return i;
    this.#attributeEnd = i;
    this.state = BEFORE_EQUALS;
    return this.#equals(b, i, stop);
  }

  #equals(b: Buffer, from: number, stop: number): number {
    const i = skip(WHITE, b, from, stop);
    if (i >= stop) return ~i;
    if (b[i] !== EQUALS) throw unexpected();
    this.state = BEFORE_QUOTE;
    return this.#openQuote(b, i + 1, stop);
  }

  #openQuote(b: Buffer, from: number, stop: number): number {
    const i = skip(WHITE, b, from, stop);
    if (i >= stop) return ~i;
    const quote = b[i]!;
    if (quote !== SINGLE_QUOTE && quote !== DOUBLE_QUOTE) throw unexpected();
    this.#quote = quote;
    this.#value = i + 1;
    this.#clean = true;
    this.state = IN_VALUE;
    return this.#attributeValue(b, i + 1, stop);
  }

  #attributeValue(b: Buffer, from: number, stop: number): number {
    let i = from;
    for (;;) {
      i = skip(VALUE, b, i, stop);
      if (i - this.#value > this.limits.valueBytes) throw crossed("an attribute value is too long");
      if (i >= stop) return ~i;
      const byte = b[i]!;
      if (byte === this.#quote) {
        this.#finishAttribute(b, this.token, this.#attributeEnd, this.#colon, this.#value, i, this.#clean);
        this.#spaced = false;
        this.state = IN_TAG;
        return i + 1;
      }
      if (byte === SINGLE_QUOTE || byte === DOUBLE_QUOTE) {
        i++;
      } else if (byte === TAB || byte === LINE_FEED || byte === CARRIAGE_RETURN) {
        this.#clean = false;
        i++;
      } else {
        if (byte === AMPERSAND) this.#clean = false;
        const length = specialLength(b, i, stop);
        if (length === 0) return ~i;
        i += length;
      }
    }
  }

  /** `end` is the offset of the closing quote. */
  #finishAttribute(
    b: Buffer,
    name: number,
    nameEnd: number,
    colon: number,
    value: number,
    end: number,
    clean: boolean,
  ): void {
    if (isText(b, name, colon === NO_COLON ? nameEnd : colon, "xmlns")) {
      this.declarations++;
      if (this.declarations > this.limits.namespaces) throw crossed("too many namespace declarations");
      declare(this, b, colon === NO_COLON ? nameEnd : colon + 1, nameEnd, value, end, clean);
      return;
    }
    if (this.attributeCount >= this.limits.attributes) throw crossed("too many attributes");
    addAttribute(this, b, name, nameEnd, colon === NO_COLON ? name : colon + 1, value, end);
  }

  /**
   * Takes attributes as they nearly always look: one space, an ASCII name without prefix, a value of plain bytes. Returns the offset
   * behind the last one that was taken; all others are left to the steps.
   */
  #quickAttributes(b: Buffer, from: number, stop: number): number {
    const { nameBytes, valueBytes } = this.limits;
    let end = from;
    for (;;) {
      const name = end + 1;
      if (name >= stop || b[end] !== SPACE || NAME_START[b[name]!] === 0) return end;
      let i = name + 1;
      i = skip(NAME, b, i, stop);
      const nameEnd = i;
      const value = nameEnd + 2;
      if (value >= stop || b[nameEnd] !== EQUALS) return end;
      const quote = b[nameEnd + 1]!;
      if (quote !== SINGLE_QUOTE && quote !== DOUBLE_QUOTE) return end;
      i = value;
      i = skip(VALUE, b, i, stop);
      if (i >= stop || b[i] !== quote) return end;
      if (nameEnd - name > nameBytes || i - value > valueBytes) return end;
      this.#finishAttribute(b, name, nameEnd, NO_COLON, value, i, true);
      end = i + 1;
    }
  }
}
