import type { Jid } from "../xmpp/jid.ts";

/** Why an account operation was refused. */
export type AccountFault =
  | "exists"
  | "missing"
  | "unknown-host"
  /** Not a valid localpart, or one whose PRECIS and stringprep forms differ. */
  | "localpart"
  /** Empty, or refused by the OpaqueString profile (RFC 8265 §4.2). */
  | "password";

export class AccountError extends Error {
  readonly fault: AccountFault;
  constructor(fault: AccountFault, message: string) {
    super(message);
    this.name = "AccountError";
    this.fault = fault;
  }
}

/** The accounts of the hosts that this server serves. All JIDs are bare. */
export interface Accounts {
  /** A promise only when the answer is not in the cache. */
  exists(account: Jid): boolean | Promise<boolean>;
  /** @throws AccountError exists, unknown-host, localpart, password; StorageError */
  create(account: Jid, password: string): Promise<void>;
  /** @throws AccountError missing, password */
  setPassword(account: Jid, password: string): Promise<void>;
  checkPassword(account: Jid, password: string): Promise<boolean>;
  /**
   * Removes the account; what extensions keep for it goes first, through the hook `accountRemoved`.
   * @throws AccountError missing
   */
  remove(account: Jid): Promise<void>;
  /** Local parts in ascending order. */
  list(host: string, page: { readonly after?: string; readonly limit: number }): Promise<readonly string[]>;
  count(host: string): Promise<number>;
}
