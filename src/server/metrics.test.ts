import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { memoryStorage } from "../../test/support/memory-store.ts";
import { SteppedWorld } from "../../test/support/stepped-world.ts";
import { Metrics } from "../base/metrics.ts";
import type { Authentication, SaslStep } from "../kernel/authentication.ts";
import { Outcomes } from "../kernel/outcomes.ts";
import { Jid } from "../xmpp/jid.ts";
import { MeasuredAuthentication, MeasuredStorage, TIMED_COMMITS } from "./measuring.ts";
import { declaredMetrics, declareMetrics, type MetricSinks, watchLoop } from "./metrics.ts";

function declared(world: SteppedWorld): {
  metrics: Metrics;
  sinks: MetricSinks;
  storage: MeasuredStorage;
  outcomes: Outcomes;
} {
  const metrics = new Metrics();
  const outcomes = new Outcomes();
  const storage = new MeasuredStorage(memoryStorage(), world);
  const none = { open: 0, unauthenticated: 0 };
  const sinks = declareMetrics(metrics, {
    version: "0.1.0",
    sessions: { size: 2 },
    outcomes,
    storage,
    passwords: { waiting: 1 },
    connections: { xmpp: { open: 5, unauthenticated: 3 }, http: none },
    process: { cpuUsage: () => ({ user: 1e6, system: 5e5 }), memoryUsage: process.memoryUsage },
    started: 1000,
  });
  return { metrics, sinks, storage, outcomes };
}

const has = (text: string, line: string): void =>
  assert.ok(text.split("\n").includes(line), `${line}\n${text}`);

test("what happens is in the figures", async () => {
  const world = new SteppedWorld();
  const { metrics, sinks, storage, outcomes } = declared(world);
  for (const kind of ["message", "message", "iq"] as const) {
    outcomes.enter();
    outcomes.end("delivered", kind);
  }
  outcomes.enter();
  const store = storage.document<string>("notes");
  const alice = Jid.parse("alice@h.test")!;
  for (let count = 0; count < TIMED_COMMITS + 1; count++) await storage.commit([store.set(alice, "x")]);
  await assert.rejects(storage.commit([store.create(alice, "y")]));
  sinks.handshakes.count("failed");
  const text = metrics.text();
  for (const line of [
    'tercet_build_info{version="0.1.0"} 1',
    "process_cpu_seconds_total 1.5",
    "process_start_time_seconds 1",
    "tercet_sessions 2",
    'tercet_connections{protocol="xmpp"} 5',
    'tercet_connections_unauthenticated{protocol="xmpp"} 3',
    'tercet_stanzas_total{kind="message",outcome="delivered"} 2',
    'tercet_stanzas_total{kind="iq",outcome="delivered"} 1',
    "tercet_stanzas_received_total 4",
    "tercet_stanzas_in_progress 1",
    `tercet_store_commits_total ${TIMED_COMMITS + 2}`,
    "tercet_store_commits_waiting 0",
    "tercet_store_commit_seconds_count 2",
    'tercet_store_refusals_total{fault="conflict"} 1',
    "tercet_password_checks_waiting 1",
    'tercet_tls_handshakes_total{result="failed"} 1',
  ]) {
    has(text, line);
  }
});

test("logins are counted by their end, at once or later", async () => {
  const { metrics, sinks } = declared(new SteppedWorld());
  const account = Jid.parse("alice@h.test")!;
  const steps: (SaslStep | Promise<SaslStep>)[] = [
    { kind: "challenge", data: "" },
    Promise.resolve({ kind: "success", account, mechanism: "PLAIN", data: undefined }),
    { kind: "failure", condition: "not-authorized" },
  ];
  const next = (): SaslStep | Promise<SaslStep> => steps.shift()!;
  const inner = { begin: () => ({ exchange: { step: next }, step: next() }) } as unknown as Authentication;
  const measured = new MeasuredAuthentication(inner, sinks.logins);
  const channel = { host: "h.test", tls: undefined, remoteAddress: "::1", insecureAllowed: true };
  const { exchange } = measured.begin(channel, "PLAIN", undefined);
  await exchange.step("");
  measured.begin(channel, "PLAIN", undefined);
  has(metrics.text(), 'tercet_logins_total{result="done"} 1');
  has(metrics.text(), 'tercet_logins_total{result="not-authorized"} 1');
});

test("the delay of the event loop is how late a timer came", () => {
  let now = 0;
  let look = (): void => {};
  const { metrics, sinks } = declared(new SteppedWorld());
  const stop = watchLoop(
    {
      monotonic: () => now,
      every: (_, action) => {
        look = action;
        return () => {};
      },
    },
    sinks.loopDelay,
  );
  now = 500;
  look();
  now = 1300;
  look();
  stop();
  has(metrics.text(), 'tercet_event_loop_delay_seconds_bucket{le="0.25"} 1');
  has(metrics.text(), 'tercet_event_loop_delay_seconds_bucket{le="0.5"} 2');
});

test("the dashboard shows figures that there are, and all but few of them", () => {
  const names = new Set(declaredMetrics().map(({ name }) => name));
  const dashboard = readFileSync(new URL("../../examples/grafana-dashboard.json", import.meta.url), "utf8");
  const shown = new Set(
    Array.from(dashboard.matchAll(/\b(?:tercet|process)_\w+/g), ([name]) => name.replace(/_bucket$/, "")),
  );
  for (const name of shown) assert.ok(names.has(name), name);
  assert.deepEqual(
    [...names].filter((name) => !shown.has(name)),
    ["tercet_stanzas_received_total"],
  );
});
