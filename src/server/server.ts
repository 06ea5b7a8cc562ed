import { accountCommands } from "../admin/accounts.ts";
import { backupCommands } from "../admin/backups.ts";
import { type ControlSocket, openControlSocket } from "../admin/control-socket.ts";
import { serverCommands } from "../admin/server.ts";
import { sessionCommands } from "../admin/sessions.ts";
import { SaslAuthentication } from "../auth/authentication.ts";
import { CredentialStore } from "../auth/credential-store.ts";
import { KeyDerivation } from "../auth/key-derivation.ts";
import { nodePrimitives } from "../auth/primitives.ts";
import { StoredAccounts } from "../auth/stored-accounts.ts";
import { Deadlines } from "../base/deadlines.ts";
import type { Log } from "../base/log.ts";
import type { World } from "../base/world.ts";
import { offline } from "../extensions/offline.ts";
import { CommandRegistry } from "../kernel/commands.ts";
import type { ServerControl } from "../kernel/server-control.ts";
import type { Storage } from "../kernel/storage.ts";
import { Admission, type ConnectionLimits, DEFAULT_LIMITS } from "../net/admission.ts";
import { TlsContexts } from "../net/tls-contexts.ts";
import { ClientStreams } from "../streams/client/client-streams.ts";
import { ResumableSessions } from "../streams/client/resumable-sessions.ts";
import { SessionRecords } from "../streams/client/session-records.ts";
import type { ClientStreamLimits, PhaseLimits } from "../streams/client/stream-parts.ts";
import { Workspaces } from "../xml/scanner.ts";
import type { Configuration } from "./configuration.ts";
import { type Limits, xmlLimits } from "./configuration-values.ts";
import { Core } from "./core.ts";
import { extensions } from "./extensions.ts";
import { type Ending, Life } from "./life.ts";
import { Listeners, type OpenListener } from "./listeners.ts";
import { openStorage } from "./open-storage.ts";
import { readVersion } from "./version.ts";

/** PBKDF2 rounds of new passwords: RFC 7677 §4 asks for at least 4,096; ejabberd takes that, Prosody 10,000. */
const SCRAM_ITERATIONS = 10_000;

export interface StartOptions {
  readonly configuration: Configuration;
  readonly world: World;
  readonly log: Log;
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
    const listeners = await open(options, life);
    life.ready();
    const { version, hosts, stopped } = life;
    const stop = (reason = "asked for"): Promise<void> => life.close(reason);
    return { version, hosts, dataDirectory: configuration.data, listeners, stopped, stop };
  } catch (error) {
    await life.close("the start failed");
    throw error;
  }
}

async function open(options: StartOptions, life: Life): Promise<readonly OpenListener[]> {
  const { configuration, world, log } = options;
  const { hosts, data: directory, certificates: files } = configuration;
  let control: ControlSocket | undefined;
  // Closed last: whoever asked for the stop waits on it for the end.
  life.closing("control socket", () => control?.close());
  const storage = await openStorage(options, () => life.fail("the store has failed"));
  life.closing("storage", () => storage[Symbol.asyncDispose]());
  const contexts = await TlsContexts.open({ world, log, hosts, files, directory });
  life.closing("certificates", () => contexts.close());
  const { core, accounts, credentials } = assemble(options, storage, life.version);
  await core.start();
  life.closing("messages", () => core.settle());
  const deadlines = new Deadlines(world);
  life.closing("deadlines", () => deadlines.close());
  const streams = clientStreams(options, storage, core, accounts, credentials, deadlines);
  await streams.restore();
  life.closing("sessions", () => streams.shutDown());
  const registry = commandRegistry(core, accounts, life, storage, world);
  control = await openControlSocket({ registry, log, directory, world });
  const listeners = new Listeners({
    world,
    log,
    contexts,
    handshakeTimeout: configuration.limits.before_login.tls_timeout,
    limits: new Admission(world, log, connectionLimits(configuration.limits)),
    accept: (connection) => streams.accept(connection),
  });
  life.closing("listeners", () => listeners.close());
  return listeners.open(configuration.listeners);
}

function commandRegistry(
  core: Core,
  accounts: StoredAccounts,
  server: ServerControl,
  storage: Storage,
  world: World,
): CommandRegistry {
  const { sessions, outcomes, loader } = core;
  const registry = new CommandRegistry();
  registry.add(
    ...accountCommands({ accounts, server }),
    ...backupCommands({ storage, now: () => world.now() }),
    ...sessionCommands({ sessions }),
    ...serverCommands({ server, accounts, sessions, outcomes, monotonic: () => world.monotonic() }),
    ...loader.commands,
  );
  return registry;
}

function assemble(
  { configuration, world, log }: StartOptions,
  storage: Storage,
  version: string,
): { core: Core; accounts: StoredAccounts; credentials: CredentialStore } {
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
    hosts: new Set(configuration.hosts),
    onRemove: (account) => core.removeAccount(account),
  });
  const core: Core = new Core({
    world,
    log,
    storage,
    hosts: configuration.hosts,
    accounts,
    extensions: extensions.filter((extension) => configuration.extensions.has(extension.name)),
    extensionOptions: configuration.extensions,
    resourcesPerAccount: configuration.limits.client.resources,
    pendingPerAccount: configuration.extensions.has(offline.name)
      ? configuration.limits.client.pending_messages
      : 0,
    version,
  });
  return { core, accounts, credentials };
}

function clientStreams(
  { configuration, world, log }: StartOptions,
  storage: Storage,
  core: Core,
  accounts: StoredAccounts,
  credentials: CredentialStore,
  deadlines: Deadlines,
): ClientStreams {
  const authentication = new SaslAuthentication({
    world,
    accounts,
    credentials,
    broken: (error) => log.error("logins fail", { error }),
  });
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
    accounts,
    records: new SessionRecords(storage, world, log),
    resumable: new ResumableSessions(),
    insecureLoopback: configuration.allowUnencryptedLoopback,
    workspaces: new Workspaces(),
  });
}

function connectionLimits(limits: Limits): ConnectionLimits {
  return {
    ...DEFAULT_LIMITS,
    unauthenticatedPerAddress: limits.before_login.connections_per_address,
    perAddress: limits.connections_per_address,
    ratePerAddress: limits.new_connections_per_second,
    burstPerAddress: limits.new_connections_at_once,
    unauthenticated: limits.waiting_connections,
  };
}

function streamLimits({ before_login: before, client }: Limits): ClientStreamLimits {
  const phase = (limits: typeof before | typeof client): PhaseLimits => ({
    xml: xmlLimits(limits),
    rate: { bytesPerSecond: limits.rate, burst: limits.burst },
    outputBytes: limits.output,
  });
  return {
    beforeLogin: phase(before),
    session: phase(client),
    secureWithin: before.tls_timeout,
    authenticateWithin: before.login_timeout,
    registerWithin: before.form_timeout,
    stanzaWithin: client.stanza_timeout,
    silence: client.silence_timeout,
    answerWithin: client.answer_timeout,
    resumeWithin: client.resume_timeout,
    unacknowledged: { stanzas: client.unacknowledged, bytes: client.unacknowledged_bytes },
    saslFailures: before.login_attempts,
  };
}
