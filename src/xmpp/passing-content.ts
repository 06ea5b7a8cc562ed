// XEP-0085: Chat State Notifications
import { CARBONS, HINTS, STANZA_ID } from "./namespaces.ts";

/** Who is typing. */
export const CHAT_STATES = "http://jabber.org/protocol/chatstates";

/** What tells how a message is to be treated, or its name. */
const ABOUT: ReadonlySet<string> = new Set([HINTS, STANZA_ID, CARBONS]);

/** Whether a child of a message says nothing that outlives the moment: a message of nothing else need not be kept (XEP-0160 §3) and wakes nobody (XEP-0352 §3.2). */
export function isPassing({ name, ns }: { readonly name: string; readonly ns: string }): boolean {
  return ns === CHAT_STATES || ABOUT.has(ns) || name === "thread";
}
