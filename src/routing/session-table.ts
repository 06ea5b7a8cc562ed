import type { CrashPolicy, Hooks } from "../kernel/hooks.ts";
import { sessionEnded } from "../kernel/points.ts";
import type { Session, SessionTable } from "../kernel/sessions.ts";
import { element } from "../xml/element.ts";
import { StanzaError } from "../xmpp/errors.ts";
import type { Jid } from "../xmpp/jid.ts";
import type { Stanza } from "../xmpp/stanza.ts";
import type { Home, Homes } from "./homes.ts";

export interface SessionTableParts {
  readonly homes: Homes;
  readonly hooks: Hooks;
  readonly onCrash: CrashPolicy;
  /** How many resources an account may have at once. */
  readonly resourcesPerAccount: (session: Session) => number;
  /** Resolves when nothing that the session sent is on its way. */
  settled(session: Session): Promise<void>;
  /** The bytes of these messages have left. */
  flushed(home: Home, keys: readonly number[]): void;
  /** These may not have left. */
  unflushed(home: Home, keys: readonly number[]): void;
  /** There is a session of before a restart. */
  restored(home: Home): void;
  /** Messages of the account by their keys, in the order in which it gets them. */
  recall(home: Home, keys: readonly number[]): Promise<ReadonlyMap<number, Stanza>>;
}

/** Who is connected. */
export class BoundSessions implements SessionTable {
  readonly #parts: SessionTableParts;
  /** By full JID: sessions that are out of their home and not yet at their end. */
  readonly #leaving = new Map<string, Promise<void>>();
  readonly #all = new Set<Session>();

  constructor(parts: SessionTableParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#all.size;
  }

  of(account: Jid): readonly Session[] {
    return this.#parts.homes.peek(account)?.sessions ?? [];
  }

  find(full: Jid): Session | undefined {
    return this.#parts.homes.peek(full.bare)?.find(full.resource);
  }

  connected(): Iterable<Session> {
    return this.#all;
  }

  async add(session: Session): Promise<void> {
    const name = session.jid.toString();
    // RFC 6120 §7.7.2.2: the newer one stays. Its predecessor's unavailable presence must be out before its own presence, so it is waited for.
    const predecessor = this.find(session.jid);
    if (predecessor !== undefined) {
      predecessor.end("conflict", "Replaced by new connection");
      // Whatever its stream is about.
      void this.remove(predecessor);
    }
    for (let leaving = this.#leaving.get(name); leaving !== undefined; leaving = this.#leaving.get(name))
      await leaving;
    const home = this.#parts.homes.of(session.account);
    // Two that came at the same time; and one whose stream has ended while it waited.
    if (home.find(session.jid.resource) !== undefined) return this.add(session);
    if (session.ended) return;
    const most = this.#parts.resourcesPerAccount(session);
    if (home.sessions.length >= most) endLongestHibernating(home);
    if (home.sessions.length >= most) {
      // RFC 6120 §7.6.2.1 with the condition of XEP-0205's limits.
      const application = element("resource-limit-exceeded", "urn:xmpp:errors");
      throw new StanzaError("resource-constraint", { application });
    }
    this.#join(home, session);
  }

  restore(session: Session, keys: readonly number[]): void {
    const home = this.#parts.homes.of(session.account);
    // Nobody else gets them as long as it may have them.
    for (const key of keys) home.pending.sent(key);
    this.#join(home, session);
    this.#parts.restored(home);
  }

  recall(session: Session, keys: readonly number[]): Promise<ReadonlyMap<number, Stanza>> {
    return this.#parts.recall(this.#parts.homes.of(session.account), keys);
  }

  remove(session: Session): Promise<void> {
    const home = this.#parts.homes.peek(session.account);
    const name = session.jid.toString();
    if (home === undefined || !home.sessions.includes(session))
      return this.#leaving.get(name) ?? Promise.resolve();
    home.sessions = home.sessions.filter((other) => other !== session);
    this.#all.delete(session);
    const left = this.#leave(session).finally(() => {
      if (this.#leaving.get(name) === left) this.#leaving.delete(name);
    });
    this.#leaving.set(name, left);
    return left;
  }

  flushed(session: Session, keys: readonly number[]): void {
    const home = this.#parts.homes.peek(session.account);
    if (home !== undefined) this.#parts.flushed(home, keys);
  }

  unflushed(session: Session, keys: readonly number[]): void {
    const home = this.#parts.homes.peek(session.account);
    if (home !== undefined) this.#parts.unflushed(home, keys);
  }

  /** Resolves when nobody is leaving any more. */
  async settled(): Promise<void> {
    while (this.#leaving.size > 0) await Promise.all(this.#leaving.values());
  }

  #join(home: Home, session: Session): void {
    home.sessions = [...home.sessions, session];
    this.#all.add(session);
  }

  async #leave(session: Session): Promise<void> {
    // The end of the stream is handled after everything before it (architecture: Order).
    await this.#parts.settled(session);
    await this.#parts.hooks.run(sessionEnded, { session }, this.#parts.onCrash);
  }
}

/** Who has no connection makes room for who has one. */
function endLongestHibernating(home: Home): void {
  let longest: Session | undefined;
  let since = Number.POSITIVE_INFINITY;
  for (const session of home.sessions) {
    if (session.hibernatingSince === undefined || session.hibernatingSince >= since) continue;
    longest = session;
    since = session.hibernatingSince;
  }
  longest?.end("resource-constraint", "Too many sessions");
}
