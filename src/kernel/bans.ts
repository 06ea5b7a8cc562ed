import type { Jid } from "../xmpp/jid.ts";

/** Why an account may not log in, and since when. */
export interface Ban {
  /** What its user gets to read. */
  readonly reason: string;
  /** Wall clock, milliseconds. */
  readonly at: number;
  /** What was known of its last activity then; undefined where nothing was. */
  readonly last?: { readonly at: number; readonly status: string };
}

/** Accounts that exist and may not log in by any mechanism. Their passwords stay. All JIDs are bare. */
export interface Bans {
  /** A promise only when it has to be read first. @throws StorageError */
  of(account: Jid): Ban | undefined | Promise<Ban | undefined>;
  /** Resolves when it is in the store and the account's streams have been told to end. False: it is banned already, and that ban stays. @throws StorageError */
  ban(account: Jid, ban: Ban): Promise<boolean>;
  /** False: it is not banned. @throws StorageError */
  lift(account: Jid): Promise<boolean>;
  /** Local parts in ascending order. */
  list(host: string, page: { readonly after?: string; readonly limit: number }): Promise<readonly string[]>;
  count(host: string): Promise<number>;
}
