/**
 * What one top-level element (a stream header, a stanza, a nonza) may hold. Crossing a limit is a policy-violation at the
 * byte that crosses it (RFC 6120 §4.9.3.14).
 */
export interface XmlLimits {
  /** From `<` of the start tag to `>` of the end tag. */
  readonly bytes: number;
  /** The top-level element counts too. */
  readonly elements: number;
  /** The top-level element has depth 1. */
  readonly depth: number;
  /** In one start tag, declarations of namespaces not counted. */
  readonly attributes: number;
  /** Declarations in the whole top-level element. */
  readonly namespaces: number;
  /** A name with its prefix, in UTF-8. */
  readonly nameBytes: number;
  /** An attribute value as it stands between the quotes. */
  readonly valueBytes: number;
}

const KiB = 1024;

/** For a peer that has not authenticated. */
export const beforeLogin: XmlLimits = {
  bytes: 8 * KiB,
  elements: 32,
  depth: 8,
  attributes: 16,
  namespaces: 16,
  nameBytes: 128,
  valueBytes: 3 * KiB,
};

export const clientSession: XmlLimits = {
  bytes: 256 * KiB,
  elements: 4096,
  depth: 64,
  attributes: 64,
  namespaces: 128,
  nameBytes: 256,
  valueBytes: 64 * KiB,
};

/**
 * For what a session accepted and the server then stamped, wrapped and stored; and for what an administrator wrote. Whatever `limits` of the configuration let in has to
 * be readable afterwards: what decides about memory stays a little above the highest values that can be configured.
 */
export const stored: XmlLimits = {
  bytes: Number.POSITIVE_INFINITY,
  elements: Number.POSITIVE_INFINITY,
  depth: 1100,
  attributes: 1100,
  namespaces: 5000,
  nameBytes: Number.POSITIVE_INFINITY,
  valueBytes: Number.POSITIVE_INFINITY,
};
