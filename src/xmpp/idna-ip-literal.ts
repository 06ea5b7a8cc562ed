/** The IPv4address rule of RFC 3986 §3.2.2: four decimal octets without leading zeros, and no other spelling. */
export function isIpv4(text: string): boolean {
  return /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/.test(text);
}

/**
 * The canonical spelling (RFC 5952) of an IPv6 literal in brackets, or undefined. IPvFuture has no use, and zone identifiers
 * mean something on one machine only (RFC 9844 withdrew them from literals): both are refused.
 */
export function canonicalIpv6Literal(text: string): string | undefined {
  if (!text.startsWith("[") || !text.endsWith("]")) return undefined;
  const groups = parseIpv6(text.slice(1, -1));
  return groups === undefined ? undefined : `[${formatIpv6(groups)}]`;
}

/** The eight groups of an IPv6 address (RFC 4291 §2.2). */
function parseIpv6(text: string): number[] | undefined {
  if (text.length > 45) return undefined;
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0]!, halves.length === 1);
  const tail = halves.length === 1 ? [] : parseGroups(halves[1]!, true);
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  return [...head, ...Array.from({ length: missing }, () => 0), ...tail];
}

/** Groups separated by colons; at the end of the address the last two may be written as an IPv4 address. */
function parseGroups(text: string, atEnd: boolean): number[] | undefined {
  if (text === "") return [];
  const groups: number[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(part)) {
      groups.push(Number.parseInt(part, 16));
    } else if (atEnd && index === parts.length - 1 && isIpv4(part)) {
      const [a = 0, b = 0, c = 0, d = 0] = part.split(".").map(Number);
      groups.push(a * 256 + b, c * 256 + d);
    } else {
      return undefined;
    }
  }
  return groups;
}

/** RFC 5952 §4: lower case, no leading zeros, `::` for the first longest run of at least two zero groups; §5 for ::ffff:0:0/96. */
function formatIpv6(groups: readonly number[]): string {
  const [high = 0, low = 0] = groups.slice(6);
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return `::ffff:${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
  }
  let start = 0;
  let longest = 1;
  for (let from = 0; from < 8; from++) {
    let length = 0;
    while (groups[from + length] === 0) length++;
    if (length > longest) [start, longest] = [from, length];
  }
  const words = groups.map((group) => group.toString(16));
  if (longest < 2) return words.join(":");
  return `${words.slice(0, start).join(":")}::${words.slice(start + longest).join(":")}`;
}
