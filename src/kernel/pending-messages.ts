import type { Jid } from "../xmpp/jid.ts";
import type { Token } from "./services.ts";

/** The messages that wait for accounts until a session takes them. */
export interface WaitingMessages {
  /** How many wait for the account. @throws StorageError */
  count(account: Jid): Promise<number>;
  /**
   * What was accepted up to this moment (milliseconds) waits no longer; what is archived stays in the archive. Resolves with how many these were, when the
   * store knows. @throws StorageError
   */
  drop(account: Jid, until: number): Promise<number>;
}

export const waitingMessages: Token<WaitingMessages> = { name: "waiting messages" };
