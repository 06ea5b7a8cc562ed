import { StanzaError } from "../../xmpp/errors.ts";
import { CONTENT } from "../../xmpp/namespaces.ts";
import type { Stanza } from "../../xmpp/stanza.ts";

/** The lexical form of xs:byte, which RFC 6120 §A.5 says it is: an optional sign, digits, white space around. */
const INTEGER = /^[ \t\r\n]*([+-]?[0-9]{1,4})[ \t\r\n]*$/;

/**
 * The priority that a presence stanza gives its resource, −128 … 127; 0 where it gives none (RFC 6121 §4.7.2.3).
 * @throws StanzaError bad-request for anything that is no such number, and for more than one
 */
export function priorityOf(presence: Stanza): number {
  if (!presence.has("priority", CONTENT)) return 0;
  const found = presence.elements().filter(({ name, ns }) => name === "priority" && ns === CONTENT);
  const text = found[0]!.text;
  // Some clients send the element without a value; they mean none.
  if (found.length === 1 && text.trim() === "" && found[0]!.children.length <= 1) return 0;
  const number = Number(INTEGER.exec(text)?.[1] ?? Number.NaN);
  if (found.length > 1 || !(number >= -128 && number <= 127)) {
    throw new StanzaError("bad-request", { text: "The priority is one whole number from -128 to 127" });
  }
  return number;
}
