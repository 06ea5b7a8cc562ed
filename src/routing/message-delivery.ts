import type { Log } from "../base/log.ts";
import type { Hooks } from "../kernel/hooks.ts";
import type { Outcome } from "../kernel/outcomes.ts";
import { sessionAvailable } from "../kernel/points.ts";
import type { Session } from "../kernel/sessions.ts";
import { StorageError } from "../kernel/storage.ts";
import { element } from "../xml/element.ts";
import { StanzaError } from "../xmpp/errors.ts";
import { DELAY, HINTS } from "../xmpp/namespaces.ts";
import type { Stanza } from "../xmpp/stanza.ts";
import type { Home, Homes } from "./homes.ts";
import { Submitted } from "./input-queue.ts";
import { type MessageFate, messageFate, messageType } from "./message-fate.ts";
import type { MessageLog } from "./message-log.ts";

/** What is left of a stanza's way once its turn has come. */
export type Ending = () => Outcome | Promise<Outcome>;

const CHAT_STATES = "http://jabber.org/protocol/chatstates";

/** Entries read at once when a session gets what waited for it. */
const DRAIN_PAGE = 50;

/** Brings messages to the sessions of accounts here, or keeps them until there is one (RFC 6121 §8.5, XEP-0160). */
export class MessageDelivery {
  readonly #messages: MessageLog;
  readonly #log: Log;
  /** How many messages may wait for an account; 0 where none are kept for those who are offline. */
  readonly #limit: number;
  /** Answers a stanza with an error. */
  readonly #bounce: (stanza: Stanza, error: StanzaError) => Outcome;
  /** Sessions that are still getting what waited for them; true when there is reason to look again. */
  readonly #draining = new Map<Session, boolean>();

  constructor(
    messages: MessageLog,
    log: Log,
    limit: number,
    bounce: (stanza: Stanza, error: StanzaError) => Outcome,
  ) {
    this.#messages = messages;
    this.#log = log;
    this.#limit = limit;
    this.#bounce = bounce;
  }

  /** A session that begins to take messages gets what waited for its account. */
  attach(hooks: Hooks, homes: Homes): void {
    hooks.on(sessionAvailable, "deliver", "delivery", ({ session }) => {
      void this.#deliverPending(session, homes.of(session.account));
    });
  }

  /** The bytes of these have left for a session. */
  flushed(home: Home, keys: readonly number[]): void {
    for (const key of keys) home.pending.left(key);
    this.#messages.settled(home);
  }

  /** Commits the message where it is one that must not get lost. `home` is that of an existing account. */
  prepare(stanza: Stanza, home: Home): Ending | Submitted<Ending> | Promise<Ending | Submitted<Ending>> {
    const fate = fateOf(stanza, home);
    if (fate.kind === "bounce") return () => this.#bounce(stanza, new StanzaError(fate.condition));
    if (fate.kind === "ignore") return () => ignored(stanza);
    if (!storable(stanza)) return () => this.#deliverNow(stanza, home);
    const loading = this.#messages.load(home);
    return loading === undefined
      ? this.#commit(stanza, home, fate)
      : loading.then(
          () => this.#commit(stanza, home, fate),
          (error: unknown) => this.#refuse(stanza, error),
        );
  }

  /** Messages whose stream died before their bytes had left go to another session, or go on waiting. */
  redeliver(home: Home, unflushed: readonly number[]): void {
    for (const key of unflushed) home.pending.putDown(key);
    this.#bring(home);
  }

  #commit(stanza: Stanza, home: Home, fate: MessageFate<Session>): Ending | Submitted<Ending> {
    // The account went while its messages were read: what is stored now would be left for somebody else of that name.
    if (home.forgotten) return () => this.#bounce(stanza, new StanzaError("service-unavailable"));
    // XEP-0160 §2: when no more can be stored, the sender hears of it.
    if (fate.kind === "store" && home.pending.size >= this.#limit) {
      const full = { type: "wait", text: "Too many messages wait for this account" } as const;
      return () => this.#bounce(stanza, new StanzaError("service-unavailable", this.#limit > 0 ? full : {}));
    }
    const { key, committed } = this.#messages.append(home, stanza);
    const rest = committed.then(
      () => () => this.#release(stanza, home, key),
      (error: unknown) => {
        home.pending.withdraw(key);
        return this.#refuse(stanza, error);
      },
    );
    return new Submitted(rest);
  }

  /** The store did not take it: the sender keeps it (durability: a refused message is a handled one). */
  #refuse(stanza: Stanza, error: unknown): Ending {
    this.#log.error("a message could not be stored", { to: stanza.to, error });
    return () =>
      this.#bounce(
        stanza,
        new StanzaError("resource-constraint", { text: "The message could not be stored" }),
      );
  }

  /** It is committed; who gets it is decided by who is there now. */
  #release(stanza: Stanza, home: Home, key: number): Outcome {
    const fate = fateOf(stanza, home);
    if (fate.kind === "deliver") this.#send(stanza, home, fate.to, key);
    home.pending.putDown(key);
    if (fate.kind === "deliver") return "delivered";
    if (fate.kind === "store") return "stored";
    home.pending.settle(key);
    this.#messages.settled(home);
    return fate.kind === "ignore" ? ignored(stanza) : this.#bounce(stanza, new StanzaError(fate.condition));
  }

  #deliverNow(stanza: Stanza, home: Home): Outcome {
    const fate = fateOf(stanza, home);
    switch (fate.kind) {
      case "deliver":
        this.#send(stanza, home, fate.to, undefined);
        return "delivered";
      case "store":
        return "dropped:no-store";
      case "ignore":
        return ignored(stanza);
      default:
        return this.#bounce(stanza, new StanzaError(fate.condition));
    }
  }

  #send(stanza: Stanza, home: Home, sessions: readonly Session[], key: number | undefined): void {
    for (const session of sessions) {
      if (key !== undefined) home.pending.sent(key);
      session.send(stanza, key);
    }
  }

  /** What waits goes to whoever takes messages. */
  #bring(home: Home): void {
    const fate = messageFate({ type: "chat", addressed: undefined, available: home.available() });
    if (fate.kind === "deliver") void this.#deliverPending(fate.to[0]!, home);
  }

  async #deliverPending(session: Session, home: Home): Promise<void> {
    if (this.#draining.has(session)) {
      this.#draining.set(session, true);
      return;
    }
    if (home.pending.loaded && home.pending.size === 0) return;
    this.#draining.set(session, false);
    try {
      // Nothing that comes meanwhile gets past it (RFC 6120 §10.1).
      await session.precede((write) => this.#drain(session, home, write));
      if (!takesMessages(session)) this.#bring(home);
    } catch (error) {
      // They wait for the next session: at once it would most likely fail again. A store that is closed is the end of the server and no failure.
      if (!(error instanceof StorageError && error.fault === "closed"))
        this.#log.error("pending messages could not be read", { account: home.account, error });
    }
    const again = this.#draining.get(session);
    this.#draining.delete(session);
    if (again) void this.#deliverPending(session, home);
  }

  async #drain(session: Session, home: Home, write: Session["send"]): Promise<void> {
    await this.#messages.load(home);
    while (takesMessages(session)) {
      // No other session gets these as well.
      const keys = home.pending.claim();
      if (keys.length === 0) return;
      const left = new Set(keys);
      try {
        for (let at = 0; at < keys.length; at += DRAIN_PAGE) {
          await this.#drainPage(session, home, keys.slice(at, at + DRAIN_PAGE), left, write);
        }
      } finally {
        for (const key of left) home.pending.putDown(key);
      }
    }
  }

  /** What is handed over, or is not in the store any more, leaves `left`. */
  async #drainPage(
    session: Session,
    home: Home,
    page: readonly number[],
    left: Set<number>,
    write: Session["send"],
  ): Promise<void> {
    if (!takesMessages(session)) return;
    const entries = new Map((await this.#messages.messages(home, page)).map((entry) => [entry.key, entry]));
    for (const key of page) {
      if (!takesMessages(session)) return;
      left.delete(key);
      const entry = entries.get(key);
      if (entry === undefined) this.flushed(home, [key]);
      else write(delayed(entry.stanza, home, entry.at), key);
      await session.writable();
    }
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

function takesMessages(session: Session): boolean {
  return !session.ended && session.presence !== undefined && session.priority >= 0;
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
  return stanza.children.some(
    (child) => child.ns !== CHAT_STATES && child.ns !== HINTS && child.name !== "thread",
  );
}

/** XEP-0203, as XEP-0160 §2 asks for. */
function delayed(stanza: Stanza, home: Home, at: Date): Stanza {
  const attributes = { from: home.account.domain, stamp: at.toISOString() };
  return stanza.append(element("delay", DELAY, attributes, "Offline Storage"));
}
