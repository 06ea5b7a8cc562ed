import type { Outcome } from "../../kernel/outcomes.ts";
import type { Router } from "../../kernel/router.ts";
import type { Session, Sessions } from "../../kernel/sessions.ts";
import type { Jid } from "../../xmpp/jid.ts";
import { Stanza } from "../../xmpp/stanza.ts";
import { directedPresence } from "./directed.ts";

/** The resources that an account's presence is made of. */
export function availableSessions(sessions: Sessions, account: Jid): readonly Session[] {
  return sessions.of(account).filter((session) => session.presence !== undefined);
}

/** RFC 6121 §3.1.5: somebody who has just become a subscriber gets what all subscribers have got. */
export function sendPresence(sessions: Sessions, router: Router, account: Jid, to: Jid): Promise<Outcome[]> {
  const sent = availableSessions(sessions, account).map(({ presence }) =>
    router.send(presence!.with({ to })),
  );
  return Promise.all(sent);
}

/** RFC 6121 §3.2.2, §3.3.3: somebody who is no subscriber any more sees all resources leave. What they were sent directly ends with it (§4.6.1). */
export function withdrawPresence(
  sessions: Sessions,
  router: Router,
  account: Jid,
  to: Jid,
): Promise<Outcome[]> {
  for (const session of sessions.of(account)) directedPresence(session).deleteAll(to);
  const sent = availableSessions(sessions, account).map(({ jid }) =>
    router.send(Stanza.of("presence", { from: jid, to, type: "unavailable" })),
  );
  return Promise.all(sent);
}
