import type { Log } from "../../base/log.ts";
import type { Accounts } from "../../kernel/accounts.ts";
import { everyAccount } from "../../kernel/every-account.ts";
import type { Domains } from "../../kernel/router.ts";
import type { RosterService } from "../../kernel/services.ts";
import type { Sessions } from "../../kernel/sessions.ts";
import type { SharedChange, SharedContact, SharedContacts } from "../../kernel/shared-contacts.ts";
import type { Change, MapStore } from "../../kernel/storage.ts";
import { Jid } from "../../xmpp/jid.ts";
import { type Group, Groups, type StoredGroup } from "./groups.ts";

export interface GroupKeeperParts {
  readonly accounts: Pick<Accounts, "list">;
  readonly commit: (batch: readonly Change[]) => Promise<void>;
  readonly domains: Pick<Domains, "hosts">;
  readonly log: Log;
  readonly sessions: Sessions;
  readonly roster: Pick<RosterService, "sharedChanged">;
  readonly stores: {
    /** By host, then by the group's id. */
    readonly groups: MapStore<StoredGroup>;
    /** By host, then by member and id with a space between; a bare JID has none. */
    readonly members: MapStore<true>;
  };
}

type View = ReadonlyMap<string, SharedContact>;

/** The groups in memory and in the store, and who has to hear when they change. Changes happen one after the other. */
export class GroupKeeper implements SharedContacts {
  readonly groups: Groups = new Groups();
  readonly #parts: GroupKeeperParts;
  readonly #loaded = new Set<string>();
  /** The list of hosts whose groups are here. */
  #known: readonly string[] | undefined = undefined;
  #loading: Promise<void> | undefined = undefined;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(parts: GroupKeeperParts) {
    this.#parts = parts;
  }

  ready(): undefined | Promise<void> {
    const { hosts } = this.#parts.domains;
    if (this.#known === hosts) return undefined;
    this.#loading ??= this.#load(hosts).finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  get(account: Jid, contact: Jid): SharedContact | undefined {
    return this.groups.contact(account.toString(), contact.toString());
  }

  *shown(account: Jid): Iterable<readonly [Jid, SharedContact]> {
    const name = account.toString();
    for (const contact of this.groups.shown(name))
      yield [Jid.parse(contact)!, this.groups.contact(name, contact)!];
  }

  *present(account: Jid): Iterable<readonly [Jid, SharedContact]> {
    const name = account.toString();
    const groups = new Set([...this.groups.seenBy(name), ...this.groups.seeing(name)]);
    if (groups.size === 0) return;
    for (const other of this.#connected()) {
      const shared = this.groups.contact(name, other.toString());
      if (shared !== undefined) yield [other, shared];
    }
  }

  version(account: Jid): string {
    return this.groups.version(account.toString());
  }

  /** Puts a group into the store, or takes it away; resolves when those who are there have heard. @throws StorageError */
  change(host: string, id: string, next: StoredGroup | undefined): Promise<void> {
    return this.#alone(async () => {
      const { stores, commit } = this.#parts;
      const owner = hostJid(host);
      const before = this.groups.get(host, id);
      if (next === undefined) {
        const gone = [...(before?.members ?? [])].map((member) =>
          stores.members.remove(owner, `${member} ${id}`),
        );
        await commit([stores.groups.remove(owner, id), ...gone]);
        await this.#announced(() => this.groups.delete(host, id));
        return;
      }
      if (next.all) await this.#loadAccounts(host);
      await commit([stores.groups.set(owner, id, next)]);
      await this.#announced(() =>
        this.groups.set({ ...next, host, id, members: before?.members ?? new Set() }),
      );
    });
  }

  /** False: nothing was to be done. @throws StorageError */
  setMember(group: Group, member: Jid, belongs: boolean): Promise<boolean> {
    return this.#alone(async () => {
      const { stores, commit } = this.#parts;
      const name = member.toString();
      const now = this.groups.get(group.host, group.id);
      if (now === undefined || now.members.has(name) === belongs) return false;
      const owner = hostJid(group.host);
      const key = `${name} ${group.id}`;
      await commit([belongs ? stores.members.set(owner, key, true) : stores.members.remove(owner, key)]);
      await this.#member(member, () => this.#putMember(now, name, belongs));
      return true;
    });
  }

  /** The account has a session that is available. */
  came(account: Jid): undefined | Promise<void> {
    return this.#presence(account, true);
  }

  /** A session of the account has ended. */
  left(account: Jid): undefined | Promise<void> {
    return this.#parts.sessions.of(account).length > 0 ? undefined : this.#presence(account, false);
  }

  /** The account is being made. */
  created(account: Jid): undefined | Promise<void> {
    return this.#inAll(account, true);
  }

  /** The account is being removed; gives what the store has to forget. */
  async removed(account: Jid): Promise<readonly Change[]> {
    await this.ready();
    const name = account.toString();
    const groups = this.groups.groupsOf(name).filter(({ members }) => members.has(name));
    await this.#alone(() =>
      this.#member(account, () => {
        for (const { host, id } of groups) this.#putMember(this.groups.get(host, id)!, name, false);
        this.groups.accounts.get(account.domain)?.delete(name);
        this.groups.online.get(account.domain)?.delete(name);
        this.groups.changed();
      }),
    );
    return groups.map(({ host, id }) => this.#parts.stores.members.remove(hostJid(host), `${name} ${id}`));
  }

  #putMember(group: Group, name: string, belongs: boolean): void {
    const members = new Set(group.members);
    if (belongs) members.add(name);
    else members.delete(name);
    this.groups.set({ ...group, members });
  }

  #presence(account: Jid, there: boolean): undefined | Promise<void> {
    const { online } = this.groups;
    const name = account.toString();
    let host = online.get(account.domain);
    if (host === undefined) {
      host = new Set();
      online.set(account.domain, host);
    }
    if (host.has(name) === there) return undefined;
    const put = (): void => {
      if (there) host.add(name);
      else host.delete(name);
      this.groups.changed();
    };
    // Who is there matters to groups of those who are there only.
    if (!this.groups.of(account.domain).some((group) => group.online)) return void put();
    return this.#alone(() => this.#member(account, put));
  }

  #inAll(account: Jid, there: boolean): undefined | Promise<void> {
    const known = this.groups.accounts.get(account.domain);
    if (known === undefined) return undefined;
    return this.#alone(() =>
      this.#member(account, () => {
        if (there) known.add(account.toString());
        else known.delete(account.toString());
        this.groups.changed();
      }),
    );
  }

  /** Only what concerns this account changes: nobody else's view of anybody else. */
  async #member(member: Jid, change: () => void): Promise<void> {
    const others = [...this.#connected()].filter((other) => !other.equals(member));
    const before = others.map((other) => this.get(other, member));
    const seen = this.#view(member);
    change();
    await this.#tell(member, seen);
    for (const [index, other] of others.entries()) {
      const after = this.get(other, member);
      if (same(before[index], after)) continue;
      await this.#changed(other, [{ contact: member, before: before[index], after }]);
    }
  }

  /** Anything may change for everybody who is there. */
  async #announced(change: () => void): Promise<void> {
    const everybody = [...this.#connected()];
    const before = everybody.map((account) => this.#view(account));
    change();
    for (const [index, account] of everybody.entries()) await this.#tell(account, before[index]!);
  }

  async #tell(account: Jid, before: View): Promise<void> {
    const after = this.#view(account);
    const changes: SharedChange[] = [];
    for (const contact of new Set([...before.keys(), ...after.keys()])) {
      const [old, now] = [before.get(contact), after.get(contact)];
      if (!same(old, now)) changes.push({ contact: Jid.parse(contact)!, before: old, after: now });
    }
    if (changes.length > 0) await this.#changed(account, changes);
  }

  async #changed(account: Jid, changes: readonly SharedChange[]): Promise<void> {
    try {
      await this.#parts.roster.sharedChanged(account, changes);
    } catch (error) {
      // What has changed is true all the same; the account sees it with its next roster.
      this.#parts.log.error("a change of shared groups could not be told", { account, error });
    }
  }

  /** What an account has by groups, of somebody who is there. */
  #view(account: Jid): View {
    if (this.#parts.sessions.of(account).length === 0) return new Map();
    const name = account.toString();
    const view = new Map<string, SharedContact>();
    for (const contact of this.groups.shown(name)) view.set(contact, this.groups.contact(name, contact)!);
    return view;
  }

  /** The accounts with sessions, each once. */
  #connected(): Iterable<Jid> {
    const found = new Map<string, Jid>();
    for (const { account } of this.#parts.sessions.connected()) found.set(account.toString(), account);
    return found.values();
  }

  async #load(hosts: readonly string[]): Promise<void> {
    const { stores } = this.#parts;
    for (const host of hosts.filter((one) => !this.#loaded.has(one))) {
      const owner = hostJid(host);
      const [groups, names] = await Promise.all([stores.groups.all(owner), stores.members.names(owner)]);
      const members = new Map<string, Set<string>>();
      for (const name of names) {
        const at = name.indexOf(" ");
        const id = name.slice(at + 1);
        members.set(id, (members.get(id) ?? new Set()).add(name.slice(0, at)));
      }
      if ([...groups.values()].some(({ all }) => all)) await this.#loadAccounts(host);
      for (const [id, group] of groups)
        this.groups.set({ ...group, host, id, members: members.get(id) ?? new Set() });
      this.#loaded.add(host);
    }
    this.#known = hosts;
  }

  async #loadAccounts(host: string): Promise<void> {
    if (this.groups.accounts.has(host)) return;
    const found = new Set<string>();
    // There from the beginning, so that who is registered meanwhile gets in.
    this.groups.accounts.set(host, found);
    const { accounts } = this.#parts;
    for await (const account of everyAccount((...page) => accounts.list(...page), [host]))
      found.add(account.toString());
  }

  async #alone<T>(action: () => Promise<T>): Promise<T> {
    await this.ready();
    const turn = this.#tail.then(action);
    this.#tail = turn.catch(() => undefined);
    return turn;
  }
}

function same(one: SharedContact | undefined, other: SharedContact | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function hostJid(host: string): Jid {
  return Jid.of("", host)!;
}
