import assert from "node:assert/strict";
import { test } from "node:test";
import { Metrics } from "./metrics.ts";

test("figures are written as Prometheus reads them", () => {
  const metrics = new Metrics();
  metrics.gauge("sessions", 'Sessions, "now".\nAll.', () => 3);
  metrics.total("stanzas_total", "Stanzas.", () => 7);
  const logins = metrics.counter("logins_total", "Logins.", "result", ["done", "failed"]);
  logins.count("done");
  logins.count("done");
  const latency = metrics.histogram("commit_seconds", "Commits.", [0.5, 1]);
  for (const seconds of [0.25, 0.5, 0.75, 2]) latency.observe(seconds);
  metrics.add({ name: "build_info", type: "gauge", help: "Version.", labels: { version: "it" } }, () => [
    { labels: { version: '1"\\\n' }, value: 1 },
  ]);
  assert.equal(
    metrics.text(),
    `# HELP sessions Sessions, "now".\\nAll.
# TYPE sessions gauge
sessions 3
# HELP stanzas_total Stanzas.
# TYPE stanzas_total counter
stanzas_total 7
# HELP logins_total Logins.
# TYPE logins_total counter
logins_total{result="done"} 2
logins_total{result="failed"} 0
# HELP commit_seconds Commits.
# TYPE commit_seconds histogram
commit_seconds_bucket{le="0.5"} 2
commit_seconds_bucket{le="1"} 3
commit_seconds_bucket{le="+Inf"} 4
commit_seconds_sum 3.5
commit_seconds_count 4
# HELP build_info Version.
# TYPE build_info gauge
build_info{version="1\\"\\\\\\n"} 1
`,
  );
});

test("values that nobody declared are one", () => {
  const metrics = new Metrics();
  const counter = metrics.counter("requests_total", "Requests.", "route", ["/api/"]);
  for (let n = 0; n < 1000; n++) counter.count(`/stranger/${n}`);
  assert.deepEqual(
    [...counter.counts()],
    [
      ["/api/", 0],
      ["other", 1000],
    ],
  );
});

test("names are as the conventions have them, and each there once", () => {
  const metrics = new Metrics();
  metrics.gauge("sessions", "", () => 0);
  for (const name of ["sessions", "Sessions", "sessions-now", "sessions_total"])
    assert.throws(() => metrics.gauge(name, "", () => 0), name);
  assert.throws(() => metrics.total("stanzas", "", () => 0));
});
