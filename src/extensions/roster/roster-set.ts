import type { Element } from "../../xml/element.ts";
import { StanzaError } from "../../xmpp/errors.ts";
import { Jid } from "../../xmpp/jid.ts";
import { prepareResourcepart } from "../../xmpp/precis.ts";
import { ROSTER } from "./roster-item.ts";

/** What a client wants of its roster. */
export type RosterSet =
  | { readonly contact: Jid; readonly remove: true }
  | {
      readonly contact: Jid;
      readonly remove: false;
      readonly name: string | undefined;
      readonly groups: readonly string[];
    };

/** Bytes of a handle or a group's name: as much as a part of an address may have. */
const LONGEST_NAME = 1023;
const MOST_GROUPS = 100;

/**
 * A client's roster set (RFC 6121 §2.1.5). Attributes that only the server may set (`subscription` other than remove, `ask`, `approved`) are not read.
 * @throws StanzaError as RFC 6121 §2.3.3 says
 */
export function readRosterSet(query: Element, account: Jid): RosterSet {
  const items = query.elements();
  const item = items[0];
  if (item === undefined || items.length > 1 || item.name !== "item" || item.ns !== ROSTER) {
    throw new StanzaError("bad-request", { text: "A roster set has exactly one item" });
  }
  const contact = readContact(item, account);
  if (item.attr("subscription") === "remove") return { contact, remove: true };
  const name = item.attr("name");
  if (name !== undefined && Buffer.byteLength(name) > LONGEST_NAME) {
    throw new StanzaError("not-acceptable", { text: `A name has at most ${LONGEST_NAME} bytes` });
  }
  return { contact, remove: false, name, groups: readGroups(item) };
}

function readContact(item: Element, account: Jid): Jid {
  const text = item.attr("jid");
  if (text === undefined) throw new StanzaError("bad-request", { text: "The item has no address" });
  const contact = Jid.parse(text);
  if (contact === undefined) throw new StanzaError("jid-malformed");
  // RFC 6121 §3.1.1: contacts are bare JIDs, and so is what subscriptions are about.
  if (!contact.isBare) throw new StanzaError("bad-request", { text: "A contact is a bare JID" });
  // RFC 6121 §2.3.3, the note at its end.
  if (contact.equals(account)) throw new StanzaError("not-allowed", { text: "Nobody is their own contact" });
  return contact;
}

function readGroups(item: Element): readonly string[] {
  const groups = item.elements().filter(({ name, ns }) => name === "group" && ns === ROSTER);
  if (groups.length > MOST_GROUPS) {
    throw new StanzaError("not-acceptable", { text: `A contact is in at most ${MOST_GROUPS} groups` });
  }
  const seen = new Set<string>();
  for (const { text } of groups) {
    if (text === "") throw new StanzaError("not-acceptable", { text: "A group has a name" });
    if (Buffer.byteLength(text) > LONGEST_NAME) {
      throw new StanzaError("not-acceptable", { text: `A group's name has at most ${LONGEST_NAME} bytes` });
    }
    // RFC 6121 §2.3.3: compared like resourceparts, as far as they can be read as such.
    const compared = prepareResourcepart(text) ?? text;
    if (seen.has(compared)) throw new StanzaError("bad-request", { text: "A group is named twice" });
    seen.add(compared);
  }
  return groups.map(({ text }) => text);
}
