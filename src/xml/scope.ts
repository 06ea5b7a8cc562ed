import type { Declarations } from "./stream-header.ts";

/** What nearly every stream has: a copy for each would keep a slab of small buffers alive for each. */
const CLIENT = Buffer.from("jabber:client");

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
    const { contentNs } = declarations;
    this.contentBytes = contentNs === "jabber:client" ? CLIENT : Buffer.from(contentNs);
    this.simple = !/[&\s]/.test(declarations.contentNs);
  }
}

/** Before a stream header nothing is declared. */
export const emptyScope: Scope = new Scope({ contentNs: "", prefixes: new Map() });
