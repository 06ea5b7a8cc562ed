/** A part of what a row sends: text as it stands, or text again and again. */
export type Piece = string | { readonly repeat: string; readonly times: number };

const NS = {
  H: "<?xml version='1.0'?><stream:stream to='h.test' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>",
  tls: "urn:ietf:params:xml:ns:xmpp-tls",
  sasl: "urn:ietf:params:xml:ns:xmpp-sasl",
  bind: "urn:ietf:params:xml:ns:xmpp-bind",
} as const;

/**
 * The bytes of pieces. Inside of them `\xNN` is a byte, `$[H]` the stream header of the reference, `$[tls]`, `$[sasl]` and
 * `$[bind]` namespaces, `$[b64:…]` the base 64 of what it holds, any other `$[name]` one of `values`; `{n}` in what is
 * repeated counts from 1.
 */
export function toBytes(pieces: readonly Piece[], values: Readonly<Record<string, string>> = {}): Buffer {
  const parts = pieces.map((piece) => {
    if (typeof piece === "string") return expand(piece, values);
    if (!piece.repeat.includes("{n}")) {
      const once = expand(piece.repeat, values);
      return Buffer.alloc(once.length * piece.times, once);
    }
    const each = Array.from({ length: piece.times }, (_, index) =>
      expand(piece.repeat.replaceAll("{n}", String(index + 1)), values),
    );
    return Buffer.concat(each);
  });
  return Buffer.concat(parts);
}

/** `$[…]` alone, for patterns. */
export function substitute(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\$\[([^\]]*)\]/g, (_, word: string) => {
    if (word.startsWith("b64:")) return toRaw(substitute(word.slice(4), values)).toString("base64");
    const value = values[word] ?? (NS as Readonly<Record<string, string>>)[word];
    if (value === undefined) throw new Error(`$[${word}] means nothing`);
    return value;
  });
}

function expand(text: string, values: Readonly<Record<string, string>>): Buffer {
  return toRaw(substitute(text, values));
}

function toRaw(text: string): Buffer {
  const parts = text.split(/\\x([0-9A-F]{2})/);
  return Buffer.concat(
    parts.map((part, index) => (index % 2 === 0 ? Buffer.from(part) : Buffer.of(Number.parseInt(part, 16)))),
  );
}
