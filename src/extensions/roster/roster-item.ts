import type { RosterItem, Subscription } from "../../kernel/services.ts";
import { type Element, element } from "../../xml/element.ts";
import type { Jid } from "../../xmpp/jid.ts";

export const ROSTER = "jabber:iq:roster";

/** An item that says nothing yet. */
export const BLANK: RosterItem = {
  subscription: "none",
  ask: false,
  approved: false,
  name: undefined,
  groups: [],
};

/** What the store keeps of an item; what is left out is as in `BLANK`. */
export interface StoredItem {
  readonly subscription: Subscription;
  readonly ask?: true;
  readonly approved?: true;
  readonly name?: string;
  readonly groups?: readonly string[];
  /** The roster's version that this item's last change made. */
  readonly version: number;
}

export function storedForm(item: RosterItem, version: number): StoredItem {
  return {
    subscription: item.subscription,
    ...(item.ask ? { ask: true } : {}),
    ...(item.approved ? { approved: true } : {}),
    ...(item.name === undefined ? {} : { name: item.name }),
    ...(item.groups.length === 0 ? {} : { groups: item.groups }),
    version,
  };
}

/** Bytes of what people have written into an item: its name and its groups, and whom it is about. */
export function weightOf(contact: Jid, { name, groups }: RosterItem): number {
  let bytes = Buffer.byteLength(contact.toString()) + Buffer.byteLength(name ?? "");
  for (const group of groups) bytes += Buffer.byteLength(group);
  return bytes;
}

export function fromStored(stored: StoredItem): RosterItem {
  return {
    subscription: stored.subscription,
    ask: stored.ask ?? false,
    approved: stored.approved ?? false,
    name: stored.name,
    groups: stored.groups ?? [],
  };
}

/** `<item/>` of a result or push (RFC 6121 §2.1.2); without an item it says that there is none any more. */
export function itemElement(contact: Jid, item: RosterItem | undefined): Element {
  const jid = contact.toString();
  if (item === undefined) return element("item", ROSTER, { jid, subscription: "remove" });
  const attributes = {
    jid,
    name: item.name,
    subscription: item.subscription,
    ask: item.ask ? "subscribe" : undefined,
    approved: item.approved ? "true" : undefined,
  };
  return element(
    "item",
    ROSTER,
    attributes,
    ...item.groups.map((name) => element("group", ROSTER, {}, name)),
  );
}
