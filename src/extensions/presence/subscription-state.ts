import type { Subscription, SubscriptionState } from "../../kernel/services.ts";
import type { Stanza } from "../../xmpp/stanza.ts";
import {
  approvedRules,
  type InboundRule,
  inboundRules,
  type OutboundRule,
  outboundRules,
  type StateName,
  type SubscriptionType,
} from "./subscription-table.ts";

const types: ReadonlySet<string | undefined> = new Set<SubscriptionType>([
  "subscribe",
  "subscribed",
  "unsubscribe",
  "unsubscribed",
]);

export function isSubscriptionType(type: string | undefined): type is SubscriptionType {
  return types.has(type);
}

interface Facts {
  readonly subscription: Subscription;
  readonly ask: boolean;
  readonly pendingIn: boolean;
}

/** How a roster shows each state (RFC 6121 §A.1). */
const facts: Readonly<Record<StateName, Facts>> = {
  None: { subscription: "none", ask: false, pendingIn: false },
  "None + Pending Out": { subscription: "none", ask: true, pendingIn: false },
  "None + Pending In": { subscription: "none", ask: false, pendingIn: true },
  "None + Pending Out+In": { subscription: "none", ask: true, pendingIn: true },
  To: { subscription: "to", ask: false, pendingIn: false },
  "To + Pending In": { subscription: "to", ask: false, pendingIn: true },
  From: { subscription: "from", ask: false, pendingIn: false },
  "From + Pending Out": { subscription: "from", ask: true, pendingIn: false },
  Both: { subscription: "both", ask: false, pendingIn: false },
};

/** What of the three does not exist beside a subscription in that direction is not looked at. */
export function stateName({ subscription, ask, request }: SubscriptionState): StateName {
  const pendingIn = request !== undefined;
  switch (subscription) {
    case "none":
      if (ask) return pendingIn ? "None + Pending Out+In" : "None + Pending Out";
      return pendingIn ? "None + Pending In" : "None";
    case "to":
      return pendingIn ? "To + Pending In" : "To";
    case "from":
      return ask ? "From + Pending Out" : "From";
    case "both":
      return "Both";
  }
}

/** Whether the contact gets the account's presence. */
export function isSubscriber(item: { readonly subscription: Subscription } | undefined): boolean {
  return item?.subscription === "from" || item?.subscription === "both";
}

/** Whether the account gets the contact's presence. */
export function isSubscribed(item: { readonly subscription: Subscription } | undefined): boolean {
  return item?.subscription === "to" || item?.subscription === "both";
}

/** What the account's own stanza does. */
export function outboundStep(
  state: SubscriptionState,
  type: SubscriptionType,
): OutboundRule & { readonly state: SubscriptionState | undefined } {
  const rule = outboundRules[type][stateName(state)];
  const moved = rule.next === undefined || rule.next === "pre-approval" ? state : moveTo(state, rule.next);
  // RFC 6121 §3.4.2; and §3.2.2: `unsubscribed` takes an approval back, whatever else it does.
  const approved = rule.next === "pre-approval" || (moved.approved && type !== "unsubscribed");
  const changes = moved !== state || approved !== state.approved;
  return { ...rule, state: changes ? { ...moved, approved } : undefined };
}

/** What the contact's stanza does; `request` is that stanza, between bare JIDs. */
export function inboundStep(
  state: SubscriptionState,
  type: SubscriptionType,
  request: Stanza,
): InboundRule & { readonly state: SubscriptionState | undefined } {
  const rules = type === "subscribe" && state.approved ? approvedRules : inboundRules[type];
  const rule = rules[stateName(state)];
  return { ...rule, state: rule.next === undefined ? undefined : moveTo(state, rule.next, request) };
}

function moveTo(state: SubscriptionState, name: StateName, request?: Stanza): SubscriptionState {
  const { subscription, ask, pendingIn } = facts[name];
  return { ...state, subscription, ask, request: pendingIn ? (state.request ?? request) : undefined };
}
