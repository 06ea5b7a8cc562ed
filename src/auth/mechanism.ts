import type { SaslCondition, SaslFailure } from "../kernel/authentication.ts";
import type { Jid } from "../xmpp/jid.ts";

/** What a mechanism answers to a message, before base64. */
export type MechanismStep =
  | { readonly kind: "challenge"; readonly message: string }
  | { readonly kind: "success"; readonly account: Jid; readonly message: string | undefined }
  | SaslFailure;

/** The server side of one exchange: gets the client's messages one after the other and ends with success or failure. */
export interface Mechanism {
  step(message: Buffer): MechanismStep | Promise<MechanismStep>;
}

export function failure(condition: SaslCondition, text?: string): MechanismStep {
  return text === undefined ? { kind: "failure", condition } : { kind: "failure", condition, text };
}
