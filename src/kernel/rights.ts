import type { Jid } from "../xmpp/jid.ts";
import type { Caller } from "./caller.ts";
import type { Command } from "./commands.ts";

/** What the configuration and the data directory say about rights. */
export interface Rights {
  /** Named in `admins`, or stored as one by the first setup. */
  isAdministrator(account: Jid): boolean;
  /** Whether this caller may run this command (`api_permissions`, scopes). */
  mayRun(caller: Caller, command: Command): boolean;
  /** What the access rule of this name says about somebody; a name that is not declared never gets here: the configuration refuses it. */
  allows(
    rule: string,
    who: { readonly account: Jid | undefined; readonly address: string | undefined },
  ): boolean;
}
