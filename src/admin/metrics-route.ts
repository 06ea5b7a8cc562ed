import { isLoopback } from "../base/address-block.ts";
import type { Metrics } from "../base/metrics.ts";
import type { Person } from "../kernel/access.ts";
import type { HttpRoute } from "../kernel/http.ts";
import { notFound } from "./http-answers.ts";

/** The figures for Prometheus; for who may not have them there is nothing. */
export function metricsRoute(metrics: Pick<Metrics, "text">, allowed: (who: Person) => boolean): HttpRoute {
  return {
    path: "/metrics",
    methods: ["GET"],
    largestBody: 0,
    handle({ address, local }) {
      // What a proxy on this machine brings comes from anywhere.
      const known = local || !isLoopback(address) ? address : undefined;
      if (!allowed({ account: undefined, address: known })) return notFound();
      const headers = { "Content-Type": "text/plain; version=0.0.4; charset=utf-8" };
      return { status: 200, headers, body: metrics.text() };
    },
  };
}
