import { ApiTokens } from "../admin/api-tokens.ts";
import { administrationCommands } from "../admin/commands.ts";
import { type ControlSocket, openControlSocket } from "../admin/control-socket.ts";
import { SaslAuthentication } from "../auth/authentication.ts";
import { CredentialStore } from "../auth/credential-store.ts";
import { KeyDerivation } from "../auth/key-derivation.ts";
import { nodePrimitives } from "../auth/primitives.ts";
import { ConfiguredRights } from "../auth/rights.ts";
import { StoredAccounts } from "../auth/stored-accounts.ts";
import { StoredAdministrators } from "../auth/stored-administrators.ts";
import { StoredBans } from "../auth/stored-bans.ts";
import { Deadlines } from "../base/deadlines.ts";
import type { Log, LogThreshold } from "../base/log.ts";
import { Metrics } from "../base/metrics.ts";
import type { World } from "../base/world.ts";
import { offline } from "../extensions/offline.ts";
import { messageArchive } from "../kernel/archive.ts";
import type { Authentication } from "../kernel/authentication.ts";
import { CommandCalls } from "../kernel/command-calls.ts";
import { CommandRegistry } from "../kernel/commands.ts";
import type { Connection } from "../kernel/connection.ts";
import { lastActivityService } from "../kernel/last-activity.ts";
import type { ServerControl } from "../kernel/server-control.ts";
import type { Storage } from "../kernel/storage.ts";
import { Admission } from "../net/admission.ts";
import { TlsContexts } from "../net/tls-contexts.ts";
import { ClientStreams } from "../streams/client/client-streams.ts";
import { Workspaces } from "../xml/scanner.ts";
import type { Configuration } from "./configuration.ts";
import type { ListenerSettings } from "./configuration-listeners.ts";
import { connectionLimits, streamLimits } from "./connection-limits.ts";
import { Core } from "./core.ts";
import { extensions } from "./extensions.ts";
import { type ClientSide, type Ending, Life } from "./life.ts";
import { Listeners, type OpenListener } from "./listeners.ts";
import { MeasuredAuthentication, MeasuredStorage } from "./measuring.ts";
import { declareMetrics, watchLoop } from "./metrics.ts";
import { openStorage } from "./open-storage.ts";
import { readVersion } from "./version.ts";
import { Web } from "./web.ts";

/** PBKDF2 rounds of new passwords: RFC 7677 §4 asks for at least 4,096; ejabberd takes that, Prosody 10,000. */
const SCRAM_ITERATIONS = 10_000;

export interface StartOptions {
  readonly configuration: Configuration;
  readonly world: World;
  readonly log: Log;
  /** What `log` is held to. */
  readonly logThreshold: LogThreshold;
}

/** A server that is ready. */
export interface RunningServer {
  readonly version: string;
  readonly hosts: readonly string[];
  readonly dataDirectory: string;
  readonly listeners: readonly OpenListener[];
  /** Ends sessions with `system-shutdown`, writes what is to be written, closes everything. May be called again. `reason` is for the log. */
  stop(reason?: string): Promise<void>;
  /** Resolves when the server has ended, whoever asked for it. */
  readonly stopped: Promise<Ending>;
}

/**
 * Starts a server; resolves when it takes connections.
 * @throws ListenError, CertificateError, DataDirectoryError with a sentence for the administrator; nothing stays open then
 */
export async function startServer(options: StartOptions): Promise<RunningServer> {
  const { configuration, world, log } = options;
  const life = new Life(configuration.hosts, readVersion(), world, log);
  try {
    const { listeners, clients } = await open(options, life);
    life.ready(clients);
    const { version, hosts, stopped } = life;
    const stop = (reason = "asked for"): Promise<void> => life.close(reason);
    return { version, hosts, dataDirectory: configuration.data, listeners, stopped, stop };
  } catch (error) {
    await life.close("the start failed");
    throw error;
  }
}

async function open(
  options: StartOptions,
  life: Life,
): Promise<{ listeners: readonly OpenListener[]; clients: ClientSide }> {
  const { configuration, world, log } = options;
  const { hosts, data: directory, certificates: files } = configuration;
  let control: ControlSocket | undefined;
  // Closed last: whoever asked for the stop waits on it for the end.
  life.closing("control socket", () => control?.close());
  const opened = await openStorage(options, () => life.fail("the store has failed"));
  const storage = new MeasuredStorage(opened, world);
  life.closing("storage", () => storage[Symbol.asyncDispose]());
  const contexts = await TlsContexts.open({ world, log, hosts, files, directory });
  life.closing("certificates", () => contexts.close());
  const assembled = assemble(options, storage, life.version);
  const { core, administrators, rights, tokens } = assembled;
  await Promise.all([administrators.load(hosts), tokens.load(hosts)]);
  await core.start();
  life.closing("messages", () => core.settle());
  const deadlines = new Deadlines(world);
  life.closing("deadlines", () => deadlines.close());
  const web = new Web(configuration, { world, log, deadlines, rights });
  const limits = new Admission(world, log, connectionLimits(configuration.limits));
  const metrics = new Metrics();
  const sinks = declareMetrics(metrics, {
    version: life.version,
    sessions: core.sessions,
    outcomes: core.outcomes,
    storage,
    passwords: assembled.credentials.tools.derivation,
    connections: { xmpp: limits, http: web.limits },
    process,
    started: world.now(),
  });
  life.closing("figures", watchLoop(world, sinks.loopDelay));
  const authentication = new MeasuredAuthentication(logins(options, assembled), sinks.logins);
  const streams = clientStreams(options, assembled, authentication, deadlines);
  life.closing("sessions", () => streams.shutDown());
  const calls = new CommandCalls({
    registry: commandRegistry(assembled, life, options),
    rights,
    log,
    world,
  });
  control = await openControlSocket({ calls, directory, world });
  life.closing("HTTP", () => web.close());
  const { version } = life;
  const { bans } = assembled;
  web.serve({ calls, tokens, bans, authentication, version, metrics, requests: sinks.requests });
  const common = {
    world,
    log,
    contexts,
    handshakeTimeout: configuration.limits.before_login.tls_timeout,
    limits,
    handshake: (done: boolean) => sinks.handshakes.count(done ? "done" : "failed"),
    accept: (connection: Connection, settings: ListenerSettings) => streams.accept(connection, settings),
  };
  const listeners = new Listeners(common, web);
  life.closing("listeners", () => listeners.close());
  const clients = { refuse: () => listeners.closeForClients(), end: () => streams.shutDown() };
  return { listeners: await listeners.open(configuration.listeners), clients };
}

function commandRegistry(
  { core, accounts, bans, rights, tokens }: Assembled,
  server: ServerControl,
  { world, logThreshold }: StartOptions,
): CommandRegistry {
  const { sessions, outcomes, loader, router } = core;
  const lastActivity = loader.services.find(lastActivityService);
  const registry = new CommandRegistry();
  registry.add(
    ...administrationCommands({
      server,
      accounts,
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
    }),
    ...loader.commands,
  );
  return registry;
}

interface Assembled {
  readonly core: Core;
  readonly accounts: StoredAccounts;
  readonly administrators: StoredAdministrators;
  readonly bans: StoredBans;
  readonly credentials: CredentialStore;
  readonly rights: ConfiguredRights;
  readonly tokens: ApiTokens;
}

function assemble({ configuration, world, log }: StartOptions, storage: Storage, version: string): Assembled {
  const hosts = new Set(configuration.hosts);
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
    onRemove: async (account) => [
      ...(await core.removeAccount(account)),
      ...administrators.removal(account),
      ...tokens.removal(account),
      bans.removal(account),
    ],
  });
  const bans: StoredBans = new StoredBans(storage, (account, reason) => core.banAccount(account, reason));
  const tokens: ApiTokens = new ApiTokens({ storage, accounts, world });
  const administrators: StoredAdministrators = new StoredAdministrators({
    storage,
    accounts,
    configured: () => configuration.access.admins,
    now: world.now,
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
    hosts: configuration.hosts,
    accounts,
    rights,
    extensions: extensions.filter((extension) => configuration.extensions.has(extension.name)),
    extensionOptions: configuration.extensions,
    resourcesPerAccount: configuration.limits.client.resources,
    pendingPerAccount: configuration.extensions.has(offline.name)
      ? configuration.limits.client.pending_messages
      : undefined,
    version,
  });
  return { core, accounts, administrators, bans, credentials, rights, tokens };
}

function logins(
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

function clientStreams(
  { configuration, world, log }: StartOptions,
  { core, rights }: Assembled,
  authentication: Authentication,
  deadlines: Deadlines,
): ClientStreams {
  return new ClientStreams({
    world,
    log,
    hosts: configuration.hosts,
    limits: streamLimits(configuration.limits),
    deadlines,
    authentication,
    iqBeforeLogin: core.iqRoutes,
    hooks: core.hooks,
    onCrash: (...crash) => core.router.onCrash(...crash),
    router: core.router,
    sessions: core.sessions,
    rights,
    insecureLoopback: configuration.allowUnencryptedLoopback,
    workspaces: new Workspaces(),
  });
}
