import type { Fate, Row, Situation, StanzaName } from "./vocabulary.ts";

const normal: readonly StanzaName[] = ["message (no type)", "message normal", "message of unknown type"];
const chat: readonly StanzaName[] = ["message chat"];
const groupchat: readonly StanzaName[] = ["message groupchat"];
const headline: readonly StanzaName[] = ["message headline"];
const error: readonly StanzaName[] = ["message error"];
const answerable: readonly StanzaName[] = [...normal, ...chat, ...groupchat, ...headline];

const mostAvailable: Readonly<Record<Situation, Fate>> = {
  none: "store",
  one: "deliver a",
  equal: "deliver a b",
  different: "deliver a",
  negative: "store",
  connected: "store",
};
const allNonNegative: Readonly<Record<Situation, Fate>> = {
  none: "ignore",
  one: "deliver a",
  equal: "deliver a b",
  different: "deliver a b",
  negative: "ignore",
  connected: "ignore",
};

const mostAvailableChoice =
  "To all resources that share the highest non-negative priority; kept where there is none (XEP-0160). A type that is not known is normal (RFC 6121 §5.2.2).";

/** To a bare JID with an account. */
function bare(to: "no to" | "own bare" | "other bare"): readonly Row[] {
  const first = to === "no to" ? "RFC 6120 §10.3.1, " : "";
  const clause = `${first}RFC 6121 §8.5.2.1.1, §8.5.2.2.1`;
  return [
    { to, stanzas: [...normal, ...chat], clause, choice: mostAvailableChoice, fate: mostAvailable },
    { to, stanzas: groupchat, clause, fate: "error service-unavailable" },
    { to, stanzas: headline, clause, fate: allNonNegative },
    { to, stanzas: error, clause, fate: "ignore" },
  ];
}

export const messages: readonly Row[] = [
  ...bare("no to"),
  ...bare("own bare"),
  {
    to: "own full",
    stanzas: [...answerable, ...error],
    clause: "RFC 6121 §8.5.3.1",
    fate: "deliver self",
  },
  ...bare("other bare"),
  {
    to: "other full",
    stanzas: [...answerable, ...error],
    clause: "RFC 6121 §8.5.3.1",
    fate: "deliver a",
  },
  {
    to: "absent full",
    stanzas: [...normal, ...groupchat, ...headline],
    clause: "RFC 6121 §8.5.3.2.1",
    choice: "The sender gets the error rather than silence.",
    fate: "error service-unavailable",
  },
  {
    to: "absent full",
    stanzas: chat,
    clause: "RFC 6121 §8.5.3.2.1",
    choice: "As to the bare JID.",
    fate: mostAvailable,
  },
  { to: "absent full", stanzas: error, clause: "RFC 6121 §8.5.3.2.1", fate: "ignore" },
  ...(["missing bare", "missing full"] as const).flatMap((to): readonly Row[] => [
    {
      to,
      stanzas: answerable,
      clause: "RFC 6121 §8.5.1",
      choice:
        "The sender gets the error, headlines to a bare JID included: the text of §8.5.1 leaves the choice that table 1 does not show.",
      fate: "error service-unavailable",
    },
    { to, stanzas: error, clause: "RFC 6120 §8.3.1, RFC 6121 §8.5.1", fate: "ignore" },
  ]),
  ...(["host", "host resource"] as const).flatMap((to): readonly Row[] => {
    const clause = to === "host" ? "RFC 6120 §10.5.1" : "RFC 6120 §10.5.2";
    return [
      {
        to,
        stanzas: answerable,
        clause,
        choice: "A host takes no messages.",
        fate: "error service-unavailable",
      },
      { to, stanzas: error, clause: `RFC 6120 §8.3.1, ${clause.slice(9)}`, fate: "ignore" },
    ];
  }),
  ...(["subdomain", "foreign"] as const).flatMap((to): readonly Row[] => [
    { to, stanzas: answerable, clause: "RFC 6120 §10.4.3", fate: "error remote-server-not-found" },
    { to, stanzas: error, clause: "RFC 6120 §8.3.1", fate: "ignore" },
  ]),
  { to: "malformed", stanzas: answerable, clause: "RFC 6120 §8.3.3.8", fate: "error jid-malformed" },
  { to: "malformed", stanzas: error, clause: "RFC 6120 §8.3.1", fate: "ignore" },
];
