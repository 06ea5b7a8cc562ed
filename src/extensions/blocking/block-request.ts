import { type Element, element } from "../../xml/element.ts";
import { StanzaError } from "../../xmpp/errors.ts";
import { Jid } from "../../xmpp/jid.ts";

export const BLOCKING = "urn:xmpp:blocking";

/**
 * The addresses that a request names, each once, prepared.
 * @throws StanzaError bad-request, jid-malformed
 */
export function readItems(request: Element): readonly Jid[] {
  const found = new Map<string, Jid>();
  for (const item of request.elements()) {
    if (item.name !== "item" || item.ns !== BLOCKING) continue;
    const text = item.attr("jid");
    if (text === undefined) throw new StanzaError("bad-request", { text: "An item has no address" });
    const jid = Jid.parse(text);
    if (jid === undefined) throw new StanzaError("jid-malformed");
    found.set(jid.toString(), jid);
  }
  return [...found.values()];
}

/** `<blocklist/>`, `<block/>` or `<unblock/>` with these addresses. */
export function listing(name: string, addresses: Iterable<string>): Element {
  const items = [...addresses].map((jid) => element("item", BLOCKING, { jid }));
  return element(name, BLOCKING, {}, ...items);
}
