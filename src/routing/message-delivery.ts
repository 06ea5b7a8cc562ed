import type { Log } from "../base/log.ts";
import type { Hooks } from "../kernel/hooks.ts";
import type { Outcome } from "../kernel/outcomes.ts";
import { sessionAvailable } from "../kernel/points.ts";
import type { Session } from "../kernel/sessions.ts";
import { element } from "../xml/element.ts";
import { StanzaError } from "../xmpp/errors.ts";
import { DELAY, HINTS } from "../xmpp/namespaces.ts";
import type { Stanza } from "../xmpp/stanza.ts";
import type { Home, Homes } from "./homes.ts";
import { type MessageFate, messageFate, messageType } from "./message-fate.ts";
import type { MessageLog } from "./message-log.ts";

/** What is left of a message's way once it is committed and its turn has come. */
export type Ending = () => Outcome | Promise<Outcome>;

const CHAT_STATES = "http://jabber.org/protocol/chatstates";

/** Entries read at once when a session gets what waited for it. */
const DRAIN_PAGE = 50;

interface Held {
  readonly stanza: Stanza;
  readonly key: number | undefined;
}

/** Brings messages to the sessions of accounts here, or keeps them until there is one (RFC 6121 §8.5, XEP-0160). */
export class MessageDelivery {
  private readonly messages: MessageLog;
  private readonly log: Log;
  /** How many messages may wait for an account. */
  private readonly limit: number;
  /** Answers a stanza with an error. */
  private readonly bounce: (stanza: Stanza, error: StanzaError) => Outcome;
  /** Sessions that are still getting what waited for them; what comes meanwhile waits behind it. */
  private readonly draining = new Map<Session, Held[]>();

  constructor(
    messages: MessageLog,
    log: Log,
    limit: number,
    bounce: (stanza: Stanza, error: StanzaError) => Outcome,
  ) {
    this.messages = messages;
    this.log = log;
    this.limit = limit;
    this.bounce = bounce;
  }

  /** A session that begins to take messages gets what waited for its account. */
  attach(hooks: Hooks, homes: Homes): void {
    hooks.on(sessionAvailable, "deliver", "delivery", ({ session }) => {
      void this.deliverPending(session, homes.of(session.account));
    });
  }

  /** The bytes of these have left for a session. */
  flushed(home: Home, keys: readonly number[]): void {
    for (const key of keys) home.pending.left(key);
    this.messages.settled(home);
  }

  /** Commits the message where it is one that must not get lost. `home` is that of an existing account. */
  prepare(stanza: Stanza, home: Home): Ending | Promise<Ending> {
    const fate = fateOf(stanza, home);
    if (fate.kind === "bounce") return () => this.bounce(stanza, new StanzaError(fate.condition));
    if (fate.kind === "ignore") return () => ignored(stanza);
    if (!storable(stanza)) return () => this.deliverNow(stanza, home);
    const loading = this.messages.load(home);
    return loading === undefined
      ? this.commit(stanza, home, fate)
      : loading.then(
          () => this.commit(stanza, home, fate),
          (error: unknown) => this.refuse(stanza, error),
        );
  }

  private async deliverPending(session: Session, home: Home): Promise<void> {
    if (this.draining.has(session)) return;
    const held: Held[] = [];
    this.draining.set(session, held);
    try {
      await this.messages.load(home);
      await this.drain(session, home, home.pending.waiting());
    } catch (error) {
      this.log.error("pending messages could not be read", { account: home.account, error });
    }
    // What came meanwhile may be as much again, and more may come behind it.
    for (let next = held.shift(); next !== undefined && !session.ended; next = held.shift()) {
      session.send(next.stanza, next.key);
      await session.writable();
    }
    this.draining.delete(session);
  }

  /** Messages whose stream died before their bytes had left go to another session, or go on waiting. */
  async redeliver(session: Session, home: Home, unflushed: readonly number[]): Promise<void> {
    const held = this.draining.get(session)?.splice(0) ?? [];
    const keys = [...unflushed, ...held.flatMap(({ key }) => key ?? [])].filter((key) =>
      home.pending.returned(key),
    );
    if (keys.length === 0) return;
    try {
      for (const { key, stanza, at } of await this.messages.messages(home, keys)) {
        const fate = messageFate({ type: "chat", addressed: undefined, available: home.available() });
        if (fate.kind === "deliver") this.send(delayed(stanza, home, at), home, fate.to, key);
      }
    } catch (error) {
      this.log.error("messages of a lost stream could not be read", { account: home.account, error });
    }
  }

  private commit(stanza: Stanza, home: Home, fate: MessageFate<Session>): Ending | Promise<Ending> {
    // XEP-0160 §2: when no more can be stored, the sender hears of it.
    if (fate.kind === "store" && home.pending.size >= this.limit) {
      const text = "Too many messages wait for this account";
      return () => this.bounce(stanza, new StanzaError("service-unavailable", { type: "wait", text }));
    }
    const { key, committed } = this.messages.append(home, stanza);
    return committed.then(
      () => () => this.release(stanza, home, key),
      (error: unknown) => {
        home.pending.withdraw(key);
        return this.refuse(stanza, error);
      },
    );
  }

  /** The store did not take it: the sender keeps it (durability: a refused message is a handled one). */
  private refuse(stanza: Stanza, error: unknown): Ending {
    this.log.error("a message could not be stored", { to: stanza.to, error });
    return () =>
      this.bounce(
        stanza,
        new StanzaError("resource-constraint", { text: "The message could not be stored" }),
      );
  }

  /** It is committed; who gets it is decided by who is there now. */
  private release(stanza: Stanza, home: Home, key: number): Outcome {
    const fate = fateOf(stanza, home);
    switch (fate.kind) {
      case "deliver":
        this.send(stanza, home, fate.to, key);
        return "delivered";
      case "store":
        return "stored";
      default:
        home.pending.settle(key);
        this.messages.settled(home);
        return fate.kind === "ignore"
          ? ignored(stanza)
          : this.bounce(stanza, new StanzaError(fate.condition));
    }
  }

  private deliverNow(stanza: Stanza, home: Home): Outcome {
    const fate = fateOf(stanza, home);
    switch (fate.kind) {
      case "deliver":
        this.send(stanza, home, fate.to, undefined);
        return "delivered";
      case "store":
        return "dropped:no-store";
      case "ignore":
        return ignored(stanza);
      default:
        return this.bounce(stanza, new StanzaError(fate.condition));
    }
  }

  private send(stanza: Stanza, home: Home, sessions: readonly Session[], key: number | undefined): void {
    for (const session of sessions) {
      if (key !== undefined) home.pending.sent(key);
      const held = this.draining.size === 0 ? undefined : this.draining.get(session);
      if (held === undefined) session.send(stanza, key);
      else held.push({ stanza, key });
    }
  }

  private async drain(session: Session, home: Home, keys: readonly number[]): Promise<void> {
    // On their way from now on, so that no other session gets them as well.
    for (const key of keys) home.pending.sent(key);
    let at = 0;
    try {
      while (at < keys.length && !session.ended) {
        const page = keys.slice(at, at + DRAIN_PAGE);
        const entries = await this.messages.messages(home, page);
        at += page.length - entries.length;
        for (const { key, stanza, at: moment } of entries) {
          if (session.ended) break;
          session.send(delayed(stanza, home, moment), key);
          at++;
          await session.writable();
        }
      }
    } finally {
      await this.redeliver(session, home, keys.slice(at));
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
