import type { Session } from "../../kernel/sessions.ts";
import type { Jid } from "../../xmpp/jid.ts";
import { Stanza } from "../../xmpp/stanza.ts";
import { availableSessions } from "./account-presence.ts";
import type { Excludes } from "./circle.ts";
import type { ProbeParts, Probes } from "./probes.ts";
import { inSlices } from "./slices.ts";

/**
 * What a session that was resumed after a restart has to hear: who went with the server could not say goodbye. The others are told as if it had just come
 * (RFC 6121 §4.3.2.1: of an account where nobody is, from the bare JID).
 */
export class AfterRestart {
  readonly #parts: ProbeParts;
  readonly #probes: Probes;

  constructor(parts: ProbeParts, probes: Probes) {
    this.#parts = parts;
    this.#probes = probes;
  }

  async tell(session: Session): Promise<void> {
    if (session.presence === undefined) return;
    const { account } = session;
    const { circle, roster: rosters, sessions, world } = this.#parts;
    const roster = await rosters.of(account);
    const excludes = await circle(account);
    for (const own of availableSessions(sessions, account)) {
      if (own !== session) session.send(own.presence!.with({ to: account }));
    }
    await inSlices(roster.subscriptions(), world, (contact) => this.#tellOf(contact, session, excludes));
  }

  #tellOf(contact: Jid, session: Session, excludes: Excludes): undefined | Promise<void> {
    const { domains, sessions } = this.#parts;
    if (session.ended) return undefined;
    if (!domains.isHost(contact.domain) || availableSessions(sessions, contact).length > 0)
      return this.#probes.ask(session, [contact], excludes);
    session.send(Stanza.of("presence", { from: contact, to: session.account, type: "unavailable" }));
    return session.writable();
  }
}
