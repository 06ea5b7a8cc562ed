import { type Counter, type Histogram, type MetricDescription, Metrics } from "../base/metrics.ts";
import type { Cancel, World } from "../base/world.ts";
import type { Outcomes } from "../kernel/outcomes.ts";
import { type MeasuredStorage, TIMED_COMMITS } from "./measuring.ts";

/** Milliseconds between two looks at how late the event loop is. */
const LOOP_LOOK = 500;

const COMMIT_BOUNDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const LOOP_BOUNDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** RFC 6120 §6.5, and the end of those that it is none of. */
const LOGIN_RESULTS = [
  "done",
  "aborted",
  "account-disabled",
  "credentials-expired",
  "encryption-required",
  "incorrect-encoding",
  "invalid-authzid",
  "invalid-mechanism",
  "malformed-request",
  "mechanism-too-weak",
  "not-authorized",
  "temporary-auth-failure",
];

const REFUSALS = ["conflict", "full", "read-only", "closed", "failed"];

interface Connections {
  readonly open: number;
  readonly unauthenticated: number;
}

export interface MetricSources {
  readonly version: string;
  readonly sessions: { readonly size: number };
  readonly outcomes: Pick<Outcomes, "stanzasIn" | "stanzasEnded" | "byKind">;
  readonly storage: Pick<MeasuredStorage, "commits" | "waiting" | "measure">;
  /** Passwords that wait to be checked. */
  readonly passwords: { readonly waiting: number };
  readonly connections: { readonly xmpp: Connections; readonly http: Connections };
  readonly process: Pick<NodeJS.Process, "cpuUsage" | "memoryUsage">;
  /** `World.now` at the start. */
  readonly started: number;
}

/** What is counted where it happens. */
export interface MetricSinks {
  readonly logins: Counter;
  readonly handshakes: Counter;
  readonly requests: Counter;
  /** Seconds. */
  readonly loopDelay: Histogram;
}

/** Declares every figure of the server. */
export function declareMetrics(metrics: Metrics, sources: MetricSources): MetricSinks {
  declareProcess(metrics, sources);
  const loopDelay = metrics.histogram(
    "tercet_event_loop_delay_seconds",
    "How late the event loop came to a timer, looked at twice a second.",
    LOOP_BOUNDS,
  );
  declareConnections(metrics, sources);
  const handshakes = metrics.counter(
    "tercet_tls_handshakes_total",
    "TLS handshakes of clients by how they ended.",
    "result",
    ["done", "failed"],
  );
  const logins = metrics.counter(
    "tercet_logins_total",
    "Logins by what they came to: done, or the condition of the failure.",
    "result",
    LOGIN_RESULTS,
  );
  metrics.gauge(
    "tercet_password_checks_waiting",
    "Passwords that wait to be checked.",
    () => sources.passwords.waiting,
  );
  declareStanzas(metrics, sources);
  declareStore(metrics, sources);
  const requests = metrics.counter(
    "tercet_http_requests_total",
    "HTTP requests by the path of the route that answered.",
    "route",
    ["other"],
  );
  return { logins, handshakes, requests, loopDelay };
}

function declareProcess(metrics: Metrics, { process, version, started }: MetricSources): void {
  const build = { name: "tercet_build_info", type: "gauge", help: "1; its label says the version." } as const;
  metrics.add({ ...build, labels: { version: "the version" } }, () => [{ labels: { version }, value: 1 }]);
  metrics.total("process_cpu_seconds_total", "CPU time of all threads.", () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  metrics.gauge(
    "process_start_time_seconds",
    "When the server started, seconds since 1970.",
    () => started / 1000,
  );
  metrics.gauge("process_resident_memory_bytes", "Memory of the process.", () => process.memoryUsage().rss);
  metrics.gauge(
    "tercet_heap_used_bytes",
    "Memory in use on the JavaScript heap.",
    () => process.memoryUsage().heapUsed,
  );
  metrics.gauge(
    "tercet_heap_size_bytes",
    "Size of the JavaScript heap.",
    () => process.memoryUsage().heapTotal,
  );
  metrics.gauge(
    "tercet_external_bytes",
    "Memory of buffers outside the heap.",
    () => process.memoryUsage().external,
  );
}

function declareConnections(metrics: Metrics, { sessions, connections }: MetricSources): void {
  metrics.gauge("tercet_sessions", "Sessions: resources that are bound.", () => sessions.size);
  for (const [name, help, of] of [
    ["tercet_connections", "Open connections by what is spoken on them.", "open"],
    [
      "tercet_connections_unauthenticated",
      "Those among them that nobody has logged in on.",
      "unauthenticated",
    ],
  ] as const) {
    metrics.add({ name, help, type: "gauge", labels: { protocol: "xmpp, http" } }, () => [
      { labels: { protocol: "xmpp" }, value: connections.xmpp[of] },
      { labels: { protocol: "http" }, value: connections.http[of] },
    ]);
  }
}

function declareStanzas(metrics: Metrics, { outcomes }: MetricSources): void {
  metrics.total("tercet_stanzas_received_total", "Stanzas that sessions sent.", () => outcomes.stanzasIn);
  const name = "tercet_stanzas_total";
  const help = "Stanzas by their kind and by what became of them: each has one outcome.";
  const labels = { kind: "message, presence, iq", outcome: "as `tercetctl outcomes` names them" };
  metrics.add({ name, help, type: "counter", labels }, () =>
    outcomes.byKind().map(({ kind, outcome, count }) => ({ labels: { kind, outcome }, value: count })),
  );
  metrics.gauge(
    "tercet_stanzas_in_progress",
    "Stanzas whose outcome is still open.",
    () => outcomes.stanzasIn - outcomes.stanzasEnded,
  );
}

function declareStore(metrics: Metrics, { storage }: MetricSources): void {
  metrics.total(
    "tercet_store_commits_total",
    "Batches of changes that were given to the store.",
    () => storage.commits,
  );
  metrics.gauge("tercet_store_commits_waiting", "Batches that are not durable yet.", () => storage.waiting);
  storage.measure(
    metrics.histogram(
      "tercet_store_commit_seconds",
      `Time until a batch was durable; one of ${TIMED_COMMITS} is timed.`,
      COMMIT_BOUNDS,
    ),
    metrics.counter(
      "tercet_store_refusals_total",
      "Batches that the store refused, by fault.",
      "fault",
      REFUSALS,
    ),
  );
}

/** Looks at the event loop until it is cancelled. */
export function watchLoop(world: Pick<World, "monotonic" | "every">, delay: Histogram): Cancel {
  let due = world.monotonic() + LOOP_LOOK;
  return world.every(LOOP_LOOK, () => {
    const now = world.monotonic();
    delay.observe(Math.max(0, now - due) / 1000);
    due = now + LOOP_LOOK;
  });
}

/** Every figure that a server has, to be read about. */
export function declaredMetrics(): readonly MetricDescription[] {
  const metrics = new Metrics();
  // Nothing is looked up before somebody asks for the text.
  declareMetrics(metrics, { storage: { measure() {} } } as unknown as MetricSources);
  return metrics.all();
}
