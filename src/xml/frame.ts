import type { Element } from "./element.ts";

/** A child of a top-level element: where it stands in `Frame.bytes`, from `<` to behind its last `>`. */
export interface ChildRange {
  /** Local name. */
  readonly name: string;
  readonly ns: string;
  readonly start: number;
  readonly end: number;
}

/** A complete, validated top-level element as it was received. */
export declare class Frame {
  /** The frame's own copy, from `<` to `>`; not to be written to. */
  readonly bytes: Buffer;
  /** The range between start tag and end tag; equal when there is nothing between them, and for `<a/>`. */
  readonly innerStart: number;
  readonly innerEnd: number;
  /** True when the inner bytes mean the same in any stream under a start tag without declarations. */
  readonly plain: boolean;
  /** Text other than white space stands directly in the element. */
  readonly text: boolean;
  /** Local name. */
  get name(): string;
  get ns(): string;
  /** Decoded and normalised; prefixed names as they stand (`xml:lang`). */
  attribute(name: string): string | undefined;
  attributes(): Iterable<readonly [string, string]>;
  get children(): readonly ChildRange[];
  element(): Element;
}
