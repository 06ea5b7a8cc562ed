import type { Frame } from "../../xml/frame.ts";
import { StanzaError, StreamError } from "../../xmpp/errors.ts";
import type { Jid } from "../../xmpp/jid.ts";
import { Stanza } from "../../xmpp/stanza.ts";

/**
 * A request of somebody who has no session yet, without its addresses; a StanzaError where they cannot be read.
 * @throws StreamError not-authorized for what is meant for none of these (RFC 6120 §4.3.5, §7.1)
 */
export function earlyRequest(
  frame: Frame,
  addressees: readonly [Jid, ...Jid[]],
  lang: string | undefined,
): Stanza | StanzaError {
  try {
    const request = Stanza.fromFrame(frame, addressees[0], lang);
    const { to } = request;
    if (to !== undefined && !addressees.some((one) => one.equals(to)))
      throw new StreamError("not-authorized");
    return request.with({ from: undefined, to: undefined });
  } catch (error) {
    if (error instanceof StanzaError) return error;
    throw error;
  }
}
