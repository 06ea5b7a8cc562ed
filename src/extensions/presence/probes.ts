import type { Log } from "../../base/log.ts";
import { when } from "../../base/when.ts";
import type { World } from "../../base/world.ts";
import type { Outcome } from "../../kernel/outcomes.ts";
import type { Domains, Router } from "../../kernel/router.ts";
import type { Roster, RosterService } from "../../kernel/services.ts";
import type { Session, Sessions } from "../../kernel/sessions.ts";
import type { Jid } from "../../xmpp/jid.ts";
import { Stanza } from "../../xmpp/stanza.ts";
import { availableSessions } from "./account-presence.ts";
import type { Circle, Excludes } from "./circle.ts";
import { directedPresence } from "./directed.ts";
import { inSlices } from "./slices.ts";
import { isSubscriber } from "./subscription-state.ts";

export interface ProbeParts {
  readonly log: Log;
  readonly world: World;
  readonly roster: RosterService;
  readonly circle: Circle;
  readonly sessions: Sessions;
  readonly router: Router;
  readonly domains: Domains;
}

/** Questions for presence (RFC 6121 §4.3). */
export class Probes {
  readonly #parts: ProbeParts;

  constructor(parts: ProbeParts) {
    this.#parts = parts;
  }

  /** RFC 6121 §4.3.2; `exists` says whether the account that is asked for does. */
  answer(probe: Stanza, exists: boolean): Outcome | Promise<Outcome> {
    const account = probe.to!.bare;
    const from = probe.from!;
    if (!exists) return this.#refuse(probe);
    if (from.bare.equals(account)) return this.#tell(probe);
    return when(this.#parts.roster.of(account), (roster) => {
      if (isSubscriber(roster.get(from.bare))) return this.#tell(probe);
      return this.#tellDirected(probe) ? "answered" : this.#refuse(probe);
    });
  }

  /** What these contacts of a session that is available have to say, for it alone; `excludes` is its account's. */
  ask(session: Session, contacts: Iterable<Jid>, excludes: Excludes): undefined | Promise<void> {
    const { domains, router, sessions, world } = this.#parts;
    const { account } = session;
    return inSlices(contacts, world, (contact): undefined | Promise<void> => {
      if (excludes(contact)) return undefined;
      if (!domains.isHost(contact.domain)) {
        const id = `probe-${world.random(4).toString("hex")}`;
        void router.send(Stanza.of("presence", { from: account, to: contact, type: "probe", id }));
        return undefined;
      }
      // RFC 6121 §4.3.1: here it is known who is there, and only what they say needs to be asked for.
      if (availableSessions(sessions, contact).length === 0) return undefined;
      // What they say has any size, and all of it at once could be more than may wait for anybody.
      const told = this.#askHere(session, contact, excludes);
      return told === undefined ? session.writable() : told.then(() => session.writable());
    });
  }

  #askHere(session: Session, contact: Jid, excludes: Excludes): undefined | Promise<void> {
    const { account } = session;
    const tell = (roster: Roster, contactExcludes: Excludes): void => {
      if (contactExcludes(session.jid)) return;
      if (!isSubscriber(roster.get(account))) {
        const head = { from: contact, to: account, type: "unsubscribed" };
        return void this.#parts.router.send(Stanza.of("presence", head));
      }
      for (const { presence } of availableSessions(this.#parts.sessions, contact)) {
        if (!excludes(presence!.from!)) session.send(presence!.with({ to: account }));
      }
    };
    const { roster, circle } = this.#parts;
    const told = when(roster.of(contact), (found) =>
      when(circle(contact), (contactExcludes) => tell(found, contactExcludes)),
    );
    if (!(told instanceof Promise)) return undefined;
    return told.catch((error: unknown) =>
      this.#parts.log.error("what a contact lets others see could not be read", { account: contact, error }),
    );
  }

  /** To one who may know. */
  #tell(probe: Stanza): Outcome {
    const { sessions, router } = this.#parts;
    const asked = probe.to!;
    const to = probe.from;
    if (asked.isFull) {
      // RFC 6121 §4.3.2: of one resource only that it is there.
      const there = sessions.find(asked);
      const seen = there?.presence !== undefined || this.#directedTo(there, probe.from!);
      void router.send(Stanza.of("presence", { from: asked, to, ...(seen ? {} : gone(probe)) }));
      return "answered";
    }
    const available = availableSessions(sessions, asked);
    for (const { presence } of available) void router.send(presence!.with({ to }));
    if (available.length === 0) {
      void router.send(Stanza.of("presence", { from: asked, to, ...gone(probe) }));
    }
    return "answered";
  }

  /** RFC 6121 §4.6.6: to one who has been sent presence directly, that it is still true. */
  #tellDirected(probe: Stanza): boolean {
    const { sessions, router } = this.#parts;
    const asked = probe.to!;
    const prober = probe.from!;
    let told = false;
    // A copy: a session that does not take the answer leaves the list.
    for (const session of sessions.of(asked.bare).slice()) {
      if (asked.isFull && !session.jid.equals(asked)) continue;
      if (!this.#directedTo(session, prober)) continue;
      void router.send(Stanza.of("presence", { from: session.jid, to: prober }));
      told = true;
    }
    return told;
  }

  #directedTo(session: Session | undefined, prober: Jid): boolean {
    return session !== undefined && directedPresence(session).covers(prober);
  }

  /** To one who may not, or where nobody is: the same answer, from the bare JID. */
  #refuse(probe: Stanza): Outcome {
    const head = { from: probe.to!.bare, to: probe.from, type: "unsubscribed", id: probe.id };
    void this.#parts.router.send(Stanza.of("presence", head));
    return "answered";
  }
}

/** RFC 6121 §4.3.2.1: without presence of its own, the answer carries the id of the question. */
function gone(probe: Stanza): { readonly type: string; readonly id: string | undefined } {
  return { type: "unavailable", id: probe.id };
}
