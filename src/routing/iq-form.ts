import { StanzaError } from "../xmpp/errors.ts";
import type { Stanza } from "../xmpp/stanza.ts";

/** What an iq is, once it is known to be one. */
export type IqForm = "request" | "response";

/**
 * RFC 6120 §8.2.3: type and id must be there, a request has exactly one child, a result at most one.
 * @throws StanzaError bad-request
 */
export function iqForm(stanza: Stanza): IqForm {
  const children = stanza.children.length;
  if (stanza.id !== undefined && stanza.id !== "") {
    switch (stanza.type) {
      case "get":
      case "set":
        if (children === 1) return "request";
        break;
      case "result":
        if (children <= 1) return "response";
        break;
      case "error":
        return "response";
    }
  }
  throw new StanzaError("bad-request");
}
