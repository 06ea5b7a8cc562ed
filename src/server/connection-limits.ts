import { type ConnectionLimits, DEFAULT_LIMITS } from "../net/admission.ts";
import type { ClientStreamLimits, PhaseLimits } from "../streams/client/stream-parts.ts";
import { type Limits, xmlLimits } from "./configuration-values.ts";

/** What the configuration says of connections, as listeners take it. */
export function connectionLimits(limits: Limits): ConnectionLimits {
  return {
    ...DEFAULT_LIMITS,
    unauthenticatedPerAddress: limits.before_login.connections_per_address,
    perAddress: limits.connections_per_address,
    ratePerAddress: limits.new_connections_per_second,
    burstPerAddress: limits.new_connections_at_once,
    unauthenticated: limits.waiting_connections,
  };
}

/** The same as streams take it. */
export function streamLimits({ before_login: before, client }: Limits): ClientStreamLimits {
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
