import type { Jid } from "../xmpp/jid.ts";

/** A contact that an account has without having added it. */
export interface SharedContact {
  /** Whose presence goes where, as in a roster. */
  readonly subscription: "to" | "from" | "both";
  /** Under which groups the roster shows it; none: it is not shown and only gets presence. */
  readonly groups: readonly string[];
}

/** Where such contacts come from: shared roster groups. Everything is answered from memory. All JIDs are bare. */
export interface SharedContacts {
  /** undefined once the rest can be asked; until then a promise for that. @throws StorageError */
  ready(): undefined | Promise<void>;
  get(account: Jid, contact: Jid): SharedContact | undefined;
  /** Those that the roster shows. */
  shown(account: Jid): Iterable<readonly [contact: Jid, shared: SharedContact]>;
  /** Those with sessions here, shown or not. */
  present(account: Jid): Iterable<readonly [contact: Jid, shared: SharedContact]>;
  /** The same as long as `shown` gives the same, also after a restart; "" when it gives nothing. Without space or "~". */
  version(account: Jid): string;
}

/** One contact as it was shared and as it is now. */
export interface SharedChange {
  readonly contact: Jid;
  readonly before: SharedContact | undefined;
  readonly after: SharedContact | undefined;
}
