import type { Log } from "../base/log.ts";
import type { World } from "../base/world.ts";
import type { Accounts } from "../kernel/accounts.ts";
import { messageArchive } from "../kernel/archive.ts";
import type { AnyExtension } from "../kernel/extension.ts";
import { type CrashPolicy, Hooks } from "../kernel/hooks.ts";
import type { Options, OptionValues } from "../kernel/options.ts";
import { Outcomes } from "../kernel/outcomes.ts";
import { waitingMessages } from "../kernel/pending-messages.ts";
import { accountBanned, accountCreated, accountRemoved, messageAccepted } from "../kernel/points.ts";
import type { Rights } from "../kernel/rights.ts";
import type { HostList } from "../kernel/router.ts";
import { presenceRules } from "../kernel/services.ts";
import type { Change, Storage } from "../kernel/storage.ts";
import { ArchiveIds } from "../routing/archive-ids.ts";
import { DomainTable, noForeignDomains } from "../routing/domains.ts";
import { DroppedMessages } from "../routing/dropped-messages.ts";
import { Homes } from "../routing/homes.ts";
import { IqRouteTable } from "../routing/iq-routes.ts";
import { LoggedMessages } from "../routing/message-archive.ts";
import { MessageDelivery } from "../routing/message-delivery.ts";
import { MessageLog } from "../routing/message-log.ts";
import { PendingDelivery } from "../routing/pending-delivery.ts";
import { DeliveryTree } from "../routing/router.ts";
import { BoundSessions } from "../routing/session-table.ts";
import type { Jid } from "../xmpp/jid.ts";
import { ExtensionLoader } from "./extension-loader.ts";

/** What one account may have. */
export interface AccountLimits {
  readonly resources: number;
  /** Messages that wait for it; undefined where nothing is kept at all. */
  readonly pending: number | undefined;
}

export interface CoreParts {
  readonly world: World;
  readonly log: Log;
  readonly storage: Storage;
  readonly hosts: HostList;
  readonly accounts: Accounts;
  readonly extensions: readonly AnyExtension[];
  readonly extensionOptions: ReadonlyMap<string, OptionValues<Options>>;
  readonly rights: Rights;
  /** As they are now, where no rule says otherwise. */
  readonly limits: () => AccountLimits;
  readonly version: string;
}

/** The inside of a server without sockets: accounts' homes, the delivery tree and the extensions, wired together. */
export class Core {
  readonly hooks: Hooks = new Hooks();
  readonly outcomes: Outcomes = new Outcomes();
  readonly homes: Homes = new Homes();
  readonly iqRoutes: IqRouteTable;
  readonly router: DeliveryTree;
  readonly sessions: BoundSessions;
  readonly messages: MessageLog;
  readonly loader: ExtensionLoader;
  readonly loaded: readonly AnyExtension[];

  readonly #startIds: (hosts: readonly string[]) => Promise<void>;
  readonly #hosts: HostList;

  constructor(parts: CoreParts) {
    const { log, world, storage, accounts, rights } = parts;
    const { hooks, homes, outcomes } = this;
    this.#hosts = parts.hosts;
    const domains = new DomainTable(parts.hosts, noForeignDomains);
    this.loaded = parts.extensions;
    this.messages = new MessageLog(storage, world, log);
    const ids = new ArchiveIds();
    this.#startIds = (hosts) => ids.start(storage, world, hosts);
    const onCrash: CrashPolicy = (...crash) => this.router.onCrash(...crash);
    const pending = new PendingDelivery(this.messages, ids, hooks, onCrash, log);
    const delivery = new MessageDelivery({
      messages: this.messages,
      ids,
      homes,
      log,
      limit: (account) => pendingLimit(account, parts),
      bounce: (stanza, error) => this.router.bounce(stanza, error),
      accepted: (message) => void hooks.run(messageAccepted, message, onCrash),
    });
    this.iqRoutes = new IqRouteTable((error, shape) =>
      log.error("a request could not be answered", { shape, error }),
    );
    this.sessions = new BoundSessions({
      homes,
      hooks,
      onCrash,
      resourcesPerAccount: ({ jid, place }) =>
        rights.limit("max_user_sessions", { account: jid, address: place.remoteAddress }) ??
        parts.limits().resources,
      settled: (session) => this.router.whenSettled(session),
      flushed: (home, keys) => pending.flushed(home, keys),
      unflushed: (home, keys) => pending.redeliver(home, keys),
      restored: (home) => pending.restored(home),
      recall: (home, keys) => pending.recall(home, keys),
    });
    this.router = new DeliveryTree({
      accounts,
      domains,
      homes,
      hooks,
      iqRoutes: this.iqRoutes,
      log,
      messages: delivery,
      outcomes,
      sessions: this.sessions,
      presence: () => this.loader.services.find(presenceRules)!,
    });
    const { iqRoutes: iq, router, sessions } = this;
    const common = { world, log, accounts, sessions, router, domains, iq, rights, version: parts.version };
    this.loader = new ExtensionLoader(hooks, onCrash, storage, common);
    this.loader.services.provide(waitingMessages, new DroppedMessages(homes, this.messages));
    this.loader.services.provide(messageArchive, new LoggedMessages(storage, ids, homes, this.messages));
    pending.attach(homes);
    for (const extension of parts.extensions)
      this.loader.load(extension, parts.extensionOptions.get(extension.name));
  }

  /** Before the first stream: resolves when what the store knows of messages was read. */
  async start(): Promise<void> {
    await this.messages.start();
    await this.#startIds(this.#hosts.list);
  }

  /** Makes ready what hosts need that are not served yet. @throws StorageError */
  prepare(hosts: readonly string[]): Promise<void> {
    return this.#startIds(hosts);
  }

  /** After the end of all streams: resolves when what they had sent was handled and is in the store. */
  async settle(): Promise<void> {
    await this.sessions.settled();
    await this.messages.settle();
  }

  /** What extensions keep for a new account. */
  async createAccount(account: Jid): Promise<readonly Change[]> {
    const changes: Change[] = [];
    await this.hooks.run(accountCreated, { account, changes }, (...crash) => this.router.onCrash(...crash));
    return changes;
  }

  /** Ends the account's sessions, and its streams that have none yet. */
  async banAccount(account: Jid, reason: string): Promise<void> {
    for (const session of this.sessions.of(account).slice()) session.end("conflict", reason);
    await this.hooks.run(accountBanned, { account, reason }, (...crash) => this.router.onCrash(...crash));
  }

  /** Ends the account's sessions, tells its contacts, and gives the changes that remove what is kept of it. */
  async removeAccount(account: Jid): Promise<readonly Change[]> {
    const leaving = this.sessions.of(account).slice();
    for (const session of leaving) session.end("conflict", "User removed");
    await Promise.all(leaving.map((session) => this.sessions.remove(session)));
    const changes: Change[] = [];
    await this.hooks.run(accountRemoved, { account, changes }, (...crash) => this.router.onCrash(...crash));
    changes.push(...this.loader.removal(account), ...this.messages.removal(this.homes.of(account)));
    this.homes.forget(account);
    return changes;
  }
}

/** How many messages may wait for an account. */
function pendingLimit(account: Jid, { rights, limits }: CoreParts): number {
  const { pending } = limits();
  if (pending === undefined) return 0;
  return rights.limit("max_user_offline_messages", { account, address: undefined }) ?? pending;
}
