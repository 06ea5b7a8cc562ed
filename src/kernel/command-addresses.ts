import { Jid } from "../xmpp/jid.ts";
import { type Argument, text } from "./command-arguments.ts";
import { CommandError } from "./commands.ts";

export const user: Argument<string> = text("The name of the user: what stands before the @.");
export const host: Argument<string> = text("The domain: what stands behind the @.");
export const resource: Argument<string> = text("The resource: what stands behind the /.");

/** The bare address, when its host is one of these; undefined for one that no account can have. */
export function accountOf(hosts: readonly string[], local: string, domain: string): Jid | undefined {
  const account = local === "" ? undefined : Jid.of(local, domain);
  return account !== undefined && hosts.includes(account.domain) ? account : undefined;
}

/** The host in its prepared form. @throws CommandError when it is none of these */
export function hostOf(hosts: readonly string[], domain: string): string {
  const known = Jid.of("", domain)?.domain;
  if (known === undefined || !hosts.includes(known)) throw new CommandError("error", "Unknown virtual host");
  return known;
}

/** The hosts that "all", or one of them, stands for. @throws CommandError when it is none of these */
export function hostsOf(hosts: readonly string[], domain: string): readonly string[] {
  return domain === "all" ? hosts : [hostOf(hosts, domain)];
}

/** How the words of a command name somebody: prepared where they are an address, else as they stand. */
export function named(local: string, domain: string, resourcepart = ""): string {
  const found = Jid.of(local, domain, resourcepart);
  return found?.toString() ?? `${local}@${domain}${resourcepart === "" ? "" : `/${resourcepart}`}`;
}

interface ExistingAccounts {
  exists(account: Jid): boolean | Promise<boolean>;
}

/** @throws CommandError not_found */
export async function requireAccount(
  { accounts, hosts }: { readonly accounts: ExistingAccounts; readonly hosts: readonly string[] },
  local: string,
  domain: string,
): Promise<Jid> {
  const account = accountOf(hosts, local, domain);
  if (account === undefined || !(await accounts.exists(account))) {
    throw new CommandError("not_found", `There is no account ${named(local, domain)}.`);
  }
  return account;
}
