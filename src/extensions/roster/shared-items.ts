import type { RosterItem, Subscription } from "../../kernel/services.ts";
import type { SharedContact } from "../../kernel/shared-contacts.ts";
import { BLANK } from "./roster-item.ts";

function union(own: Subscription, shared: SharedContact["subscription"]): Subscription {
  return own === "none" || own === shared ? shared : "both";
}

/** What an item means together with what is shared: who sees whose presence. */
export function effective(
  item: RosterItem | undefined,
  shared: SharedContact | undefined,
): RosterItem | undefined {
  if (shared === undefined) return item;
  const own = item ?? BLANK;
  const more = shared.groups.filter((group) => !own.groups.includes(group));
  return {
    ...own,
    subscription: union(own.subscription, shared.subscription),
    groups: [...own.groups, ...more],
  };
}

/** What clients get to see of it. */
export function shown(
  item: RosterItem | undefined,
  shared: SharedContact | undefined,
): RosterItem | undefined {
  return shared === undefined || shared.groups.length === 0 ? item : effective(item, shared);
}

/** Whether the account gets the contact's presence. */
export function isSubscribed(item: Pick<RosterItem, "subscription"> | undefined): boolean {
  return item?.subscription === "to" || item?.subscription === "both";
}
