/** Prepared domainpart (RFC 7622 §3.2): U-labels, lower case, no final dot; or undefined when it is refused. */
export function prepareDomain(text: string): string | undefined {
  const name = text.endsWith(".") ? text.slice(0, -1) : text;
  const labels = name.toLowerCase().split(".");
  if (name.length > 253) return undefined;
  return labels.every((label) => /^(?!-|..--)[a-z0-9-]{1,63}(?<!-)$/.test(label))
    ? labels.join(".")
    : undefined;
}
