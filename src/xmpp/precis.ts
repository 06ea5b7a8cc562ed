/** Longest part of an address in octets of UTF-8 (RFC 7622 §3.1). */
export const MAX_PART_OCTETS = 1023;

/** Prepared localpart (RFC 7622 §3.3: UsernameCaseMapped of RFC 8265), or undefined when it is refused. */
export function prepareLocalpart(text: string): string | undefined {
  return /^[!#$%()*+,\-.0-9;=?A-Z[\\\]^_`a-z{|}~]{1,1023}$/.test(text) ? text.toLowerCase() : undefined;
}

/** Prepared resourcepart (RFC 7622 §3.4: OpaqueString of RFC 8265), or undefined when it is refused. */
export function prepareResourcepart(text: string): string | undefined {
  return /^[ -~]{1,1023}$/.test(text) ? text : undefined;
}

/** Password prepared with OpaqueString (RFC 8265 §4.2), or undefined when it is refused. */
export function preparePassword(text: string): string | undefined {
  return /^[ -~]+$/.test(text) ? text : undefined;
}

/**
 * The localpart that a new account gets, or undefined: as `prepareLocalpart`, and the Nodeprep form (RFC 6122) must be the
 * same, so that a peer which still uses stringprep writes to the same account.
 */
export function registrableLocalpart(text: string): string | undefined {
  return prepareLocalpart(text);
}
