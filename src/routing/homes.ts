import type { Session } from "../kernel/sessions.ts";
import type { Jid } from "../xmpp/jid.ts";
import { PendingMessages } from "./pending-messages.ts";

/**
 * What belongs to one account while it is in use: its sessions and the messages that wait for them. Everything that needs order or
 * exclusive state for an account happens here (architecture: Where state lives).
 */
export class Home {
  readonly account: Jid;
  /** In the order of binding. Replaced by a change, so that whoever goes through it may end sessions. */
  sessions: readonly Session[] = [];
  readonly pending: PendingMessages = new PendingMessages();
  /** The account is gone. */
  forgotten = false;

  constructor(account: Jid) {
    this.account = account;
  }

  find(resource: string): Session | undefined {
    for (const session of this.sessions) if (session.jid.resource === resource) return session;
    return undefined;
  }

  /** Sessions that have sent presence. */
  available(): readonly Session[] {
    // Nearly always all of them are, and then nothing is copied.
    for (const session of this.sessions) {
      if (session.presence === undefined)
        return this.sessions.filter((other) => other.presence !== undefined);
    }
    return this.sessions;
  }

  get idle(): boolean {
    return this.sessions.length === 0 && this.pending.idle;
  }
}

/** Homes of accounts without sessions that are kept, so that writing to somebody offline does not read the store each time. */
const IDLE_HOMES = 10_000;

/** The homes on this node. */
export class Homes {
  readonly #homes = new Map<string, Home>();

  peek(account: Jid): Home | undefined {
    return this.#homes.get(account.toString());
  }

  /** `account` is bare. */
  of(account: Jid): Home {
    const name = account.toString();
    let home = this.#homes.get(name);
    if (home === undefined) {
      home = new Home(account);
      this.#homes.set(name, home);
      if (this.#homes.size > IDLE_HOMES) this.#sweep();
    }
    return home;
  }

  /** The account is gone, and with it what its home knows. */
  forget(account: Jid): void {
    const home = this.peek(account);
    if (home === undefined) return;
    home.forgotten = true;
    this.#homes.delete(account.toString());
  }

  /** Oldest first, a few at a time: work per new home stays constant. */
  #sweep(): void {
    let looked = 0;
    for (const [name, home] of this.#homes) {
      if (++looked > 8) return;
      this.#homes.delete(name);
      // One that is in use goes to the end of the order instead.
      if (!home.idle) this.#homes.set(name, home);
    }
  }
}
