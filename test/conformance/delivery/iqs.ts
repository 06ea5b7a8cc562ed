import type { Row, StanzaName } from "./vocabulary.ts";

const requests: readonly StanzaName[] = ["iq get", "iq set"];
const responses: readonly StanzaName[] = ["iq result", "iq error"];

/** No answer to an answer. */
const silence = "RFC 6120 §8.2.3";

/** Requests whose payload nobody understands. */
export const iqs: readonly Row[] = [
  { to: "no to", stanzas: requests, clause: "RFC 6120 §10.3.3", fate: "error service-unavailable" },
  { to: "no to", stanzas: responses, clause: `RFC 6120 §10.3.3, §8.2.3`, fate: "ignore" },
  { to: "own bare", stanzas: requests, clause: "RFC 6121 §8.5.2.1.3", fate: "error service-unavailable" },
  { to: "own bare", stanzas: responses, clause: silence, fate: "ignore" },
  {
    to: "own full",
    stanzas: [...requests, ...responses],
    clause: "RFC 6121 §8.5.3.1",
    fate: "deliver self",
  },
  {
    to: "other bare",
    stanzas: requests,
    clause: "RFC 6121 §8.5.2.1.3, §8.5.2.2.3",
    fate: "error service-unavailable",
  },
  { to: "other bare", stanzas: responses, clause: silence, fate: "ignore" },
  {
    to: "other full",
    stanzas: requests,
    clause: "RFC 6121 §8.5.3.1",
    choice:
      "Accounts of this server may ask each other, whether they share presence or not; what the SHOULD of the clause protects from strangers elsewhere stays protected from them.",
    fate: "deliver a",
  },
  { to: "other full", stanzas: responses, clause: "RFC 6121 §8.5.3.1", fate: "deliver a" },
  { to: "absent full", stanzas: requests, clause: "RFC 6121 §8.5.3.2.3", fate: "error service-unavailable" },
  { to: "absent full", stanzas: responses, clause: silence, fate: "ignore" },
  ...(["missing bare", "missing full"] as const).flatMap((to): readonly Row[] => [
    { to, stanzas: requests, clause: "RFC 6121 §8.5.1", fate: "error service-unavailable" },
    { to, stanzas: responses, clause: silence, fate: "ignore" },
  ]),
  { to: "host", stanzas: requests, clause: "RFC 6120 §10.5.1", fate: "error service-unavailable" },
  { to: "host", stanzas: responses, clause: silence, fate: "ignore" },
  { to: "host resource", stanzas: requests, clause: "RFC 6120 §10.5.2", fate: "error service-unavailable" },
  { to: "host resource", stanzas: responses, clause: silence, fate: "ignore" },
  ...(["subdomain", "foreign"] as const).flatMap((to): readonly Row[] => [
    { to, stanzas: requests, clause: "RFC 6120 §10.4.3", fate: "error remote-server-not-found" },
    { to, stanzas: responses, clause: silence, fate: "ignore" },
  ]),
  { to: "malformed", stanzas: requests, clause: "RFC 6120 §8.3.3.8", fate: "error jid-malformed" },
  { to: "malformed", stanzas: responses, clause: silence, fate: "ignore" },
];
