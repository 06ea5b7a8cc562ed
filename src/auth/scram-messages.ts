import { decodeBase64 } from "./base64.ts";

/** gs2-cbind-flag: "n" the client cannot bind, "y" it can and believes that the server cannot, "p" it does (RFC 5802 §7). */
export type Gs2Flag =
  | { readonly kind: "n" | "y" }
  | {
      readonly kind: "p";
      /** The channel binding type that the client chose. */
      readonly type: string;
    };

/** client-first-message, RFC 5802 §7. */
export interface ClientFirst {
  readonly flag: Gs2Flag;
  /** undefined where the client gives none. */
  readonly authzid: string | undefined;
  readonly username: string;
  readonly nonce: string;
  /** gs2-header as it came, with both commas: part of what the channel binding covers. */
  readonly gs2Header: string;
  /** client-first-message-bare as it came: part of what the proof covers. */
  readonly bare: string;
}

/** client-final-message, RFC 5802 §7. */
export interface ClientFinal {
  /** cbind-input: the GS2 header and the channel binding data. */
  readonly binding: Buffer;
  readonly nonce: string;
  readonly proof: Buffer;
  /** client-final-message-without-proof as it came. */
  readonly withoutProof: string;
}

const GS2_HEADER = /^(?:([ny])|p=([A-Za-z0-9.-]+)),(?:a=([^,\0]+))?,/;
const SASL_NAME = /^(?:[^=,\0]|=2C|=3D)+$/;
const NONCE = /^[!-+\--~]+$/;
const ATTRIBUTE = /^([A-Za-z])=[^,\0]+$/;
/** Attributes with a meaning of their own, RFC 5802 §5.1: none of them may stand where an extension may. */
const RESERVED = "anmrcsipve";
const LONGEST_NONCE = 512;
const MOST_EXTENSIONS = 8;

/** undefined when the grammar of RFC 5802 §7 does not allow the message, or it asks for a mandatory extension (`m=`). */
export function parseClientFirst(message: string): ClientFirst | undefined {
  const header = GS2_HEADER.exec(message);
  if (header === null) return undefined;
  const [gs2Header, plain, type, authzid] = header;
  const bare = message.slice(gs2Header.length);
  const [user, nonce, ...extensions] = bare.split(",");
  const username = saslName(attributeValue(user, "n"));
  const clientNonce = attributeValue(nonce, "r");
  if (username === undefined || clientNonce === undefined || !isNonce(clientNonce)) return undefined;
  if (!areExtensions(extensions)) return undefined;
  const identity = saslName(authzid);
  if (authzid !== undefined && identity === undefined) return undefined;
  const flag: Gs2Flag = type === undefined ? { kind: plain === "y" ? "y" : "n" } : { kind: "p", type };
  return { flag, authzid: identity, username, nonce: clientNonce, gs2Header, bare };
}

/** undefined when the grammar of RFC 5802 §7 does not allow the message. */
export function parseClientFinal(message: string): ClientFinal | undefined {
  const end = message.lastIndexOf(",");
  if (end < 0) return undefined;
  const withoutProof = message.slice(0, end);
  const [channel, nonce, ...extensions] = withoutProof.split(",");
  const binding = base64Value(channel, "c");
  const proof = base64Value(message.slice(end + 1), "p");
  const bothNonces = attributeValue(nonce, "r");
  if (binding === undefined || proof === undefined || bothNonces === undefined) return undefined;
  if (!isNonce(bothNonces) || !areExtensions(extensions)) return undefined;
  return { binding, nonce: bothNonces, proof, withoutProof };
}

function attributeValue(attribute: string | undefined, name: string): string | undefined {
  return attribute?.startsWith(`${name}=`) ? attribute.slice(2) : undefined;
}

function base64Value(attribute: string | undefined, name: string): Buffer | undefined {
  const value = attributeValue(attribute, name);
  return value === undefined || value === "" ? undefined : decodeBase64(value);
}

/** RFC 5802 §5.1: a "=" that begins neither "=2C" nor "=3D" must be refused. */
function saslName(value: string | undefined): string | undefined {
  if (value === undefined || !SASL_NAME.test(value)) return undefined;
  return value.replaceAll("=2C", ",").replaceAll("=3D", "=");
}

function isNonce(value: string): boolean {
  return value.length <= LONGEST_NONCE && NONCE.test(value);
}

/** Extensions that the server does not know are passed over (RFC 5802 §5.1), as long as each stands once. */
function areExtensions(attributes: readonly string[]): boolean {
  if (attributes.length > MOST_EXTENSIONS) return false;
  const seen = new Set(RESERVED);
  return attributes.every((attribute) => {
    const name = ATTRIBUTE.exec(attribute)?.[1];
    if (name === undefined || seen.has(name)) return false;
    seen.add(name);
    return true;
  });
}
