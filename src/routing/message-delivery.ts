import type { Log } from "../base/log.ts";
import type { Outcome } from "../kernel/outcomes.ts";
import type { AcceptedMessage } from "../kernel/points.ts";
import type { Session } from "../kernel/sessions.ts";
import type { Change } from "../kernel/storage.ts";
import { StanzaError } from "../xmpp/errors.ts";
import type { Jid } from "../xmpp/jid.ts";
import { HINTS } from "../xmpp/namespaces.ts";
import { isPassing } from "../xmpp/passing-content.ts";
import type { Stanza } from "../xmpp/stanza.ts";
import type { ArchiveIds } from "./archive-ids.ts";
import type { Home, Homes } from "./homes.ts";
import { Submitted } from "./input-queue.ts";
import { type MessageFate, messageFate, messageType } from "./message-fate.ts";
import type { MessageLog } from "./message-log.ts";

/** What is left of a stanza's way once its turn has come. */
export type Ending = () => Outcome | Promise<Outcome>;

/** Which archives take a message, if it is one that lasts, and which session of ours has sent it. */
export interface MessageRoute {
  readonly sender: Session | undefined;
  readonly archivedBySender: boolean;
  readonly archivedByReceiver: boolean;
}

export interface MessageDeliveryParts {
  readonly messages: MessageLog;
  readonly ids: ArchiveIds;
  readonly homes: Homes;
  readonly log: Log;
  /** How many messages may wait for an account; 0 where none are kept for those who are offline. */
  readonly limit: (account: Jid) => number;
  /** Answers a stanza with an error. */
  bounce(stanza: Stanza, error: StanzaError): Outcome;
  /** Runs the hook for copies. */
  accepted(message: AcceptedMessage): void;
}

const NOTHING: readonly Change[] = [];

/** A message on its way to an account of ours. */
interface Parcel extends MessageRoute {
  readonly stanza: Stanza;
  /** Of the receiver. */
  readonly home: Home;
}

/** Brings messages to the sessions of accounts here, or keeps them until there is one (RFC 6121 §8.5, XEP-0160). */
export class MessageDelivery {
  readonly #parts: MessageDeliveryParts;

  constructor(parts: MessageDeliveryParts) {
    this.#parts = parts;
  }

  /** Commits the message where it is one that must not get lost. `home` is that of an existing account. */
  prepare(
    stanza: Stanza,
    home: Home,
    route: MessageRoute,
  ): Ending | Submitted<Ending> | Promise<Ending | Submitted<Ending>> {
    const fate = fateOf(stanza, home);
    if (fate.kind === "bounce") return () => this.#bounce(stanza, new StanzaError(fate.condition));
    if (fate.kind === "ignore") return () => ignored(stanza);
    const parcel: Parcel = { stanza, home, ...route };
    if (!storable(stanza)) return () => this.#deliverNow(parcel);
    const loading = this.#parts.messages.load(home);
    return loading === undefined
      ? this.#commit(parcel, fate)
      : loading.then(
          () => this.#commit(parcel, fate),
          (error: unknown) => this.#refuse(stanza, error),
        );
  }

  /** The message of a session of ours has gone to another domain. */
  left(stanza: Stanza, sender: Session): void {
    if (this.#hasOthers(sender)) this.#tellSender(stanza, sender);
  }

  #commit(parcel: Parcel, fate: MessageFate<Session>): Ending | Submitted<Ending> {
    const { stanza, home, sender } = parcel;
    const { messages, homes } = this.#parts;
    // The account went while its messages were read: what is stored now would be left for somebody else of that name.
    if (home.forgotten) return () => this.#bounce(stanza, new StanzaError("service-unavailable"));
    // XEP-0160 §2: when no more can be stored, the sender hears of it.
    const limit = fate.kind === "store" ? this.#parts.limit(home.account) : Number.POSITIVE_INFINITY;
    if (home.pending.size >= limit) {
      const full = { type: "wait", text: "Too many messages wait for this account" } as const;
      return () => this.#bounce(stanza, new StanzaError("service-unavailable", limit > 0 ? full : {}));
    }
    const archived = parcel.archivedByReceiver && permanent(stanza);
    const archivedBySender = sender !== undefined && parcel.archivedBySender && permanent(stanza);
    const { key, committed } = messages.append(home, {
      stanza,
      archived,
      sender: archivedBySender ? homes.of(sender.account) : undefined,
      progress: sender?.progress() ?? NOTHING,
    });
    const kept: Parcel = { stanza, home, sender, archivedByReceiver: archived, archivedBySender };
    const rest = committed.then(
      () => () => this.#release(kept, key),
      (error: unknown) => {
        home.pending.withdraw(key);
        sender?.progressRefused();
        return this.#refuse(stanza, error);
      },
    );
    return new Submitted(rest);
  }

  /** The store did not take it: the sender keeps it (durability: a refused message is a handled one). */
  #refuse(stanza: Stanza, error: unknown): Ending {
    this.#parts.log.error("a message could not be stored", { to: stanza.to, error });
    return () =>
      this.#bounce(
        stanza,
        new StanzaError("resource-constraint", { text: "The message could not be stored" }),
      );
  }

  /** It is committed; who gets it is decided by who is there now. */
  #release(parcel: Parcel, key: number): Outcome {
    const { stanza, home } = parcel;
    const { messages } = this.#parts;
    const fate = fateOf(stanza, home);
    if (fate.kind === "deliver" || fate.kind === "store") this.#handOut(parcel, fate, key);
    home.pending.putDown(key);
    if (fate.kind === "deliver") return "delivered";
    if (fate.kind === "store") return "stored";
    home.pending.settle(key);
    messages.settled(home);
    return fate.kind === "ignore" ? ignored(stanza) : this.#bounce(stanza, new StanzaError(fate.condition));
  }

  #deliverNow(parcel: Parcel): Outcome {
    const { stanza, home } = parcel;
    const fate = fateOf(stanza, home);
    switch (fate.kind) {
      case "deliver":
        this.#handOut({ ...parcel, archivedByReceiver: false, archivedBySender: false }, fate, undefined);
        return "delivered";
      case "store":
        return "dropped:no-store";
      case "ignore":
        return ignored(stanza);
      default:
        return this.#bounce(stanza, new StanzaError(fate.condition));
    }
  }

  /** `key` is there where the message is in the log. */
  #handOut(
    parcel: Parcel,
    fate: MessageFate<Session> & { kind: "deliver" | "store" },
    key: number | undefined,
  ): void {
    const { home, sender } = parcel;
    if (sender !== undefined && this.#hasOthers(sender))
      this.#tellSender(this.#seen(parcel, sender.account, parcel.archivedBySender, key), sender);
    const receivers = fate.kind === "deliver" ? fate.to : [];
    if (home.sessions.length === 0) return;
    const stanza = this.#seen(parcel, home.account, parcel.archivedByReceiver, key);
    for (const session of receivers) {
      if (key !== undefined) home.pending.sent(key);
      session.send(stanza, key);
    }
    if (home.sessions.length > receivers.length)
      this.#parts.accepted({ stanza, account: home.account, direction: "received", sessions: receivers });
  }

  /** The sender's account has sessions that do not know what it has sent. */
  #hasOthers(sender: Session): boolean {
    const { sessions } = this.#parts.homes.of(sender.account);
    return sessions.length > 1 || (sessions.length === 1 && sessions[0] !== sender);
  }

  #tellSender(stanza: Stanza, sender: Session): void {
    this.#parts.accepted({ stanza, account: sender.account, direction: "sent", sessions: [sender] });
  }

  /** With the id that it has in the account's archive, if it is there (XEP-0313 §4.1). */
  #seen({ stanza }: Parcel, account: Jid, archived: boolean, key: number | undefined): Stanza {
    return archived && key !== undefined ? this.#parts.ids.stamp(stanza, account, key) : stanza;
  }

  #bounce(stanza: Stanza, error: StanzaError): Outcome {
    return this.#parts.bounce(stanza, error);
  }
}

function fateOf(stanza: Stanza, home: Home): MessageFate<Session> {
  const resource = stanza.to!.resource;
  return messageFate({
    type: messageType(stanza.type),
    addressed: resource === "" ? undefined : (home.find(resource) ?? "absent"),
    available: home.available(),
  });
}

function ignored(stanza: Stanza): Outcome {
  return stanza.type === "error" ? "dropped:unanswerable" : "dropped:nobody-available";
}

/**
 * Whether it is kept until it has been delivered: chat and normal (XEP-0160 §3) unless its sender says otherwise (XEP-0334 §4.3), and not
 * when it says nothing that outlives the moment (only chat states, XEP-0160 §3).
 */
function storable(stanza: Stanza): boolean {
  const type = messageType(stanza.type);
  if (type !== "chat" && type !== "normal") return false;
  if (stanza.has("no-store", HINTS)) return false;
  if (stanza.has("store", HINTS)) return true;
  return stanza.children.some((child) => !isPassing(child));
}

/** XEP-0334 §4.1: not beyond its delivery. */
function permanent(stanza: Stanza): boolean {
  return !stanza.has("no-permanent-store", HINTS);
}
