import { parseFrame } from "../../src/xml/parse.ts";
import { Jid } from "../../src/xmpp/jid.ts";
import { CONTENT } from "../../src/xmpp/namespaces.ts";
import { Stanza } from "../../src/xmpp/stanza.ts";

export function jid(text: string): Jid {
  const parsed = Jid.parse(text);
  if (parsed === undefined) throw new Error(`not an address: ${text}`);
  return parsed;
}

/** A stanza as if `from` had sent this XML. */
export function stanza(from: string, xml: string): Stanza {
  return Stanza.fromFrame(parseFrame(Buffer.from(xml), CONTENT), jid(from), undefined);
}
