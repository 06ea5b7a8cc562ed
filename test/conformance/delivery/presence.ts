import type { Addressee, Fate, Row, Situation, StanzaName } from "./vocabulary.ts";

const news: readonly StanzaName[] = ["presence (available)", "presence unavailable"];
const subscribe: readonly StanzaName[] = ["presence subscribe"];
const answers: readonly StanzaName[] = [
  "presence subscribed",
  "presence unsubscribe",
  "presence unsubscribed",
];
const probe: readonly StanzaName[] = ["presence probe"];
const error: readonly StanzaName[] = ["presence error"];
const unknown: readonly StanzaName[] = ["presence of unknown type"];

/** To every resource that is available, whatever its priority. */
const allAvailable: Readonly<Record<Situation, Fate>> = {
  none: "ignore",
  one: "deliver a",
  equal: "deliver a b",
  different: "deliver a b c",
  negative: "deliver a b",
  connected: "ignore",
};
const everybodyHere: Readonly<Record<Situation, Fate>> = {
  none: "deliver self",
  one: "deliver self a",
  equal: "deliver self a b",
  different: "deliver self a b c",
  negative: "deliver self a b",
  connected: "deliver self",
};
const ownPresence: Readonly<Record<Situation, Fate>> = {
  none: "presence unavailable",
  one: "presence of a",
  equal: "presence of a b",
  different: "presence of a b c",
  negative: "presence of a b",
  connected: "presence unavailable",
};
const request: Readonly<Record<Situation, Fate>> = { ...allAvailable, none: "keep", connected: "keep" };

const badRequest = "RFC 6121 §4.7.1";
const notRouted = "A `subscribed` without a request is kept as a pre-approval here (§3.4.2).";

const unseen =
  "The answer is `unsubscribed`, from an account that lets the sender not see it as from a missing one; it is for the sender's account, which has no subscription to end, and so no resource hears of it.";

/** The sender is not available itself. */
const own: readonly Row[] = [
  {
    to: "no to",
    stanzas: ["presence (available)"],
    clause: "RFC 6120 §10.3.2, RFC 6121 §4.2.2",
    fate: everybodyHere,
  },
  {
    to: "no to",
    stanzas: ["presence unavailable"],
    clause: "RFC 6121 §4.5.2",
    choice: "Who was not available has nothing to take back.",
    fate: "ignore",
  },
  {
    to: "no to",
    stanzas: [...subscribe, ...answers],
    clause: "RFC 6121 §3.1.1, §4.7.1",
    choice: "Nobody is named.",
    fate: "error bad-request",
  },
  { to: "no to", stanzas: probe, clause: "RFC 6120 §10.3, RFC 6121 §4.3.2", fate: ownPresence },
  { to: "no to", stanzas: error, clause: "RFC 6120 §8.3.1", fate: "ignore" },
  { to: "own bare", stanzas: news, clause: "RFC 6121 §8.5.2.1.2, §8.5.2.2.2", fate: allAvailable },
  {
    to: "own bare",
    stanzas: [...subscribe, ...answers],
    clause: "RFC 6121 §2.1",
    choice: "An account needs no subscription to itself.",
    fate: "ignore",
  },
  { to: "own bare", stanzas: probe, clause: "RFC 6121 §4.3.2", fate: ownPresence },
  {
    to: "own bare",
    stanzas: error,
    clause: "RFC 6120 §8.3.1",
    choice: "As other presence.",
    fate: allAvailable,
  },
  { to: "own full", stanzas: [...news, ...error], clause: "RFC 6121 §8.5.3.1", fate: "deliver self" },
  {
    to: "own full",
    stanzas: [...subscribe, ...answers],
    clause: "RFC 6121 §2.1",
    choice: "An account needs no subscription to itself.",
    fate: "ignore",
  },
  {
    to: "own full",
    stanzas: probe,
    clause: "RFC 6121 §4.3.2",
    choice: "The resource is not available.",
    fate: "presence unavailable",
  },
];

/** Sender and addressee have no subscription to each other. */
const other: readonly Row[] = [
  { to: "other bare", stanzas: news, clause: "RFC 6121 §8.5.2.1.2, §8.5.2.2.2", fate: allAvailable },
  {
    to: "other bare",
    stanzas: error,
    clause: "RFC 6120 §8.3.1",
    choice: "As other presence.",
    fate: allAvailable,
  },
  { to: "other full", stanzas: [...news, ...error], clause: "RFC 6121 §8.5.3.1", fate: "deliver a" },
  { to: "absent full", stanzas: news, clause: "RFC 6121 §8.5.3.2.2", fate: "ignore" },
  { to: "absent full", stanzas: error, clause: "RFC 6120 §8.3.1", fate: "ignore" },
  ...(["other bare", "other full", "absent full"] as const).flatMap((to): readonly Row[] => {
    const clause = {
      "other bare": "RFC 6121 §8.5.2.1.2, §8.5.2.2.2",
      "other full": "RFC 6121 §8.5.3.1",
      "absent full": "RFC 6121 §8.5.3.2.2",
    }[to];
    return [
      {
        to,
        stanzas: subscribe,
        clause: `${clause}, §3.1.3`,
        choice: "From bare JID to bare JID.",
        fate: request,
      },
      { to, stanzas: answers, clause: `${clause}, §A.2, §A.3`, choice: notRouted, fate: "ignore" },
      { to, stanzas: probe, clause: `${clause}, §4.3.2, §A.3.4`, choice: unseen, fate: "ignore" },
    ];
  }),
];

const missing: readonly Row[] = (["missing bare", "missing full"] as const).flatMap((to): readonly Row[] => [
  { to, stanzas: [...news, ...error], clause: "RFC 6121 §8.5.1", fate: "ignore" },
  {
    to,
    stanzas: subscribe,
    clause: "RFC 6121 §8.5.1, §3.1.2",
    choice: "Silence (§8.5.1) rather than the error of §3.1.2: it would tell which accounts exist.",
    fate: "ignore",
  },
  { to, stanzas: answers, clause: "RFC 6121 §8.5.1, §A.2", choice: notRouted, fate: "ignore" },
  {
    to,
    stanzas: probe,
    clause: "RFC 6121 §8.5.1, §4.3.2, §A.3.4",
    choice: unseen,
    fate: "ignore",
  },
]);

const hosts: readonly Row[] = (["host", "host resource"] as const).map((to) => ({
  to,
  stanzas: [...news, ...subscribe, ...answers, ...probe, ...error],
  clause: to === "host" ? "RFC 6120 §10.5.1" : "RFC 6120 §10.5.2",
  choice: "Presence for the host concerns nobody.",
  fate: "ignore",
}));

const elsewhere: readonly Row[] = (["subdomain", "foreign"] as const).flatMap((to): readonly Row[] => [
  { to, stanzas: [...news, ...probe], clause: "RFC 6120 §10.4.3", fate: "error remote-server-not-found" },
  {
    to,
    stanzas: [...subscribe, "presence unsubscribe"],
    clause: "RFC 6120 §10.4.3, RFC 6121 §3.1.2, §A.2.2",
    fate: "error remote-server-not-found",
  },
  {
    to,
    stanzas: ["presence subscribed", "presence unsubscribed"],
    clause: "RFC 6121 §A.2.3, §A.2.4",
    choice: notRouted,
    fate: "ignore",
  },
  { to, stanzas: error, clause: "RFC 6120 §8.3.1", fate: "ignore" },
]);

const wellFormed: readonly Addressee[] = [
  "no to",
  "own bare",
  "own full",
  "other bare",
  "other full",
  "absent full",
  "missing bare",
  "missing full",
  "host",
  "host resource",
  "subdomain",
  "foreign",
];

export const presence: readonly Row[] = [
  ...own,
  ...other,
  ...missing,
  ...hosts,
  ...elsewhere,
  ...wellFormed.map((to): Row => ({ to, stanzas: unknown, clause: badRequest, fate: "error bad-request" })),
  {
    to: "malformed",
    stanzas: [...news, ...subscribe, ...answers, ...probe, ...unknown],
    clause: "RFC 6120 §8.3.3.8",
    fate: "error jid-malformed",
  },
  { to: "malformed", stanzas: error, clause: "RFC 6120 §8.3.1", fate: "ignore" },
];
