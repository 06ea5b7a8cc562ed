// XML as peers might send it, and XML with faults, from a seed. Drives the comparison with other parsers.

import faults from "./xml-faults.json" with { type: "json" };

/** Numbers from a seed (xorshift32): the same seed gives the same run. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0 || 1;
  }

  /** An integer from 0 up to, not including, `bound`. */
  below(bound: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % bound;
  }

  /** True once in `n` times. */
  oneIn(n: number): boolean {
    return this.below(n) === 0;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}

/** How the content namespace of a generated stream is called. */
export const CONTENT_NS = "jabber:client";

const NAMES = [
  "message",
  "iq",
  "a",
  "b",
  "body",
  "x-1",
  "_y",
  "q.r",
  "é",
  "名",
  "a·b",
  "𐐀",
  "xmlish",
  "lang",
];
const PREFIXES = ["p", "q", "db", "s", "é"];
const NAMESPACES = [
  "urn:x",
  "urn:y",
  CONTENT_NS,
  "jabber:server",
  "http://x/?a=1&amp;b=2",
  "urn:&#120;",
  "é",
];
const ATTRIBUTES = ["to", "from", "id", "type", "a", "xml:lang", "xml:space", "é", "x.y"];
const TEXT = [
  "x",
  " ",
  "\n",
  "\t",
  "\r\n",
  "\r",
  "hello",
  "é",
  "日本",
  "👋",
  "\u007f",
  "\u0085",
  "\u2028",
  "]",
  "]]",
  ">",
  "'",
  '"',
  "=",
  "/",
];
const REFERENCES = [
  "&amp;",
  "&lt;",
  "&gt;",
  "&apos;",
  "&quot;",
  "&#65;",
  "&#x1F44B;",
  "&#10;",
  "&#13;",
  "&#9;",
  "&#0065;",
  "&#xe9;",
];
const SPACES = [" ", " ", " ", " ", "\n", "\t ", "\r\n"];

/** What tends to break parsers, to be put somewhere into a document. */
const POISON: readonly Buffer[] = [
  ...faults.text.map((text) => Buffer.from(text)),
  ...faults.bytes.map((hex) => Buffer.from(hex, "hex")),
];

interface Scope {
  readonly prefixes: readonly string[];
  readonly depth: number;
}

/** Makes documents that are nearly always well-formed; `spoil` makes them something else. */
export class XmlGenerator {
  readonly #chance: Chance;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  /** One element; `prefixes` are declared around it. */
  element(prefixes: readonly string[] = []): string {
    return this.#element({ prefixes, depth: 0 });
  }

  /** A stream with `count` elements and its end tag. */
  stream(count: number): string {
    const declaration = this.#chance.pick([
      "",
      "<?xml version='1.0'?>",
      `<?xml version="1.0" encoding="utf-8" ?>\n`,
    ]);
    const prefix = this.#chance.pick(["stream", "s"]);
    let out = `${declaration}<${prefix}:stream to='h.test' xml:lang='en' xmlns='${CONTENT_NS}' xmlns:db='jabber:server:dialback' xmlns:${prefix}='http://etherx.jabber.org/streams'>`;
    for (let k = 0; k < count; k++) {
      out += this.element([prefix, "db"]);
      if (this.#chance.oneIn(3)) out += this.#chance.pick(SPACES);
    }
    return `${out}</${prefix}:stream>`;
  }

  #element(outer: Scope): string {
    const chance = this.#chance;
    const declared: string[] = [];
    const parts: string[] = [];
    if (chance.oneIn(3)) parts.push(`xmlns=${this.#quoted(chance.oneIn(8) ? "" : chance.pick(NAMESPACES))}`);
    if (chance.oneIn(5)) {
      const prefix = chance.pick(PREFIXES);
      declared.push(prefix);
      parts.push(`xmlns:${prefix}=${this.#quoted(chance.pick(NAMESPACES))}`);
    }
    const scope: Scope = { prefixes: [...outer.prefixes, ...declared], depth: outer.depth + 1 };
    this.#attributes(scope, parts);
    const name = this.#prefixed(scope, chance.pick(NAMES));
    const space = chance.oneIn(8) ? chance.pick(SPACES) : "";
    const tag = `<${name}${this.#shuffled(parts)
      .map((part) => chance.pick(SPACES) + part)
      .join("")}${space}`;
    if (chance.oneIn(4)) return `${tag}/>`;
    return `${tag}>${this.#content(scope)}</${name}${space}>`;
  }

  #attributes(scope: Scope, parts: string[]): void {
    const names = new Set<string>();
    while (this.#chance.oneIn(2) && names.size < 5) {
      const plain = this.#chance.pick(ATTRIBUTES);
      names.add(plain.includes(":") ? plain : this.#prefixed(scope, plain));
    }
    for (const name of names)
      parts.push(`${name}${this.#chance.oneIn(12) ? " = " : "="}${this.#quoted(this.#value())}`);
  }

  #prefixed(scope: Scope, name: string): string {
    if (scope.prefixes.length > 0 && this.#chance.oneIn(3))
      return `${this.#chance.pick(scope.prefixes)}:${name}`;
    return this.#chance.oneIn(60) ? `${this.#chance.pick([...PREFIXES, "xml"])}:${name}` : name;
  }

  #quoted(value: string): string {
    const quote = this.#chance.pick(["'", "'", '"']);
    return quote + value.replaceAll(quote, "&quot;") + quote;
  }

  #value(): string {
    let out = "";
    while (this.#chance.oneIn(2)) out += this.#chance.pick(this.#chance.oneIn(4) ? REFERENCES : TEXT);
    return out;
  }

  #content(scope: Scope): string {
    const chance = this.#chance;
    let out = "";
    while (!chance.oneIn(3)) {
      const kind = chance.below(8);
      if (kind < 3 && scope.depth < 5) out += this.#element(scope);
      else if (kind === 3) out += chance.pick(REFERENCES);
      else if (kind === 4)
        out += `<![CDATA[${chance.pick(["", "x", "<&>", "]", "]]", "</body>", "é\r\n", ">"])}]]>`;
      // A generated document may hold `]]>` in text; the parsers have to agree on that too.
      else out += chance.pick(TEXT);
    }
    return out;
  }

  #shuffled(list: readonly string[]): string[] {
    const out = [...list];
    for (let k = out.length - 1; k > 0; k--) {
      const other = this.#chance.below(k + 1);
      [out[k], out[other]] = [out[other]!, out[k]!];
    }
    return out;
  }
}

/** The document with one or two faults: bytes changed, dropped, doubled, or something put in. */
export function spoil(chance: Chance, document: Buffer): Buffer {
  let bytes = document;
  do {
    const at = chance.below(bytes.length + 1);
    const head = bytes.subarray(0, at);
    const tail = bytes.subarray(at);
    switch (chance.below(8)) {
      case 0:
        bytes = Buffer.concat([head, tail.subarray(1 + chance.below(4))]);
        break;
      case 1:
        bytes = Buffer.concat([head, Buffer.from([chance.below(256)]), tail.subarray(1)]);
        break;
      case 2:
        bytes = Buffer.concat([head, bytes.subarray(chance.below(at + 1), at), tail]);
        break;
      case 3:
        bytes = Buffer.from(head);
        break;
      default:
        bytes = Buffer.concat([head, chance.pick(POISON), tail]);
    }
  } while (chance.oneIn(4));
  return bytes;
}
