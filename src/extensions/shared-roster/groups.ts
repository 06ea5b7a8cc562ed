import { createHash } from "node:crypto";
import type { SharedContact } from "../../kernel/shared-contacts.ts";

/** What the store keeps of a group, by its host and id. */
export interface StoredGroup {
  /** What the roster calls it; "" for the id. */
  readonly label: string;
  readonly description: string;
  /** Ids of groups of the same host whose members its members see. */
  readonly displayed: readonly string[];
  /** Every account of the host is a member. */
  readonly all: boolean;
  /** Every account of the host with a session that has been available is a member. */
  readonly online: boolean;
}

export const BLANK_GROUP: StoredGroup = {
  label: "",
  description: "",
  displayed: [],
  all: false,
  online: false,
};

export interface Group extends StoredGroup {
  readonly host: string;
  readonly id: string;
  /** Bare JIDs that were added by name. */
  readonly members: ReadonlySet<string>;
}

const NOBODY: ReadonlySet<string> = new Set();
const NO_GROUPS: readonly Group[] = [];

function domainOf(account: string): string {
  return account.slice(account.indexOf("@") + 1);
}

/**
 * Who shares groups with whom, in memory. Accounts are bare JIDs as text. A member of a group sees the members of the groups that it displays; one of them may
 * see nobody.
 */
export class Groups {
  /** By host, then by id. */
  readonly #groups = new Map<string, Map<string, Group>>();
  /** The groups that an account is in by name. */
  readonly #named = new Map<string, Set<string>>();
  /** Bare JIDs of every account, of hosts where a group needs them. */
  readonly accounts: Map<string, Set<string>> = new Map();
  /** Bare JIDs of those who are there, by host. */
  readonly online: Map<string, Set<string>> = new Map();
  /** Of accounts, for as long as nothing changes. */
  readonly #versions = new Map<string, string>();

  get(host: string, id: string): Group | undefined {
    return this.#groups.get(host)?.get(id);
  }

  /** In ascending order of their ids. */
  of(host: string): readonly Group[] {
    return [...(this.#groups.get(host)?.values() ?? [])].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  set(group: Group): void {
    const { host, id } = group;
    this.#forget(host, id);
    let groups = this.#groups.get(host);
    if (groups === undefined) {
      groups = new Map();
      this.#groups.set(host, groups);
    }
    groups.set(id, group);
    for (const member of group.members) {
      const names = this.#named.get(member) ?? new Set();
      this.#named.set(member, names.add(nameOf(group)));
    }
    this.changed();
  }

  delete(host: string, id: string): void {
    this.#forget(host, id);
    this.#groups.get(host)?.delete(id);
    this.changed();
  }

  /** Somebody came or went; whatever was remembered of the whole is old. */
  changed(): void {
    this.#versions.clear();
  }

  /** The groups that an account is in. */
  groupsOf(account: string): readonly Group[] {
    const host = domainOf(account);
    const groups = this.#groups.get(host);
    const names = this.#named.get(account);
    if (groups === undefined && names === undefined) return NO_GROUPS;
    const found = [...(groups?.values() ?? [])].filter((group) => this.#includes(group, account));
    for (const name of names ?? []) {
      const group = this.#byName(name);
      if (group !== undefined && !found.includes(group)) found.push(group);
    }
    return found;
  }

  membersOf(group: Group): Iterable<string> {
    const everybody = group.all ? this.accounts.get(group.host) : undefined;
    const present = group.online ? this.online.get(group.host) : undefined;
    if (everybody === undefined && present === undefined) return group.members;
    return new Set([...group.members, ...(everybody ?? NOBODY), ...(present ?? NOBODY)]);
  }

  /** The groups whose members an account sees. */
  seenBy(account: string): readonly Group[] {
    const found = new Set<Group>();
    for (const { host, displayed } of this.groupsOf(account)) {
      for (const id of displayed) {
        const group = this.get(host, id);
        if (group !== undefined) found.add(group);
      }
    }
    return [...found];
  }

  /** The groups whose members see an account. */
  seeing(account: string): readonly Group[] {
    const mine = this.groupsOf(account);
    const found = new Set<Group>();
    for (const { host, id } of mine) {
      for (const group of this.#groups.get(host)?.values() ?? [])
        if (group.displayed.includes(id)) found.add(group);
    }
    return [...found];
  }

  contact(account: string, contact: string): SharedContact | undefined {
    if (account === contact || this.#groups.size === 0) return undefined;
    const groups = this.#labels(account, contact);
    const from = this.#labels(contact, account).length > 0;
    if (groups.length === 0) return from ? { subscription: "from", groups } : undefined;
    return { subscription: from ? "both" : "to", groups };
  }

  /** The same for as long as an account sees the same, also after a restart; "" when it sees nobody. */
  version(account: string): string {
    const known = this.#versions.get(account);
    if (known !== undefined) return known;
    const lines: string[] = [];
    for (const contact of this.shown(account)) {
      const { subscription, groups } = this.contact(account, contact)!;
      lines.push(JSON.stringify([contact, subscription, groups]));
    }
    const version =
      lines.length === 0
        ? ""
        : createHash("sha256").update(lines.sort().join()).digest("base64url").slice(0, 16);
    this.#versions.set(account, version);
    return version;
  }

  /** Whom an account sees. */
  shown(account: string): ReadonlySet<string> {
    const found = new Set<string>();
    for (const group of this.seenBy(account)) for (const member of this.membersOf(group)) found.add(member);
    found.delete(account);
    return found;
  }

  #labels(account: string, contact: string): readonly string[] {
    const seen = this.seenBy(account).filter((group) => this.#includes(group, contact));
    return [...new Set(seen.map(({ label, id }) => (label === "" ? id : label)))].sort();
  }

  #includes(group: Group, account: string): boolean {
    if (group.members.has(account)) return true;
    if (domainOf(account) !== group.host) return false;
    if (group.all && this.accounts.get(group.host)?.has(account)) return true;
    return group.online && (this.online.get(group.host)?.has(account) ?? false);
  }

  #byName(name: string): Group | undefined {
    const at = name.indexOf(" ");
    return this.get(name.slice(0, at), name.slice(at + 1));
  }

  #forget(host: string, id: string): void {
    const before = this.get(host, id);
    if (before === undefined) return;
    for (const member of before.members) {
      const names = this.#named.get(member);
      names?.delete(nameOf(before));
      if (names?.size === 0) this.#named.delete(member);
    }
  }
}

/** A host has no space in it. */
function nameOf({ host, id }: Group): string {
  return `${host} ${id}`;
}
