import type { Jid } from "../xmpp/jid.ts";
import type { TlsFacts } from "./connection.ts";

/** RFC 6120 §6.5. */
export type SaslCondition =
  | "aborted"
  | "account-disabled"
  | "credentials-expired"
  | "encryption-required"
  | "incorrect-encoding"
  | "invalid-authzid"
  | "invalid-mechanism"
  | "malformed-request"
  | "mechanism-too-weak"
  | "not-authorized"
  | "temporary-auth-failure";

export type SaslStep =
  | { readonly kind: "challenge"; readonly data: string }
  | {
      readonly kind: "success";
      readonly account: Jid;
      readonly mechanism: string;
      readonly data: string | undefined;
    }
  | SaslFailure;

export interface SaslFailure {
  readonly kind: "failure";
  readonly condition: SaslCondition;
  readonly text?: string;
  /** It came before anything secret was looked at, so it is no guess: a client may go on to the next mechanism. */
  readonly harmless?: true;
}

/**
 * One SASL negotiation. `data` in and out is base64 text exactly as it stands in the element: "" for an empty challenge or response, "=" only for an
 * initial response that is there and empty (RFC 6120 §6.4.2) and undefined for a <success/> without data. One step at a time; after success or failure
 * every further one fails.
 */
export interface SaslExchange {
  step(data: string): SaslStep | Promise<SaslStep>;
}

/** What the mechanisms need to know of the stream. */
export interface SaslChannel {
  readonly host: string;
  readonly tls: TlsFacts | undefined;
  /** For the delay after failures. */
  readonly remoteAddress: string;
  /** True only on a loopback connection and by an option that `tercet check` warns about: every mechanism without TLS. */
  readonly insecureAllowed: boolean;
}

export interface Authentication {
  /** What may be offered on this channel, strongest first; empty without TLS. Advertise exactly these: SCRAM signs the list (XEP-0474). */
  mechanisms(channel: SaslChannel): readonly string[];
  /** Types of channel binding to advertise (XEP-0440), all of them or, when empty, no element; empty without TLS. */
  channelBindings(channel: SaslChannel): readonly string[];
  /** `initial` is the text of <auth/>, undefined or "" when the client sent no initial response. */
  begin(
    channel: SaslChannel,
    mechanism: string,
    initial: string | undefined,
  ): { readonly exchange: SaslExchange; readonly step: SaslStep | Promise<SaslStep> };
}
