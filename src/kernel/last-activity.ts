import type { Jid } from "../xmpp/jid.ts";
import type { Token } from "./services.ts";

/** The end of an account's last session, or its registration when it had none. */
export interface LastActivity {
  /** Wall clock, milliseconds. */
  readonly at: number;
  /** Of the unavailable presence that it ended with; "" without one. */
  readonly status: string;
}

export interface LastActivityService {
  /** Of an account without sessions; undefined where nothing is known. @throws StorageError */
  of(account: Jid): Promise<LastActivity | undefined>;
}

export const lastActivityService: Token<LastActivityService> = { name: "last activity" };
