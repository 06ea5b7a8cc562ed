/** The addresses that begin with the same bits: "127.0.0.0/8", "2001:db8::/32", or a single one. */
export class IpNetwork {
  readonly #text: string;
  readonly #first: readonly number[];
  readonly #bits: number;

  private constructor(text: string, first: readonly number[], bits: number) {
    this.#text = text;
    this.#first = first;
    this.#bits = bits;
  }

  /** undefined for what is no address, or has more bits than one. Bits behind the network's own do not matter. */
  static parse(text: string): IpNetwork | undefined {
    const [address, length, ...more] = text.split("/");
    const octets = parseAddress(address!);
    if (octets === undefined || more.length > 0) return undefined;
    const all = octets.length * 8;
    if (length !== undefined && !/^\d{1,3}$/.test(length)) return undefined;
    const bits = length === undefined ? all : Number(length);
    return bits > all ? undefined : new IpNetwork(text, octets, bits);
  }

  /** `address` is what the kernel reports; IPv4 within IPv6 counts as IPv4. */
  has(address: string): boolean {
    const octets = parseAddress(address);
    if (octets === undefined || octets.length !== this.#first.length) return false;
    const whole = Math.floor(this.#bits / 8);
    for (let index = 0; index < whole; index++) if (octets[index] !== this.#first[index]) return false;
    const rest = 8 - (this.#bits % 8);
    return rest === 8 || octets[whole]! >> rest === this.#first[whole]! >> rest;
  }

  toString(): string {
    return this.#text;
  }
}

/** 4 or 16 octets. */
function parseAddress(text: string): readonly number[] | undefined {
  if (!text.includes(":")) return parseV4(text);
  const octets = parseV6(text.replace(/%.*$/, ""));
  const mapped = octets?.slice(0, 12).every((octet, index) => octet === (index < 10 ? 0 : 255));
  return mapped ? octets!.slice(12) : octets;
}

function parseV4(text: string): readonly number[] | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part))) return undefined;
  const octets = parts.map(Number);
  return octets.every((octet) => octet < 256) ? octets : undefined;
}

function parseV6(text: string): readonly number[] | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0]!, halves.length === 1);
  const tail = halves.length === 1 ? [] : parseGroups(halves[1]!, true);
  if (head === undefined || tail === undefined) return undefined;
  const missing = 16 - head.length - tail.length;
  // "::" stands for one group of zeros or more.
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined;
  return [...head, ...Array.from({ length: missing }, () => 0), ...tail];
}

/** `last`: an IPv4 address may stand at the end. */
function parseGroups(text: string, last: boolean): readonly number[] | undefined {
  if (text === "") return [];
  const octets: number[] = [];
  const groups = text.split(":");
  for (const [index, group] of groups.entries()) {
    if (last && index === groups.length - 1 && group.includes(".")) {
      const v4 = parseV4(group);
      if (v4 === undefined) return undefined;
      octets.push(...v4);
    } else if (/^[0-9a-f]{1,4}$/i.test(group)) {
      const value = Number.parseInt(group, 16);
      octets.push(value >> 8, value & 255);
    } else return undefined;
  }
  return octets;
}
