import type {
  AccessSettings,
  AllOf,
  AnyOf,
  ApiPermission,
  Clauses,
  CommandPattern,
  Condition,
  Person,
  Shaper,
  Wanted,
  WhoMayCall,
} from "../kernel/access.ts";
import type { Caller } from "../kernel/caller.ts";
import type { Command } from "../kernel/commands.ts";
import { EVERY_COMMAND, type Rights } from "../kernel/rights.ts";
import type { Jid } from "../xmpp/jid.ts";

export interface RightsOptions {
  readonly settings: AccessSettings;
  /** The domains that have accounts here; asked at every call, so that a reload may change it. */
  readonly hosts: { has(domain: string): boolean };
  /** Whether the data directory says that this account administers the server. */
  readonly stored: (account: Jid) => boolean;
}

/** Rights by the configuration of this moment. */
export class ConfiguredRights implements Rights {
  readonly #hosts: RightsOptions["hosts"];
  readonly #stored: RightsOptions["stored"];
  #settings: AccessSettings;
  #admins: ReadonlySet<string>;

  constructor({ settings, hosts, stored }: RightsOptions) {
    this.#hosts = hosts;
    this.#stored = stored;
    this.#settings = settings;
    this.#admins = namesOf(settings.admins);
  }

  /** From now on these hold; they refer to nothing that they do not define. */
  use(settings: AccessSettings): void {
    this.#settings = settings;
    this.#admins = namesOf(settings.admins);
  }

  isAdministrator(account: Jid): boolean {
    return this.#isAdministrator({ account, address: undefined });
  }

  mayRun(caller: Caller, command: Pick<Command, "name" | "tags">): boolean {
    if (caller.scopes !== undefined && !covers(caller.scopes, command)) return false;
    for (const group of this.#settings.api_permissions.values()) {
      if (covered(group, caller, command) && this.#mayCall(group.who, caller)) return true;
    }
    return false;
  }

  allows(rule: string, who: Person): boolean {
    if (rule === "all") return true;
    if (rule === "none") return false;
    if (rule === "loopback") return isLoopback(who.address);
    return this.#decide(this.#settings.access_rules.get(rule)?.clauses ?? [], who) ?? false;
  }

  shaper(rule: string, who: Person): Shaper | undefined {
    if (rule === "none") return "none";
    const found = this.#chosen(rule, who);
    if (typeof found === "string") return this.#settings.shaper.get(found);
    if (found === undefined) return undefined;
    return found === Number.POSITIVE_INFINITY ? "none" : { bytesPerSecond: found, burst: found };
  }

  limit(rule: string, who: Person): number | undefined {
    const found = this.#chosen(rule, who);
    return typeof found === "number" ? found : undefined;
  }

  #chosen(rule: string, who: Person): string | number | undefined {
    return this.#decide(this.#settings.shaper_rules.get(rule)?.clauses ?? [], who);
  }

  #decide<T>(clauses: Clauses<T>, who: Person): T | undefined {
    return clauses.find(({ when }) => this.#all(when, who))?.value;
  }

  #all(conditions: AllOf, who: Person): boolean {
    return conditions.every((anyOf) => this.#any(anyOf, who));
  }

  #any(conditions: AnyOf, who: Person): boolean {
    return conditions.some((condition) => this.#holds(condition, who));
  }

  #holds(condition: Condition, who: Person): boolean {
    const { account, address } = who;
    switch (condition.kind) {
      case "all":
        return true;
      case "none":
        return false;
      case "acl":
        return this.#isIn(condition.name, who);
      case "ip":
        return address !== undefined && condition.network.has(address);
      case "server":
        return account !== undefined && matches(condition.domain, account.domain);
      case "resource":
        return (
          account !== undefined && account.resource !== "" && matches(condition.resource, account.resource)
        );
      case "user": {
        if (account === undefined || account.local === "" || !matches(condition.local, account.local))
          return false;
        // A name alone is that of an account of ours: else anybody could bring it along from another server.
        const { domain } = condition;
        return domain === undefined ? this.#hosts.has(account.domain) : matches(domain, account.domain);
      }
      default:
        return condition satisfies never;
    }
  }

  #isIn(acl: string, who: Person): boolean {
    if (acl === "admin") return this.#isAdministrator(who);
    return this.#any(this.#settings.acl.get(acl)?.anyOf ?? [], who);
  }

  #isAdministrator(who: Person): boolean {
    const { account } = who;
    if (account !== undefined && account.local !== "" && this.#hosts.has(account.domain)) {
      if (this.#admins.has(account.bare.toString()) || this.#stored(account.bare)) return true;
    }
    return this.#any(this.#settings.acl.get("admin")?.anyOf ?? [], who);
  }

  #mayCall({ anyOf, access, oauth }: WhoMayCall, caller: Caller): boolean {
    // A token stands for less than its account: only what is said of tokens holds for it.
    if (caller.scopes !== undefined) {
      const { scopes } = caller;
      return oauth.some(
        (token) =>
          (token.scopes?.some((scope) => scopes.includes(scope)) ?? true) &&
          this.#mayCall({ ...token, oauth: [] }, { ...caller, scopes: undefined }),
      );
    }
    return (
      this.#any(anyOf, caller) ||
      access.some((rule) =>
        typeof rule === "string" ? this.allows(rule, caller) : this.#decide(rule, caller) === true,
      )
    );
  }
}

function namesOf(accounts: readonly Jid[]): ReadonlySet<string> {
  return new Set(accounts.map((account) => account.toString()));
}

function matches(wanted: Wanted, text: string): boolean {
  return typeof wanted === "string" ? wanted === text : wanted.test(text);
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && (address === "::1" || address.startsWith("127."));
}

/** Whether the scopes of a token cover a command. */
function covers(scopes: readonly string[], { name, tags }: Pick<Command, "name" | "tags">): boolean {
  return scopes.some(
    (scope) => scope === EVERY_COMMAND || scope === name || tags.some((tag) => scope === `tag:${tag}`),
  );
}

/** Whether a group is about this front and this command. */
function covered(
  { from, allowed, excepted }: ApiPermission,
  { front }: Caller,
  command: Pick<Command, "name" | "tags">,
): boolean {
  if (from.length > 0 && !from.includes(front)) return false;
  const fits = (pattern: CommandPattern): boolean => {
    if (pattern.kind === "all") return true;
    return pattern.kind === "command" ? pattern.name === command.name : command.tags.includes(pattern.tag);
  };
  return allowed.some(fits) && !excepted.some(fits);
}
