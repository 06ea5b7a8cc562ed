import type { Connection } from "../../kernel/connection.ts";
import { type FeatureOffer, streamFeatures } from "../../kernel/points.ts";
import { type Element, element } from "../../xml/element.ts";
import { BIND, TLS } from "../../xmpp/namespaces.ts";
import { managementFeature } from "./management-elements.ts";
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

/** The stream features before login (RFC 6120 §4.3.2). `sasl` is there when logging in is possible here. */
export function offerBeforeLogin(
  connection: Connection,
  host: string,
  sasl: SaslNegotiation | undefined,
  parts: ClientStreamParts,
): readonly Element[] {
  // RFC 6120 §5.3.1: the only feature until TLS is there.
  if (sasl === undefined) return [element("starttls", TLS, {}, element("required", TLS))];
  const starttls = connection.tls === undefined ? [element("starttls", TLS)] : [];
  const features = [...starttls, ...sasl.features()];
  return withHooks({ host, phase: "before-login", remoteAddress: connection.remoteAddress, features }, parts);
}

/** The stream features after login. */
export function offerAfterLogin(
  { remoteAddress }: Connection,
  host: string,
  parts: ClientStreamParts,
): readonly Element[] {
  const features = [element("bind", BIND), managementFeature];
  return withHooks({ host, phase: "after-login", remoteAddress, features }, parts);
}

function withHooks(offer: FeatureOffer, { hooks, onCrash }: ClientStreamParts): readonly Element[] {
  void hooks.run(streamFeatures, offer, onCrash);
  return offer.features;
}
