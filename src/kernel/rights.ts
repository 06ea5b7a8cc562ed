import type { Jid } from "../xmpp/jid.ts";
import type { Person, Shaper } from "./access.ts";
import type { Caller } from "./caller.ts";
import type { Command } from "./commands.ts";

/** The scope of a token that leaves its account every command; ejabberd's name for it. */
export const EVERY_COMMAND = "ejabberd:admin";

/** What the configuration and the data directory say about rights. */
export interface Rights {
  /** Named in `admins` or in the acl `admin`, or stored as one by the first setup. */
  isAdministrator(account: Jid): boolean;
  /** Whether this caller may run this command (`api_permissions`, scopes). */
  mayRun(caller: Caller, command: Pick<Command, "name" | "tags">): boolean;
  /** What the access rule of this name says about somebody; a name that is not declared never gets here: the configuration refuses it. */
  allows(rule: string, who: Person): boolean;
  /** What a rule of `shaper_rules` says about how fast somebody may send; undefined where it says nothing. */
  shaper(rule: string, who: Person): Shaper | undefined;
  /** What a rule of `shaper_rules` says about how many; Infinity for no limit, undefined where it says nothing or is not declared. */
  limit(rule: string, who: Person): number | undefined;
}

/** Why an account is an administrator: the configuration says so, or it was stored as one. */
export type AdministratorOrigin = "configuration" | "stored";

/** Who administers the server. All JIDs are bare. */
export interface Administrators {
  isAdministrator(account: Jid): boolean;
  /** Nobody at all: then the first one can be made by a one-time link. Accounts that the acl `admin` describes without naming them do not count. */
  none(): boolean;
  /** In ascending order; an account that both say has both origins. */
  list(): readonly { readonly account: Jid; readonly origins: readonly AdministratorOrigin[] }[];
  /** Stores an account as an administrator. @throws AccountError missing; StorageError */
  add(account: Jid): Promise<void>;
  /** Takes back what `add` did. False where the account was not stored as one: what the configuration says stays. @throws StorageError */
  remove(account: Jid): Promise<boolean>;
}
