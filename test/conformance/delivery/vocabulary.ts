/** Whom a stanza addresses. The sender is `romeo@h.test/self`, connected and not available. */
export type Addressee =
  | "no to"
  | "own bare"
  | "own full"
  | "other bare"
  | "other full"
  | "absent full"
  | "missing bare"
  | "missing full"
  | "host"
  | "host resource"
  | "subdomain"
  | "foreign"
  | "malformed";

export const addressees: Readonly<
  Record<Addressee, { readonly address: string | undefined; readonly says: string }>
> = {
  "no to": { address: undefined, says: "without `to`" },
  "own bare": { address: "romeo@h.test", says: "the sender's bare JID" },
  "own full": { address: "romeo@h.test/self", says: "the sender's full JID" },
  "other bare": { address: "juliet@h.test", says: "another account's bare JID" },
  "other full": { address: "juliet@h.test/a", says: "a full JID that is connected" },
  "absent full": { address: "juliet@h.test/nowhere", says: "a full JID that is not connected" },
  "missing bare": { address: "nobody@h.test", says: "a bare JID without an account" },
  "missing full": { address: "nobody@h.test/a", says: "a full JID without an account" },
  host: { address: "h.test", says: "the host" },
  "host resource": { address: "h.test/a", says: "the host with a resourcepart" },
  subdomain: { address: "a@rooms.h.test/b", says: "a subdomain that nobody serves" },
  foreign: { address: "a@elsewhere.test", says: "a foreign domain" },
  malformed: { address: "@h.test", says: "no address at all" },
};

export type Situation = "none" | "one" | "equal" | "different" | "negative" | "connected";

/** The resources of the account that is addressed with their priorities; `null` for one that is connected and not available. */
export const situations: Readonly<
  Record<Situation, { readonly resources: Readonly<Record<string, number | null>>; readonly says: string }>
> = {
  none: { resources: {}, says: "no resource" },
  one: { resources: { a: 0 }, says: "a 0" },
  equal: { resources: { a: 5, b: 5 }, says: "a 5, b 5" },
  different: { resources: { a: 5, b: 1, c: -1 }, says: "a 5, b 1, c −1" },
  negative: { resources: { a: -1, b: -2 }, says: "a −1, b −2" },
  connected: { resources: { a: null }, says: "a not available" },
};

const error = "<error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
const body = "<body>Wherefore?</body>";
const query = "<query xmlns='urn:test:nothing'/>";

export type StanzaName =
  | `message ${"(no type)" | "normal" | "of unknown type" | "chat" | "groupchat" | "headline" | "error"}`
  | `presence ${"(available)" | "unavailable" | "subscribe" | "subscribed" | "unsubscribe" | "unsubscribed"}`
  | `presence ${"probe" | "error" | "of unknown type"}`
  | `iq ${"get" | "set" | "result" | "error"}`;

/** Kind and type, and what is inside. */
export const stanzas: Readonly<
  Record<StanzaName, { readonly kind: string; readonly type: string | undefined; readonly content: string }>
> = {
  "message (no type)": { kind: "message", type: undefined, content: body },
  "message normal": { kind: "message", type: "normal", content: body },
  "message of unknown type": { kind: "message", type: "sonnet", content: body },
  "message chat": { kind: "message", type: "chat", content: body },
  "message groupchat": { kind: "message", type: "groupchat", content: body },
  "message headline": { kind: "message", type: "headline", content: body },
  "message error": { kind: "message", type: "error", content: body + error },
  "presence (available)": { kind: "presence", type: undefined, content: "" },
  "presence unavailable": { kind: "presence", type: "unavailable", content: "" },
  "presence subscribe": { kind: "presence", type: "subscribe", content: "" },
  "presence subscribed": { kind: "presence", type: "subscribed", content: "" },
  "presence unsubscribe": { kind: "presence", type: "unsubscribe", content: "" },
  "presence unsubscribed": { kind: "presence", type: "unsubscribed", content: "" },
  "presence probe": { kind: "presence", type: "probe", content: "" },
  "presence error": { kind: "presence", type: "error", content: error },
  "presence of unknown type": { kind: "presence", type: "sonnet", content: "" },
  "iq get": { kind: "iq", type: "get", content: query },
  "iq set": { kind: "iq", type: "set", content: query },
  "iq result": { kind: "iq", type: "result", content: query },
  "iq error": { kind: "iq", type: "error", content: query + error },
};

/**
 * What becomes of it:
 * - `deliver a b`: these resources get it as it was sent, and nobody else; `self` is the sender;
 * - `store`: kept until the account has a resource that takes messages;
 * - `keep`: a subscription request, kept until it is answered, for the resources that become available;
 * - `ignore`: nobody gets anything;
 * - `error CONDITION`: the sender gets the error;
 * - `presence unavailable`: the server answers a probe, from the address that was asked;
 * - `presence of a b`: the server answers a probe with what these resources have said.
 */
export type Fate =
  | `deliver ${string}`
  | "store"
  | "keep"
  | "ignore"
  | `error ${string}`
  | "presence unavailable"
  | `presence of ${string}`;

export interface Row {
  readonly to: Addressee;
  readonly stanzas: readonly StanzaName[];
  /** Clauses that say so. */
  readonly clause: string;
  /** What was chosen, where they leave a choice. */
  readonly choice?: string;
  /** One for every situation, or the same for all. */
  readonly fate: Fate | Readonly<Record<Situation, Fate>>;
}

export interface Case {
  readonly to: Addressee;
  readonly stanza: StanzaName;
  readonly situation: Situation;
  readonly fate: Fate;
}

/** Whether there is such a case: without resources no full JID is connected. */
export function applies(to: Addressee, situation: Situation): boolean {
  return to !== "other full" || situation !== "none";
}

export function casesOf(row: Row): readonly Case[] {
  return row.stanzas.flatMap((stanza) =>
    (Object.keys(situations) as Situation[])
      .filter((situation) => applies(row.to, situation))
      .map((situation) => ({
        to: row.to,
        stanza,
        situation,
        fate: typeof row.fate === "string" ? row.fate : row.fate[situation],
      })),
  );
}
