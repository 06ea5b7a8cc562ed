import type { World } from "../../base/world.ts";
import type { Session, Sessions, Slot } from "../../kernel/sessions.ts";
import type { Element } from "../../xml/element.ts";
import type { Jid } from "../../xmpp/jid.ts";
import { Stanza } from "../../xmpp/stanza.ts";

interface Interest {
  /** Has asked for the block list. */
  asked: boolean;
  /** Requests whose answer may not have left yet. */
  answering: number;
  /** Pushes that must not overtake it. */
  readonly held: Stanza[];
}

const slot: Slot<Interest> = {
  name: "blocking",
  create: () => ({ asked: false, answering: 0, held: [] }),
  save: ({ asked }) => asked || undefined,
  load: () => ({ asked: true, answering: 0, held: [] }),
};

/** Tells those of an account's resources that have asked for its block list what changes in it (XEP-0191 §3.3 to §3.5). */
export class BlockPushes {
  readonly #world: World;
  readonly #sessions: Sessions;

  constructor(world: World, sessions: Sessions) {
    this.#world = world;
    this.#sessions = sessions;
  }

  /** The session has asked, and is answered with the list of this moment. */
  begin(session: Session): void {
    const interest = session.state(slot);
    interest.asked = true;
    interest.answering++;
    this.#world.soon(() => {
      if (--interest.answering > 0) return;
      for (const push of interest.held.splice(0)) session.send(push);
    });
  }

  send(account: Jid, content: Element): void {
    const head = { from: account, type: "set", id: `push-${this.#world.random(6).toString("hex")}` };
    const push = Stanza.of("iq", head, content);
    // A copy: a session that does not take it leaves the list.
    for (const session of this.#sessions.of(account).slice()) {
      const { asked, answering, held } = session.state(slot);
      if (!asked) continue;
      const addressed = push.with({ to: session.jid });
      if (answering > 0) held.push(addressed);
      else session.send(addressed);
    }
  }
}
