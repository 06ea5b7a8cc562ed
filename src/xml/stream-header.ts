/** The namespaces that a stream header declared; every top-level element of the stream stands in their scope. */
export interface Declarations {
  /** The default namespace, "" when none was declared (RFC 6120 §4.8.2). */
  readonly contentNs: string;
  /** Namespace by prefix, without the default and without `xml`. */
  readonly prefixes: ReadonlyMap<string, string>;
}

/** The start tag that opens a stream, RFC 6120 §4.7. Nothing but well-formedness was checked. */
export interface StreamHeader extends Declarations {
  /** Local name. */
  readonly name: string;
  /** "" when the name has none. */
  readonly prefix: string;
  readonly ns: string;
  /** Normalised values by name; prefixed names as they stand (`xml:lang`), declarations of namespaces left out. */
  readonly attributes: ReadonlyMap<string, string>;
}
