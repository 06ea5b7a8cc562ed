import { type ControlSocket, openControlSocket } from "../admin/control-socket.ts";
import { Deadlines } from "../base/deadlines.ts";
import { LogTail } from "../base/log-tail.ts";
import { Metrics } from "../base/metrics.ts";
import { CommandCalls, commandCalls } from "../kernel/command-calls.ts";
import type { ConfigurationControl } from "../kernel/configuration-control.ts";
import { Admission } from "../net/admission.ts";
import { TlsContexts } from "../net/tls-contexts.ts";
import type { ClientStreams } from "../streams/client/client-streams.ts";
import {
  type Assembled,
  assemble,
  clientStreams,
  commandRegistry,
  logins,
  type StartOptions,
  type TailedOptions,
} from "./assembly.ts";
import { connectionLimits } from "./connection-limits.ts";
import { CurrentConfiguration } from "./current-configuration.ts";
import { type ClientSide, type Ending, Life } from "./life.ts";
import { Listeners, type OpenListener } from "./listeners.ts";
import { MeasuredAuthentication, MeasuredStorage } from "./measuring.ts";
import { declareMetrics, type MetricSinks, type MetricSources, watchLoop } from "./metrics.ts";
import { openStorage } from "./open-storage.ts";
import { Reload } from "./reload.ts";
import { reloadable } from "./reloadable.ts";
import { readVersion } from "./version.ts";
import { Web } from "./web.ts";

/** A server that is ready. */
export interface RunningServer {
  readonly version: string;
  readonly hosts: readonly string[];
  readonly dataDirectory: string;
  /** As they are now. */
  readonly listeners: readonly OpenListener[];
  readonly configuration: ConfigurationControl;
  /** Where the first administrator is made, once and for 15 minutes; undefined when there is one, or nothing is served over HTTP. */
  readonly firstLogin: string | undefined;
  /** Builds the pages of the web admin if they are not built, so that nobody has to wait for them. */
  preparePages(): void;
  /** Ends sessions with `system-shutdown`, writes what is to be written, closes everything. May be called again. `reason` is for the log. */
  stop(reason?: string): Promise<void>;
  /** Resolves when the server has ended, whoever asked for it. */
  readonly stopped: Promise<Ending>;
}

/**
 * Starts a server; resolves when it takes connections.
 * @throws ListenError, CertificateError, DataDirectoryError with a sentence for the administrator; nothing stays open then
 */
export async function startServer(start: StartOptions): Promise<RunningServer> {
  const { configuration, world, logThreshold } = start;
  const tail = new LogTail(world);
  const log = tail.around(start.log, logThreshold);
  const options = { ...start, log, tail };
  const current = new CurrentConfiguration(configuration);
  const { hosts } = current;
  const life = new Life(hosts, readVersion(), world, log);
  try {
    const { listeners, clients, reload, assembled } = await open(options, current, life);
    const { administrators, pages } = assembled;
    pages.at(() => listeners.ports);
    life.closing("web admin", () => pages.close());
    const firstLogin = administrators.none() ? pages.firstLogin() : undefined;
    life.ready(clients);
    const { version, stopped } = life;
    return {
      version,
      get hosts() {
        return hosts.list;
      },
      get listeners() {
        return listeners.ports;
      },
      configuration: reload,
      dataDirectory: configuration.data,
      firstLogin,
      stopped,
      preparePages: () => pages.prepare(),
      stop: (reason = "asked for") => life.close(reason),
    };
  } catch (error) {
    await life.close("the start failed");
    throw error;
  }
}

interface Opened {
  readonly listeners: Listeners;
  readonly clients: ClientSide;
  readonly reload: Reload;
  readonly assembled: Assembled;
}

async function open(options: TailedOptions, current: CurrentConfiguration, life: Life): Promise<Opened> {
  const { configuration, world, log } = options;
  const { hosts, data: directory, certificates: files } = configuration;
  let control: ControlSocket | undefined;
  // Closed last: whoever asked for the stop waits on it for the end.
  life.closing("control socket", () => control?.close());
  const unmeasured = await openStorage(options, () => life.fail("the store has failed"));
  const storage = new MeasuredStorage(unmeasured, world);
  life.closing("storage", () => storage[Symbol.asyncDispose]());
  const contexts = await TlsContexts.open({ world, log, hosts, files, directory });
  life.closing("certificates", () => contexts.close());
  const assembled = assemble(options, current, storage, life.version);
  const { core, administrators, rights, tokens } = assembled;
  await Promise.all([administrators.load(hosts), tokens.load(hosts)]);
  await core.start();
  life.closing("messages", () => core.settle());
  const deadlines = new Deadlines(world);
  life.closing("deadlines", () => deadlines.close());
  const web = new Web(current, { world, log, deadlines, rights });
  const admission = new Admission(world, log, connectionLimits(configuration.limits));
  const connections = { xmpp: admission, http: web.limits };
  const metrics = new Metrics();
  const sinks = measure(metrics, life, assembled, { storage, connections, started: world.now() });
  life.closing("figures", watchLoop(world, sinks.loopDelay));
  const authentication = new MeasuredAuthentication(logins(options, assembled), sinks.logins);
  const streams = clientStreams(options, current, assembled, storage, authentication, deadlines);
  await streams.restore();
  life.closing("sessions", () => streams.shutDown());
  const listeners = new Listeners(
    {
      world,
      log,
      contexts,
      limits: admission,
      handshake: (done) => sinks.handshakes.count(done ? "done" : "failed"),
      accept: (connection, settings) => streams.accept(connection, settings),
    },
    web,
    configuration.limits.before_login.tls_timeout,
  );
  const parts = { ...options, ...assembled, current, admission, contexts, listeners, streams };
  const opened = Promise.withResolvers<void>();
  const reload = new Reload(configuration, reloadable(parts), log, opened.promise);
  const registry = commandRegistry(assembled, storage, life, reload, options);
  const calls = new CommandCalls({ registry, rights, log, world });
  core.loader.services.provide(commandCalls, calls);
  control = await openControlSocket({ calls, directory, world });
  life.closing("HTTP", () => web.close());
  const served = { configuration: reload, server: life, storage, calls, authentication, metrics };
  web.serve({ ...assembled, ...sinks, ...served });
  life.closing("listeners", () => listeners.close());
  await listeners.open(configuration.listeners);
  opened.resolve();
  return { listeners, clients: clientSide(listeners, streams, current), reload, assembled };
}

function clientSide(listeners: Listeners, streams: ClientStreams, current: CurrentConfiguration): ClientSide {
  return {
    accept: () => listeners.openForClients(current.value.listeners),
    refuse: () => listeners.closeForClients(),
    end: () => streams.shutDown(),
  };
}

function measure(
  metrics: Metrics,
  { version }: Life,
  { core, credentials }: Assembled,
  parts: Pick<MetricSources, "storage" | "connections" | "started">,
): MetricSinks {
  const { sessions, outcomes } = core;
  const passwords = credentials.tools.derivation;
  return declareMetrics(metrics, { ...parts, version, sessions, outcomes, passwords, process });
}
