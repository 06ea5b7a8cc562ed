import type { Element } from "../xml/element.ts";
import type { Jid } from "../xmpp/jid.ts";
import type { Stanza } from "../xmpp/stanza.ts";
import { type HookPoint, hook } from "./hooks.ts";
import type { RosterItem } from "./services.ts";
import type { Session } from "./sessions.ts";
import type { Change } from "./storage.ts";

/** A stanza on its way past an account; `rewrite` replaces `stanza`. */
export interface Passage {
  stanza: Stanza;
  /** The account that it comes from or goes to, bare. */
  readonly account: Jid;
  /** The account's archive is to take the message, if it is one that lasts; for `archive` to decide. */
  archived: boolean;
}

type PassageStage = "guard" | "rewrite" | "archive" | "copy";

/** A stanza that a session of ours sent to somebody, and its presence without `to`, before its way is chosen. */
export const stanzaFromAccount: HookPoint<Passage, PassageStage> = hook<Passage>()(
  "stanza-from-account",
  "guard",
  "rewrite",
  "archive",
  "copy",
);

/** A message or iq for an account of ours, before RFC 6121 §8 is applied. */
export const stanzaToAccount: HookPoint<Passage, PassageStage> = hook<Passage>()(
  "stanza-to-account",
  "guard",
  "rewrite",
  "archive",
  "copy",
);

/** A message that was accepted: it is in the store if it is one that lasts, and sessions have it. */
export interface AcceptedMessage {
  /** As the account gets to see it, with the `stanza-id` of its archive. */
  readonly stanza: Stanza;
  /** The account that it came from or was for. */
  readonly account: Jid;
  readonly direction: "sent" | "received";
  /** The account's sessions that know it already: who sent it, or who got it. */
  readonly sessions: readonly Session[];
}

/** In the order of acceptance, for the sender's account first. Synchronous. Not for what comes from a store when a session becomes available. */
export const messageAccepted: HookPoint<AcceptedMessage, "copy"> = hook<AcceptedMessage>()(
  "message-accepted",
  "copy",
);

/** A session begins to take messages: its first presence with a non-negative priority, or a change to one. Its contacts know already. */
export const sessionAvailable: HookPoint<{ readonly session: Session }, "announced" | "deliver"> = hook<{
  readonly session: Session;
}>()("session-available", "announced", "deliver");

/** A session is over and already out of the table. */
export const sessionEnded: HookPoint<{ readonly session: Session }, "presence" | "cleanup"> = hook<{
  readonly session: Session;
}>()("session-ended", "presence", "cleanup");

/**
 * An account is being removed: nobody can log in to it, its sessions are gone, its data still there. What handlers put into `changes` is committed
 * together with the removal of the credentials and of everything in declared stores.
 */
export const accountRemoved: HookPoint<
  { readonly account: Jid; readonly changes: Change[] },
  "streams" | "contacts" | "data"
> = hook<{ readonly account: Jid; readonly changes: Change[] }>()(
  "account-removed",
  "streams",
  "contacts",
  "data",
);

/** An account is being made. What handlers put into `changes` is committed together with its credentials. */
export const accountCreated: HookPoint<{ readonly account: Jid; readonly changes: Change[] }, "data"> = hook<{
  readonly account: Jid;
  readonly changes: Change[];
}>()("account-created", "data");

/** An account may not log in any more, and its sessions are ending. Synchronous. */
export const accountBanned: HookPoint<{ readonly account: Jid; readonly reason: string }, "streams"> = hook<{
  readonly account: Jid;
  readonly reason: string;
}>()("account-banned", "streams");

/** An account has removed a contact from its roster; `item` is what it was. The pushes are out, the contact does not know yet. */
export const contactRemoved: HookPoint<
  { readonly account: Jid; readonly contact: Jid; readonly item: RosterItem },
  "subscription"
> = hook<{ readonly account: Jid; readonly contact: Jid; readonly item: RosterItem }>()(
  "contact-removed",
  "subscription",
);

/** The presence of `from`, an account here, is to reach `to` from now on, or no more, by what an administrator or a group says; both rosters say so already. */
export const presenceFlow: HookPoint<
  { readonly from: Jid; readonly to: Jid; readonly flows: boolean },
  "presence"
> = hook<{ readonly from: Jid; readonly to: Jid; readonly flows: boolean }>()("presence-flow", "presence");

/** Stream features beside those of TLS, SASL and binding. */
export interface FeatureOffer {
  readonly host: string;
  readonly phase: "before-login" | "after-login";
  readonly remoteAddress: string;
  readonly features: Element[];
}

/** Synchronous: a handler adds to `features`. */
export const streamFeatures: HookPoint<FeatureOffer, "collect"> = hook<FeatureOffer>()(
  "stream-features",
  "collect",
);
