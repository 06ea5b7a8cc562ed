import { ApiTokens } from "../admin/api-tokens.ts";
import { administrationCommands } from "../admin/commands.ts";
import { SaslAuthentication } from "../auth/authentication.ts";
import { CredentialStore } from "../auth/credential-store.ts";
import { KeyDerivation } from "../auth/key-derivation.ts";
import { nodePrimitives } from "../auth/primitives.ts";
import { ConfiguredRights } from "../auth/rights.ts";
import { StoredAccounts } from "../auth/stored-accounts.ts";
import { StoredAdministrators } from "../auth/stored-administrators.ts";
import { StoredBans } from "../auth/stored-bans.ts";
import type { Deadlines } from "../base/deadlines.ts";
import type { Log, LogThreshold } from "../base/log.ts";
import type { LogTail } from "../base/log-tail.ts";
import type { World } from "../base/world.ts";
import { messageArchive } from "../kernel/archive.ts";
import type { Authentication } from "../kernel/authentication.ts";
import { CommandRegistry } from "../kernel/commands.ts";
import type { ConfigurationControl } from "../kernel/configuration-control.ts";
import { lastActivityService } from "../kernel/last-activity.ts";
import type { ServerControl } from "../kernel/server-control.ts";
import type { Storage } from "../kernel/storage.ts";
import { ClientStreams } from "../streams/client/client-streams.ts";
import { ResumableSessions } from "../streams/client/resumable-sessions.ts";
import { SessionRecords } from "../streams/client/session-records.ts";
import { Workspaces } from "../xml/scanner.ts";
import type { Jid } from "../xmpp/jid.ts";
import { AdminPages } from "./admin-pages.ts";
import type { Configuration } from "./configuration.ts";
import { streamLimits } from "./connection-limits.ts";
import { Core } from "./core.ts";
import type { CurrentConfiguration } from "./current-configuration.ts";
import { extensions } from "./extensions.ts";
import { hostOptions } from "./reloadable.ts";

/** PBKDF2 rounds of new passwords: RFC 7677 §4 asks for at least 4,096; ejabberd takes that, Prosody 10,000. */
const SCRAM_ITERATIONS = 10_000;

export interface StartOptions {
  readonly configuration: Configuration;
  readonly world: World;
  readonly log: Log;
  /** What `log` is held to. */
  readonly logThreshold: LogThreshold;
}

/** The same with a log whose last lines can be seen. */
export interface TailedOptions extends StartOptions {
  readonly tail: LogTail;
}

export function commandRegistry(
  { core, accounts, bans, pages, rights, tokens }: Assembled,
  storage: Storage,
  server: ServerControl,
  configuration: ConfigurationControl,
  { world, logThreshold }: StartOptions,
): CommandRegistry {
  const { sessions, outcomes, loader, router } = core;
  const lastActivity = loader.services.find(lastActivityService);
  const registry = new CommandRegistry();
  registry.add(
    ...administrationCommands({
      server,
      storage,
      accounts,
      configuration,
      bans,
      rights,
      tokens,
      sessions,
      router,
      outcomes,
      world,
      lastActivity,
      archive: loader.services.find(messageArchive)!,
      logThreshold,
      registry: () => registry,
      setup: pages.setup,
      webOrigin: () => pages.origin(),
    }),
    ...loader.commands,
  );
  return registry;
}

export interface Assembled {
  readonly core: Core;
  readonly accounts: StoredAccounts;
  readonly administrators: StoredAdministrators;
  readonly bans: StoredBans;
  readonly credentials: CredentialStore;
  readonly rights: ConfiguredRights;
  readonly tokens: ApiTokens;
  readonly pages: AdminPages;
}

export function assemble(
  { configuration, world, log, tail }: TailedOptions,
  current: CurrentConfiguration,
  storage: Storage,
  version: string,
): Assembled {
  const { hosts } = current;
  const primitives = nodePrimitives();
  const derivation = new KeyDerivation(primitives);
  const credentials = new CredentialStore(storage, {
    world,
    primitives,
    derivation,
    iterations: SCRAM_ITERATIONS,
  });
  const accounts: StoredAccounts = new StoredAccounts({
    storage,
    credentials,
    hosts,
    onCreate: (account) => core.createAccount(account),
    onPassword: (account) => pages.sessions.closeAll(account),
    onRemove: async (account) => [
      ...(await core.removeAccount(account)),
      ...administrators.removal(account),
      ...tokens.removal(account),
      bans.removal(account),
    ],
  });
  const bans: StoredBans = new StoredBans(storage, (account, reason) => core.banAccount(account, reason));
  const mayStay = async (account: Jid): Promise<boolean> =>
    (await accounts.exists(account)) && (await bans.of(account)) === undefined;
  const pages = new AdminPages({ world, log, tail, mayStay });
  const tokens: ApiTokens = new ApiTokens({ storage, accounts, world });
  const administrators: StoredAdministrators = new StoredAdministrators({
    storage,
    accounts,
    configured: () => current.value.access.admins,
    now: () => world.now(),
  });
  const rights = new ConfiguredRights({
    settings: configuration.access,
    hosts,
    stored: (account) => administrators.has(account),
  });
  const core: Core = new Core({
    world,
    log,
    storage,
    hosts,
    accounts,
    rights,
    extensions: extensions.filter((extension) => configuration.extensions.has(extension.name)),
    extensionOptions: configuration.extensions,
    limits: () => current.accountLimits(),
    version,
  });
  core.loader.use(configuration.extensions, hostOptions(configuration));
  return { core, accounts, administrators, bans, credentials, pages, rights, tokens };
}

export function logins(
  { world, log }: StartOptions,
  { accounts, bans, credentials }: Assembled,
): SaslAuthentication {
  return new SaslAuthentication({
    world,
    accounts,
    bans,
    credentials,
    broken: (error) => log.error("logins fail", { error }),
  });
}

export function clientStreams(
  { configuration, world, log }: StartOptions,
  current: CurrentConfiguration,
  { core, accounts, rights }: Assembled,
  storage: Storage,
  authentication: Authentication,
  deadlines: Deadlines,
): ClientStreams {
  return new ClientStreams({
    world,
    log,
    hosts: current.hosts,
    hostRules: (host) => current.hostRules(host),
    limits: streamLimits(configuration.limits),
    deadlines,
    authentication,
    iqBeforeLogin: core.iqRoutes,
    hooks: core.hooks,
    onCrash: (...crash) => core.router.onCrash(...crash),
    router: core.router,
    sessions: core.sessions,
    rights,
    accounts,
    records: new SessionRecords(storage, world, log),
    resumable: new ResumableSessions(),
    insecureLoopback: configuration.allowUnencryptedLoopback,
    workspaces: new Workspaces(),
  });
}
