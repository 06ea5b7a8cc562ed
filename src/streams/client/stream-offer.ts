import type { Connection } from "../../kernel/connection.ts";
import { type FeatureOffer, streamFeatures } from "../../kernel/points.ts";
import { type Element, element } from "../../xml/element.ts";
import { BIND, TLS } from "../../xmpp/namespaces.ts";
import { SaslNegotiation } from "./sasl-negotiation.ts";
import type { ClientStreamParts } from "./stream-parts.ts";

/** Logging in as far as this connection allows it: inside TLS, or where everything is allowed on loopback. */
export function loginOn(
  connection: Connection,
  host: string,
  parts: ClientStreamParts,
): SaslNegotiation | undefined {
  const { loopback, remoteAddress, tls } = connection;
  const insecureAllowed = parts.insecureLoopback && loopback;
  if (tls === undefined && !insecureAllowed) return undefined;
  const channel = { host, tls, remoteAddress, insecureAllowed };
  return new SaslNegotiation(parts.authentication, channel, parts.limits.saslFailures);
}

/** The stream features of a phase (RFC 6120 §4.3.2). `sasl` is there when logging in is possible here. */
export function streamOffer(
  connection: Connection,
  host: string,
  phase: FeatureOffer["phase"],
  sasl: SaslNegotiation | undefined,
  parts: ClientStreamParts,
): readonly Element[] {
  if (phase === "before-login" && sasl === undefined) {
    // RFC 6120 §5.3.1: the only feature until TLS is there.
    return [element("starttls", TLS, {}, element("required", TLS))];
  }
  const list: Element[] = [];
  if (sasl !== undefined) {
    if (connection.tls === undefined) list.push(element("starttls", TLS));
    list.push(...sasl.features());
  } else {
    list.push(element("bind", BIND));
  }
  const offer: FeatureOffer = { host, phase, remoteAddress: connection.remoteAddress, features: list };
  void parts.hooks.run(streamFeatures, offer, parts.onCrash);
  return list;
}
