import type { Addressee } from "./vocabulary.ts";

/** An iq that breaks RFC 6120 §8.2.3 or meets a service; `attributes` without `to`, `id` is "i" unless given. */
export interface IqCase {
  readonly about: string;
  readonly clause: string;
  readonly attributes: string;
  readonly content: string;
  readonly to: readonly Addressee[];
  readonly fate: "ignore" | "result" | `error ${string}`;
}

const nothing = "<query xmlns='urn:test:nothing'/>";
const ping = "<ping xmlns='urn:xmpp:ping'/>";
const version = "<query xmlns='jabber:iq:version'/>";
const vcard = "<vCard xmlns='vcard-temp'/>";
const disco = "<query xmlns='http://jabber.org/protocol/disco#info'/>";
const everywhere: readonly Addressee[] = [
  "no to",
  "own bare",
  "own full",
  "other bare",
  "other full",
  "absent full",
  "missing bare",
  "host",
  "foreign",
];
const clause = "RFC 6120 §8.2.3";

export const iqSemantics: readonly IqCase[] = [
  {
    about: "a type that is not known",
    clause,
    attributes: "type='subscribe' id='i'",
    content: ping,
    to: everywhere,
    fate: "error bad-request",
  },
  {
    about: "no type",
    clause,
    attributes: "id='i'",
    content: ping,
    to: everywhere,
    fate: "error bad-request",
  },
  {
    about: "a request without id",
    clause: `${clause}, §8.1.3`,
    attributes: "type='get'",
    content: ping,
    to: everywhere,
    fate: "error bad-request",
  },
  {
    about: "a request with an empty id",
    clause: `${clause}, §8.1.3`,
    attributes: "type='get' id=''",
    content: ping,
    to: everywhere,
    fate: "error bad-request",
  },
  {
    about: "a request without a child",
    clause,
    attributes: "type='get' id='i'",
    content: "",
    to: everywhere,
    fate: "error bad-request",
  },
  {
    about: "a request with two children",
    clause,
    attributes: "type='set' id='i'",
    content: ping + nothing,
    to: everywhere,
    fate: "error bad-request",
  },
  {
    about: "a result with two children: an answer is never answered",
    clause: `${clause}, §8.3.1`,
    attributes: "type='result' id='i'",
    content: ping + nothing,
    to: everywhere,
    fate: "ignore",
  },
  {
    about: "a result without id",
    clause: `${clause}, §8.3.1`,
    attributes: "type='result'",
    content: "",
    to: everywhere,
    fate: "ignore",
  },
  {
    about: "an error without id",
    clause: `${clause}, §8.3.1`,
    attributes: "type='error'",
    content: "<error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
    to: everywhere,
    fate: "ignore",
  },
  {
    about: "the own account answers on behalf of its owner",
    clause: "RFC 6120 §10.3.3, RFC 6121 §8.5.2.1.3",
    attributes: "type='get' id='i'",
    content: ping,
    to: ["no to", "own bare"],
    fate: "result",
  },
  {
    about: "the host answers",
    clause: "RFC 6120 §10.5.1",
    attributes: "type='get' id='i'",
    content: version,
    to: ["host"],
    fate: "result",
  },
  ...[ping, version, vcard, disco, nothing].map(
    (content): IqCase => ({
      about: `${content.slice(1, content.indexOf(" "))} of ${content.split("'")[1]}: an account that exists answers a stranger as one that does not`,
      clause: "RFC 6121 §8.5.1, §8.5.2.1.3",
      attributes: "type='get' id='i'",
      content,
      to: ["other bare", "missing bare", "missing full", "absent full"],
      fate: "error service-unavailable",
    }),
  ),
];
