import type { Declarations } from "./stream-header.ts";

/** The declarations that a top-level element stands in, in the form that the scanner compares. */
export class Scope implements Declarations {
  readonly contentNs: string;
  readonly prefixes: ReadonlyMap<string, string>;
  readonly contentBytes: Buffer;
  /** False for a content namespace that does not stand in a stream as it reads, so that bytes can not be compared. */
  readonly simple: boolean;

  constructor(declarations: Declarations) {
    this.contentNs = declarations.contentNs;
    this.prefixes = declarations.prefixes;
    this.contentBytes = Buffer.from(declarations.contentNs);
    this.simple = !/[&\s]/.test(declarations.contentNs);
  }
}

/** Before a stream header nothing is declared. */
export const emptyScope: Scope = new Scope({ contentNs: "", prefixes: new Map() });
