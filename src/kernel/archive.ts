import type { Jid } from "../xmpp/jid.ts";
import type { Stanza } from "../xmpp/stanza.ts";
import type { Token } from "./services.ts";
import type { LogQuery, OwnersPage } from "./storage.ts";

/** A message as it stands in an account's archive. */
export interface ArchivedMessage {
  /** Its place in the archive: growing, and a moment (`at`). */
  readonly key: number;
  /** Its id for others: the archive's `stanza-id` (XEP-0359). */
  readonly id: string;
  /** As it was accepted, without the archive's `stanza-id`. */
  readonly stanza: Stanza;
  readonly at: Date;
}

/** The archives of accounts: what was accepted for or from an account, in the order of acceptance. Which messages are is decided by `Passage.archived`. */
export interface MessageArchive {
  page(account: Jid, query: LogQuery): Promise<readonly ArchivedMessage[]>;
  /** Ascending by key, without those that are not there. */
  get(account: Jid, keys: readonly number[]): Promise<readonly ArchivedMessage[]>;
  /** How many are strictly between the bounds. */
  count(account: Jid, query?: Pick<LogQuery, "after" | "before" | "with">): Promise<number>;
  /** One-to-one and not to be guessed (XEP-0313 §3, XEP-0359 §6); 22 characters. */
  id(account: Jid, key: number): string;
  /** The key behind an id of this account's archive; undefined for what is none. That it is an id does not say that the entry is still there. */
  keyOf(account: Jid, id: string): number | undefined;
  /** The lowest key that a message of this moment (milliseconds) may have. */
  keyAt(time: number): number;
  /** Accounts with an archive. */
  owners(page: OwnersPage): Promise<readonly Jid[]>;
  /** Entries leave the archive: all but the `newest` so many, and all with a key below `since`. Those that still wait to be delivered stay. Resolves when done. */
  trim(account: Jid, keep: { readonly newest?: number; readonly since?: number }): Promise<void>;
  /** These leave the archive, but for those that still wait to be delivered. Resolves when done. */
  remove(account: Jid, keys: readonly number[]): Promise<void>;
}

export const messageArchive: Token<MessageArchive> = { name: "message archive" };
