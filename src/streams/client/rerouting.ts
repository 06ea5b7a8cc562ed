import type { Router } from "../../kernel/router.ts";
import type { Session, Sessions } from "../../kernel/sessions.ts";
import { StanzaError } from "../../xmpp/errors.ts";
import type { Stanza } from "../../xmpp/stanza.ts";

/**
 * What a session that is over was sent and has not acknowledged, in order (XEP-0198 §4: as if it had been sent to an unavailable resource). These are in no
 * log: those that are have their own way.
 */
export function reroute(
  stanzas: readonly Stanza[],
  session: Session,
  router: Router,
  sessions: Sessions,
): void {
  for (const stanza of stanzas) {
    if (stanza.kind === "iq") refuse(stanza, router);
    else if (stanza.kind === "message" && goesOn(stanza, session, sessions)) void router.send(stanza);
  }
}

/** RFC 6121 §8.5.3.2.3: a request is answered; an answer is nobody's now. */
function refuse(stanza: Stanza, router: Router): void {
  if (stanza.type !== "get" && stanza.type !== "set") return;
  void router.send(stanza.bounce(new StanzaError("service-unavailable")));
}

/**
 * What was for this resource is tried elsewhere. What was for the account has its other resources already, if there are any. What the account itself says to this
 * resource (carbons, pages of an archive) means nothing to another one.
 */
function goesOn({ from, to, type }: Stanza, session: Session, sessions: Sessions): boolean {
  if (type === "error" || from === undefined || to === undefined || from.equals(session.account))
    return false;
  return to.isFull ? to.equals(session.jid) : sessions.of(session.account).length === 0;
}
