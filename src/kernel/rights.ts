import type { Jid } from "../xmpp/jid.ts";
import type { Command } from "./commands.ts";

/** Who wants something, as far as rights ask. */
export interface Caller {
  /** Where the call comes in: the control socket belongs to who owns the data directory. */
  readonly front: "control" | "http" | "xmpp" | "web";
  /** The account that has logged in, bare; undefined on the control socket. */
  readonly account: Jid | undefined;
  /** The address that it comes from; undefined where there is none. */
  readonly address: string | undefined;
  /** Of a bearer token: names of commands, or of tags with "tag:" before; undefined where no token limits the caller. */
  readonly scopes: readonly string[] | undefined;
}

/** What the configuration and the data directory say about rights. */
export interface Rights {
  /** Named in `admins`, or stored as one by the first setup. */
  isAdministrator(account: Jid): boolean;
  /** Whether this caller may run this command (`api_permissions`, scopes). */
  mayRun(caller: Caller, command: Command): boolean;
  /** What the access rule of this name says about somebody; a name that is not declared never gets here: the configuration refuses it. */
  allows(rule: string, who: { readonly account: Jid | undefined; readonly address: string | undefined }): boolean;
}
