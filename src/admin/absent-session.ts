import type { Session, Slot } from "../kernel/sessions.ts";
import type { Jid } from "../xmpp/jid.ts";

/** In whose name an administrator sends while no client of that name is connected. Not in the table of sessions; what comes for it goes nowhere. */
export class AbsentSession implements Session {
  readonly jid: Jid;
  readonly account: Jid;
  readonly place = { remoteAddress: "127.0.0.1", remotePort: 0, secure: true, loopback: true };
  readonly since = 0;
  readonly lang = undefined;
  readonly ended = false;
  readonly hibernatingSince = undefined;
  presence: Session["presence"] = undefined;
  priority = 0;
  readonly #slots = new Map<string, unknown>();

  constructor(jid: Jid) {
    this.jid = jid;
    this.account = jid.bare;
  }

  send(): void {}

  precede(deliver: (write: Session["send"]) => Promise<void>): Promise<void> {
    return deliver(() => {});
  }

  writable(): undefined {
    return undefined;
  }

  end(): void {}

  began(): void {}

  handled(): void {}

  progress(): readonly never[] {
    return [];
  }

  progressRefused(): void {}

  state<T>(slot: Slot<T>): T {
    if (!this.#slots.has(slot.name)) this.#slots.set(slot.name, slot.create());
    return this.#slots.get(slot.name) as T;
  }
}
