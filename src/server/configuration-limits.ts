import { duration, effective, integer, type Option, section, size } from "../kernel/options.ts";
import { DEFAULT_LIMITS } from "../net/admission.ts";
import { beforeLogin, clientSession, type XmlLimits } from "../xml/limits.ts";
import type { BeforeLoginLimits, ClientLimits, Limits, XmlLimitOptions } from "./configuration-values.ts";

export type Declared<V> = { readonly [N in keyof V]: Option<V[N]> };

const xmlMembers = (limits: XmlLimits): Declared<XmlLimitOptions> => ({
  bytes: size({
    default: limits.bytes,
    min: 1024,
    max: 64 * 1024 * 1024,
    doc: "Size of one top-level element: a stanza, or the head of a stream.",
  }),
  elements: integer({
    default: limits.elements,
    min: 8,
    doc: "Elements in one top-level element, itself included.",
  }),
  depth: integer({
    default: limits.depth,
    min: 4,
    max: 1000,
    doc: "How deep elements nest; the top-level one is 1.",
  }),
  attributes: integer({ default: limits.attributes, min: 8, max: 1024, doc: "Attributes of one element." }),
  namespaces: integer({
    default: limits.namespaces,
    min: 8,
    max: 4096,
    doc: "Namespace declarations in one top-level element.",
  }),
  name_bytes: size({
    default: limits.nameBytes,
    min: 64,
    doc: "Size of one name of an element or attribute.",
  }),
  value_bytes: size({ default: limits.valueBytes, min: 1024, doc: "Size of one attribute's value." }),
});

const beforeLoginMembers: Declared<BeforeLoginLimits> = effective("new-sessions", {
  ...xmlMembers(beforeLogin),
  rate: size({ default: 4000, min: 500, doc: "Bytes a second that are read; above it reading waits." }),
  burst: size({ default: 16_384, min: 1024, doc: "Bytes that are read at once before the rate holds." }),
  output: size({
    default: 64 * 1024,
    min: 4096,
    doc: "Bytes that wait for a client which does not read; above it the stream ends.",
  }),
  tls_timeout: duration({
    default: 15_000,
    min: 1000,
    doc: "Time from connecting to the end of the TLS handshake.",
  }),
  login_timeout: duration({
    default: 30_000,
    min: 1000,
    doc: "Time from the end of the TLS handshake to the end of the login.",
  }),
  form_timeout: duration({
    default: 300_000,
    min: 1000,
    doc: "Time for filling in the form for a new account, in place of `login_timeout` once a client has asked for the form.",
  }),
  login_attempts: integer({ default: 3, min: 1, doc: "Failed logins on one stream before it ends." }),
  connections_per_address: integer({
    default: 20,
    effect: "now",
    min: 1,
    doc: "Connections from one IP address that have not logged in; more are closed at once.",
  }),
});

const clientMembers: Declared<ClientLimits> = effective("new-sessions", {
  ...xmlMembers(clientSession),
  rate: size({ default: 20_000, min: 500, doc: "Bytes a second that are read; above it reading waits." }),
  burst: size({
    default: 64 * 1024,
    min: 1024,
    doc: "Bytes that are read at once before the rate holds.",
  }),
  output: size({
    default: 4 * 1024 * 1024,
    min: 64 * 1024,
    doc: "Bytes that wait for a client which does not read; above it the stream ends.",
  }),
  stanza_timeout: duration({
    default: 60_000,
    min: 1000,
    doc: "Time from the first to the last byte of one stanza.",
  }),
  silence_timeout: duration({
    default: 240_000,
    min: 1000,
    doc: "Silence after which a client is asked whether it is still there.",
  }),
  answer_timeout: duration({
    default: 60_000,
    min: 1000,
    doc: "Time for any answer of a client that was asked something; without one its connection is taken for dead.",
  }),
  resume_timeout: duration({
    default: 300_000,
    min: 1000,
    doc: "Time that a session whose connection is lost waits for its client to resume it (XEP-0198); clients may ask for less.",
  }),
  unacknowledged: integer({
    default: 1000,
    min: 10,
    doc: "Stanzas that wait for a client's acknowledgement (XEP-0198); above it the session ends.",
  }),
  unacknowledged_bytes: size({
    default: 4 * 1024 * 1024,
    min: 64 * 1024,
    doc: "Size of what waits for a client's acknowledgement; above it the session ends.",
  }),
  resources: integer({
    default: 10,
    min: 1,
    doc: "Sessions that one account may have at the same time, those that wait to be resumed included; the one that has waited longest makes room for a new one.",
  }),
  pending_messages: integer({
    default: 1000,
    effect: "now",
    min: 1,
    doc: "Messages that wait for an account which is offline; above it the sender gets an error.",
  }),
});

/** The options of the section `limits`. */
export const limitMembers: Declared<Limits> = effective("now", {
  before_login: section(beforeLoginMembers, { doc: "What a client may do before it has logged in." }),
  client: section(clientMembers, { doc: "What a client may do once it has logged in." }),
  connections_per_address: integer({
    default: 500,
    min: 1,
    doc: "Connections from one IP address in all; more are closed at once.",
  }),
  new_connections_per_second: integer({
    default: DEFAULT_LIMITS.ratePerAddress,
    min: 1,
    doc: "New connections from one IP address in a second; more are closed at once.",
  }),
  new_connections_at_once: integer({
    default: DEFAULT_LIMITS.burstPerAddress,
    min: 1,
    doc: "New connections from one IP address that are taken after a quiet time before the rate holds.",
  }),
  waiting_connections: integer({
    default: DEFAULT_LIMITS.unauthenticated,
    min: 1,
    doc: "Connections that have not logged in, of all addresses together; more are closed at once.",
  }),
});
