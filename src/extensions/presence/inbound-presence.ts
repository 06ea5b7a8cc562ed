import type { Outcome } from "../../kernel/outcomes.ts";
import type { Session, Sessions } from "../../kernel/sessions.ts";
import type { Jid } from "../../xmpp/jid.ts";
import type { Stanza } from "../../xmpp/stanza.ts";
import { availableSessions } from "./account-presence.ts";
import { directedPresence } from "./directed.ts";

/** Available and unavailable presence and presence errors for an account here (RFC 6121 §8.5.2.1.2, §8.5.2.2.2, §8.5.3). */
export function deliverPresence(sessions: Sessions, stanza: Stanza): Outcome {
  const to = stanza.to!;
  const receivers = to.isFull ? resource(sessions, to) : availableSessions(sessions, to);
  for (const session of receivers) {
    // RFC 6121 §4.6.1: who has left does not need to hear that we leave.
    if (stanza.type === "unavailable") directedPresence(session).delete(stanza.from!);
    session.send(stanza);
  }
  if (receivers.length > 0) return "delivered";
  return stanza.type === "error" ? "dropped:unanswerable" : "dropped:nobody-available";
}

function resource(sessions: Sessions, full: Jid): readonly Session[] {
  const session = sessions.find(full);
  return session === undefined ? [] : [session];
}
