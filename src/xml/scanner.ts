import {
  EXCLAMATION,
  GREATER,
  LEFT_BRACKET,
  LESS,
  NAME_START,
  QUESTION,
  SLASH,
  skip,
  WHITE,
} from "./bytes.ts";
import { ElementReader } from "./element-reader.ts";
import { Frame } from "./frame.ts";
import { readHeader } from "./header.ts";
import { InputBuffer } from "./input-buffer.ts";
import type { XmlLimits } from "./limits.ts";
import { emptyScope, Scope } from "./scope.ts";
import type { Declarations, StreamHeader } from "./stream-header.ts";
import { byteOrderMarkLength, declarationLength } from "./xml-declaration.ts";
import { crossed, restricted, unexpected } from "./xml-error.ts";

export type ScanEvent =
  | { readonly kind: "open"; readonly header: StreamHeader }
  | { readonly kind: "element"; readonly frame: Frame }
  | { readonly kind: "close" };

/**
 * Lends the memory for reading an element to scanners, so that a stream which waits between two stanzas holds none. One for
 * all the scanners of a thread.
 */
export class Workspaces {
  readonly #free: ElementReader[] = [];

  take(limits: XmlLimits): ElementReader {
    const reader = this.#free.pop();
    return reader?.fits(limits) ? reader : new ElementReader(limits);
  }

  give(reader: ElementReader): void {
    reader.release();
    if (this.#free.length < 4) this.#free.push(reader);
  }
}

const USUAL_HEADER_NAME = Buffer.from("stream:stream");

// Where the stream stands while no element is being read.
const AT_START = 0;
const BEFORE_HEADER = 1;
const BETWEEN_ELEMENTS = 2;
const IN_END_TAG = 3;
const BEHIND_END_TAG_NAME = 4;
const ENDED = 5;
const CLOSED = 6;

/**
 * Reads one XML stream from its bytes, wherever they are cut: `push()` what arrived, then call `next()` until it gives
 * undefined. White space between top-level elements is dropped. After an error every call of `next()` throws it again.
 */
export class Scanner {
  #limits: XmlLimits;
  readonly #workspaces: Workspaces;
  readonly #input = new InputBuffer();
  #state = AT_START;
  /** An XML declaration may come. */
  #declarable = true;
  #restarted = false;
  #scope: Scope = emptyScope;
  /** The header's qualified name; undefined before the header, and without one. */
  #headerName: Buffer | undefined;
  /** Bytes of the stream's end tag that agree with it. */
  #matched = 0;
  #reader: ElementReader | undefined;
  #reading = false;
  #failure: unknown;

  constructor(limits: XmlLimits, workspaces: Workspaces = new Workspaces()) {
    this.#limits = limits;
    this.#workspaces = workspaces;
  }

  /** Holds from the next top-level element on. */
  setLimits(limits: XmlLimits): void {
    this.#limits = limits;
  }

  /**
   * Adds input. The chunk is read in place and must not change until `next()` has returned undefined or `hold()` was
   * called. Ignored after the end of the stream and after an error.
   */
  push(chunk: Buffer): void {
    if (this.#failure !== undefined || this.#state === CLOSED) return;
    this.#moved(this.#input.push(chunk, this.#needed()));
  }

  /** What comes next, undefined when more input is needed. @throws XmlError */
  next(): ScanEvent | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      return this.#reading ? this.#read() : this.#advance();
    } catch (error) {
      this.#failure = error;
      this.discard();
      throw error;
    }
  }

  /** Copies what was not read, so that the chunk may change although `next()` has not returned undefined. */
  hold(): void {
    this.#moved(this.#input.keep(this.#needed()));
  }

  /** The stream starts again (RFC 6120 §4.3.3): a header must come next. What was not read stays. */
  reset(): void {
    // An element that is only half there was read too early: it belongs to the new stream.
    this.#input.at = this.#needed();
    this.#stopReading();
    this.#state = BEFORE_HEADER;
    this.#declarable = true;
    this.#restarted = true;
    this.#scope = emptyScope;
    this.#headerName = undefined;
  }

  /** Drops all input that was not returned as an event, a half element too: what came before TLS must not count behind it. */
  discard(): void {
    this.#stopReading();
    this.#input.clear();
  }

  /** No header will come: elements stand in this scope (RFC 7395 §3.3.3, and fragments of a stream). */
  assume(scope: Declarations): void {
    this.#scope = new Scope(scope);
    this.#state = BETWEEN_ELEMENTS;
  }

  /** Bytes that were pushed and neither returned in an event nor dropped as white space. */
  get unread(): number {
    return this.#input.end - this.#needed();
  }

  /** Offset of the first byte that is still needed. */
  #needed(): number {
    return this.#reading ? this.#reader!.start : this.#input.at;
  }

  #moved(distance: number): void {
    if (this.#reading && distance !== 0) this.#reader!.shift(distance);
  }

  #stopReading(): void {
    this.#reading = false;
    if (this.#reader !== undefined) this.#workspaces.give(this.#reader);
    this.#reader = undefined;
  }

  #wait(): undefined {
    if (!this.#reading) this.#stopReading();
    this.hold();
    return undefined;
  }

  /** Outside of any element. */
  #advance(): ScanEvent | undefined {
    if (this.#state === AT_START && !this.#skipByteOrderMark()) return this.#wait();
    if (this.#state === IN_END_TAG && !this.#matchEndTag()) return this.#wait();
    if (this.#state === BEHIND_END_TAG_NAME && !this.#finishEndTag()) return this.#wait();
    if (this.#state === ENDED) return this.#close();
    while (this.#state !== CLOSED) {
      const { bytes, end } = this.#input;
      const i = this.#skipWhite();
      if (i + 1 >= end) {
        if (i < end && bytes[i] !== LESS) throw unexpected();
        return this.#wait();
      }
      if (bytes[i] !== LESS) throw unexpected();
      const next = bytes[i + 1]!;
      if (NAME_START[next] === 1 || next >= 0x80) return this.#begin(i);
      if (next === SLASH && this.#headerName !== undefined) return this.#beginEndTag(i + 2);
      if (next !== QUESTION && next !== EXCLAMATION) throw unexpected();
      if (next === EXCLAMATION && i + 2 < end)
        throw bytes[i + 2] === LEFT_BRACKET ? unexpected() : restricted();
      const length = next === QUESTION ? this.#declarationLength(i) : 0;
      if (length === 0) return this.#wait();
      this.#input.at = i + length;
      this.#declarable = false;
    }
    this.#input.clear();
    return undefined;
  }

  /** False when more input is needed. */
  #skipByteOrderMark(): boolean {
    const input = this.#input;
    if (input.at === input.end) return false;
    const length = byteOrderMarkLength(input.bytes, input.at, input.end);
    if (length === 0) return false;
    if (length > 0) input.at += length;
    this.#state = BEFORE_HEADER;
    return true;
  }

  #skipWhite(): number {
    const { bytes, at, end } = this.#input;
    const i = skip(WHITE, bytes, at, end);
    // XML 1.0 §2.8: nothing may stand before the declaration; but what separated the stanzas of the stream before may come late.
    if (i > at && !this.#restarted) this.#declarable = false;
    this.#input.at = i;
    return i;
  }

  #declarationLength(i: number): number {
    if (this.#state !== BEFORE_HEADER || !this.#declarable) throw restricted();
    return declarationLength(this.#input.bytes, i, this.#input.end);
  }

  #begin(i: number): ScanEvent | undefined {
    if (this.#reader?.fits(this.#limits) !== true) this.#reader = this.#workspaces.take(this.#limits);
    this.#reader.begin(this.#limits, this.#scope, i, this.#state === BEFORE_HEADER);
    this.#reading = true;
    this.#input.at = i + 1;
    return this.#read();
  }

  #read(): ScanEvent | undefined {
    const reader = this.#reader!;
    const input = this.#input;
    const limit = reader.start + reader.limits.bytes;
    const stop = Math.min(limit, input.end);
    input.at = reader.read(input.bytes, input.at, stop);
    if (reader.done) {
      this.#reading = false;
      return this.#state === BEFORE_HEADER
        ? this.#open(reader)
        : { kind: "element", frame: this.#frame(reader) };
    }
    // An unfinished element that has used all its bytes can not end within them.
    if (stop === limit) throw crossed("too many bytes");
    return this.#wait();
  }

  #open(reader: ElementReader): ScanEvent {
    const bytes = this.#input.bytes;
    const header = readHeader(reader, bytes);
    const name = bytes.subarray(reader.start + 1, reader.start + reader.nameEnd);
    // A copy for each stream would keep a slab of small buffers alive for each.
    this.#headerName = name.equals(USUAL_HEADER_NAME) ? USUAL_HEADER_NAME : Buffer.from(name);
    this.#scope = new Scope(header);
    this.#state = reader.empty ? ENDED : BETWEEN_ELEMENTS;
    return { kind: "open", header };
  }

  #frame(reader: ElementReader): Frame {
    const { bytes, at } = this.#input;
    const own = Buffer.allocUnsafe(at - reader.start);
    bytes.copy(own, 0, reader.start, at);
    return new Frame(own, this.#scope, reader);
  }

  #beginEndTag(i: number): ScanEvent | undefined {
    this.#input.at = i;
    this.#matched = 0;
    this.#state = IN_END_TAG;
    return this.#advance();
  }

  /** False when more input is needed. Nothing of the tag is kept. */
  #matchEndTag(): boolean {
    const name = this.#headerName!;
    const input = this.#input;
    while (this.#matched < name.length) {
      if (input.at >= input.end) return false;
      if (input.bytes[input.at] !== name[this.#matched]) throw unexpected();
      input.at++;
      this.#matched++;
    }
    this.#state = BEHIND_END_TAG_NAME;
    return true;
  }

  /** False when more input is needed. */
  #finishEndTag(): boolean {
    const i = this.#skipWhite();
    if (i >= this.#input.end) return false;
    if (this.#input.bytes[i] !== GREATER) throw unexpected();
    this.#state = ENDED;
    return true;
  }

  #close(): ScanEvent {
    this.#state = CLOSED;
    this.discard();
    return { kind: "close" };
  }
}
