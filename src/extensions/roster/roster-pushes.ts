import type { World } from "../../base/world.ts";
import type { Session, Sessions, Slot } from "../../kernel/sessions.ts";
import { element } from "../../xml/element.ts";
import { Stanza } from "../../xmpp/stanza.ts";
import type { AccountRoster, Modification } from "./account-roster.ts";
import { itemElement, ROSTER } from "./roster-item.ts";

interface Interest {
  /** Has asked for the roster. */
  asked: boolean;
  /** Requests whose answer may not have left yet: pushes must not overtake it. */
  answering: number;
}

const slot: Slot<Interest> = {
  name: "roster-interest",
  create: () => ({ asked: false, answering: 0 }),
  save: ({ asked }) => asked || undefined,
  load: () => ({ asked: true, answering: 0 }),
};

/** Tells those of an account's resources that have asked for the roster what changes in it (RFC 6121 §2.1.6). */
export class RosterPushes {
  readonly #world: World;
  readonly #sessions: Sessions;

  constructor(world: World, sessions: Sessions) {
    this.#world = world;
    this.#sessions = sessions;
  }

  isInterested(session: Session): boolean {
    return session.state(slot).asked;
  }

  /**
   * The session has asked, and gets an answer that stands for `version`. What has changed since is pushed as soon as that answer has
   * left; from then on it gets every push (RFC 6121 §2.6.3).
   */
  begin(session: Session, roster: AccountRoster, version: number): void {
    const interest = session.state(slot);
    interest.asked = true;
    interest.answering++;
    this.#world.soon(() => {
      if (--interest.answering > 0 || session.ended) return;
      for (const missed of roster.since(version)) session.send(this.#push(roster, missed, session));
    });
  }

  /** The last change of this roster. */
  send(roster: AccountRoster, change: Modification): void {
    let push: Stanza | undefined;
    // A copy: a session that does not take it leaves the list.
    for (const session of this.#sessions.of(roster.account).slice()) {
      const { asked, answering } = session.state(slot);
      if (!asked || answering > 0) continue;
      push = push?.with({ to: session.jid }) ?? this.#push(roster, change, session);
      session.send(push);
    }
  }

  #push(roster: AccountRoster, { version, contact, item }: Modification, to: Session): Stanza {
    const attributes = { ver: roster.history.ver(version) };
    const head = {
      from: roster.account,
      to: to.jid,
      type: "set",
      id: `push-${this.#world.random(6).toString("hex")}`,
    };
    return Stanza.of("iq", head, element("query", ROSTER, attributes, itemElement(contact, item)));
  }
}
