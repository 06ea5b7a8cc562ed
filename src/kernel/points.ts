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

/** A stanza for an account of ours that exists, before RFC 6121 §8 is applied; for presence that is §3 and §4. */
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

/**
 * A message that waited in the store, before a session of the account gets it: its passage is long ago, and the account may have changed its mind. A Drop ends its
 * waiting; where a handler fails, it waits on.
 */
export const waitingMessage: HookPoint<{ readonly stanza: Stanza; readonly account: Jid }, "guard"> = hook<{
  readonly stanza: Stanza;
  readonly account: Jid;
}>()("waiting-message", "guard");

/** A session begins to take messages: its first presence with a non-negative priority, or a change to one. Its contacts know already. */
export const sessionAvailable: HookPoint<{ readonly session: Session }, "announced" | "deliver"> = hook<{
  readonly session: Session;
}>()("session-available", "announced", "deliver");

/** A session has got a new connection (XEP-0198 §5). `restarted`: between the two the server was started again, and what it had been told of others may be wrong. */
export const sessionResumed: HookPoint<
  { readonly session: Session; readonly restarted: boolean },
  "presence"
> = hook<{ readonly session: Session; readonly restarted: boolean }>()("session-resumed", "presence");

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

/** The presence of an account is about to go to others, or theirs to it, by other ways than those of a stanza that a session has sent. */
export interface PresenceCircle {
  /** Bare. */
  readonly account: Jid;
  /** For `guard` to set: who neither sees the account's presence nor shows it theirs. Asked at each step, so it speaks for that moment. */
  excludes: ((other: Jid) => boolean) | undefined;
}

/** Who is not in an account's circle. A crash or an error stops what was about to go. */
export const presenceCircle: HookPoint<PresenceCircle, "guard"> = hook<PresenceCircle>()(
  "presence-circle",
  "guard",
);

/** An account has changed whom it blocks (XEP-0191); that is in the store and in force. */
export interface BlockListChange {
  /** Bare. */
  readonly account: Jid;
  /** What was named, as it was named: accounts, resources, domains. */
  readonly items: readonly Jid[];
  /** Whether an address was blocked before this. */
  readonly before: (other: Jid) => boolean;
  /** Whether it is now. */
  readonly after: (other: Jid) => boolean;
}

/** One change after the other for each account; the next one waits for the handlers. */
export const blockListChanged: HookPoint<BlockListChange, "presence"> = hook<BlockListChange>()(
  "block-list-changed",
  "presence",
);
