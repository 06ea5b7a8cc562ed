import type { Caller } from "../kernel/caller.ts";
import type { Command } from "../kernel/commands.ts";
import type { Rights } from "../kernel/rights.ts";
import type { Jid } from "../xmpp/jid.ts";

/** Administrators are those of `admins`; they and the owner of the data directory may do everything, others nothing. */
export class ListedRights implements Pick<Rights, "isAdministrator" | "mayRun"> {
  readonly #administrators: ReadonlySet<string>;

  constructor(administrators: readonly Jid[]) {
    this.#administrators = new Set(administrators.map(String));
  }

  isAdministrator(account: Jid): boolean {
    return this.#administrators.has(account.bare.toString());
  }

  mayRun(caller: Caller, command: Command): boolean {
    if (caller.front === "control") return true;
    if (caller.account === undefined || !this.isAdministrator(caller.account)) return false;
    return caller.scopes === undefined || caller.scopes.some((scope) => covers(scope, command));
  }
}

function covers(scope: string, command: Command): boolean {
  return scope === command.name || command.tags.some((tag) => scope === `tag:${tag}`);
}
