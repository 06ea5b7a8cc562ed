import type { StanzaCondition } from "../xmpp/errors.ts";

/** RFC 6121 §5.2.2. */
export type MessageType = "chat" | "error" | "groupchat" | "headline" | "normal";

/** What decides about a message for an account of ours; sessions are whatever the caller calls so. */
export interface MessageCase<S> {
  readonly type: MessageType;
  /** The session whose full JID is addressed; "absent" when there is none, undefined when the bare JID is addressed. */
  readonly addressed: S | "absent" | undefined;
  /** Available sessions with their priorities. */
  readonly available: readonly S[];
}

export type MessageFate<S> =
  | { readonly kind: "deliver"; readonly to: readonly S[] }
  | { readonly kind: "store" }
  | { readonly kind: "bounce"; readonly condition: StanzaCondition }
  | { readonly kind: "ignore" };

const STORE: MessageFate<never> = { kind: "store" };
const IGNORE: MessageFate<never> = { kind: "ignore" };
const UNAVAILABLE: MessageFate<never> = { kind: "bounce", condition: "service-unavailable" };

/** RFC 6121 §5.2.2: what is not known is normal. */
export function messageType(type: string | undefined): MessageType {
  switch (type) {
    case "chat":
    case "error":
    case "groupchat":
    case "headline":
      return type;
    default:
      return "normal";
  }
}

/** RFC 6121 §8.5.2 and §8.5.3 for messages to an existing account, as one function without side effects. */
export function messageFate<S extends { readonly priority: number }>(
  message: MessageCase<S>,
): MessageFate<S> {
  const { type, addressed } = message;
  if (addressed === undefined) return toBare(type, message.available);
  // RFC 6121 §8.5.3.1: a resource that matches gets it, whatever its priority.
  if (addressed !== "absent") return { kind: "deliver", to: [addressed] };
  // RFC 6121 §8.5.3.2.1, table 1: chat goes the way of the bare JID; we bounce where there is a choice.
  if (type === "chat") return toBare(type, message.available);
  return type === "error" ? IGNORE : UNAVAILABLE;
}

function toBare<S extends { readonly priority: number }>(
  type: MessageType,
  available: readonly S[],
): MessageFate<S> {
  switch (type) {
    case "error":
      return IGNORE; // RFC 6121 §8.5.2.1.1, §8.5.2.2.1
    case "groupchat":
      return UNAVAILABLE; // RFC 6121 §8.5.2.1.1, §8.5.2.2.1
    case "headline": {
      // RFC 6121 §8.5.2.1.1: all with a non-negative priority; without one it is ignored (§8.5.2.2.1).
      const to = available.filter(({ priority }) => priority >= 0);
      return to.length === 0 ? IGNORE : { kind: "deliver", to };
    }
    default: {
      const to = mostAvailable(available);
      return to.length === 0 ? STORE : { kind: "deliver", to };
    }
  }
}

/** All that share the highest non-negative priority: the choice that RFC 6121 §8.5.2.1.1 leaves. */
function mostAvailable<S extends { readonly priority: number }>(available: readonly S[]): readonly S[] {
  if (available.length === 1) return available[0]!.priority >= 0 ? available : [];
  let highest = 0;
  for (const { priority } of available) if (priority > highest) highest = priority;
  return available.filter(({ priority }) => priority === highest);
}
