import type { World } from "../../base/world.ts";
import type { Session, Sessions, Slot } from "../../kernel/sessions.ts";
import { element } from "../../xml/element.ts";
import type { Jid } from "../../xmpp/jid.ts";
import { Stanza } from "../../xmpp/stanza.ts";
import type { AccountRoster, Modification } from "./account-roster.ts";
import { itemElement, ROSTER } from "./roster-item.ts";

interface Interest {
  /** Has asked for the roster. */
  asked: boolean;
  /** Requests whose answer may not have left yet: pushes must not overtake it. */
  answering: number;
  /** Shared contacts that changed meanwhile. */
  missed: Jid[];
}

const slot: Slot<Interest> = {
  name: "roster-interest",
  create: () => ({ asked: false, answering: 0, missed: [] }),
  save: ({ asked }) => asked || undefined,
  load: () => ({ asked: true, answering: 0, missed: [] }),
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
      for (const missed of roster.since(version)) {
        session.send(this.#push(roster, missed, session, roster.ver(missed.version)));
      }
      this.#sendShared(roster, session, interest.missed.splice(0));
    });
  }

  /** What is shared with this account has changed for these contacts. */
  sendShared(roster: AccountRoster, contacts: readonly Jid[]): void {
    for (const session of this.#sessions.of(roster.account).slice()) {
      const { asked, answering, missed } = session.state(slot);
      if (asked && answering > 0) missed.push(...contacts);
      else if (asked) this.#sendShared(roster, session, contacts);
    }
  }

  /** Only the last push has a version that the client may keep: before it, some of what that version stands for is missing. */
  #sendShared(roster: AccountRoster, session: Session, contacts: readonly Jid[]): void {
    const { version } = roster.history;
    for (const [index, contact] of contacts.entries()) {
      const ver = index === contacts.length - 1 ? roster.ver() : `${roster.ver()} and more`;
      session.send(this.#push(roster, { version, contact, item: roster.shown(contact) }, session, ver));
    }
  }

  /** The last change of this roster. */
  send(roster: AccountRoster, change: Modification): void {
    let push: Stanza | undefined;
    // A copy: a session that does not take it leaves the list.
    for (const session of this.#sessions.of(roster.account).slice()) {
      const { asked, answering } = session.state(slot);
      if (!asked || answering > 0) continue;
      push =
        push?.with({ to: session.jid }) ?? this.#push(roster, change, session, roster.ver(change.version));
      session.send(push);
    }
  }

  #push(roster: AccountRoster, { contact, item }: Modification, to: Session, ver: string): Stanza {
    const attributes = { ver };
    const head = {
      from: roster.account,
      to: to.jid,
      type: "set",
      id: `push-${this.#world.random(6).toString("hex")}`,
    };
    return Stanza.of("iq", head, element("query", ROSTER, attributes, itemElement(contact, item)));
  }
}
