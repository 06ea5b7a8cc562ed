import type { WaitingMessages } from "../kernel/pending-messages.ts";
import type { Jid } from "../xmpp/jid.ts";
import type { Homes } from "./homes.ts";
import { keyAt } from "./message-keys.ts";
import type { MessageLog } from "./message-log.ts";

/** What administrators may know and do about messages that wait. */
export class DroppedMessages implements WaitingMessages {
  readonly #homes: Homes;
  readonly #messages: MessageLog;

  constructor(homes: Homes, messages: MessageLog) {
    this.#homes = homes;
    this.#messages = messages;
  }

  async count(account: Jid): Promise<number> {
    const home = this.#homes.of(account);
    await this.#messages.load(home);
    return home.pending.size;
  }

  async drop(account: Jid, until: number): Promise<number> {
    const home = this.#homes.of(account);
    await this.#messages.load(home);
    const since = keyAt(until + 1);
    let dropped = 0;
    // Those on their way to a session are not among them.
    for (const key of home.pending.claim()) {
      if (key >= since) home.pending.putDown(key);
      else {
        home.pending.left(key);
        dropped++;
      }
    }
    if (dropped === 0) return 0;
    this.#messages.settled(home);
    await this.#messages.settle();
    return dropped;
  }
}
