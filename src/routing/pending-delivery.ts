import type { Log } from "../base/log.ts";
import { type CrashPolicy, Drop, type Hooks } from "../kernel/hooks.ts";
import { sessionAvailable, waitingMessage } from "../kernel/points.ts";
import type { Session } from "../kernel/sessions.ts";
import { StorageError } from "../kernel/storage.ts";
import { element } from "../xml/element.ts";
import { DELAY } from "../xmpp/namespaces.ts";
import type { Stanza } from "../xmpp/stanza.ts";
import type { ArchiveIds } from "./archive-ids.ts";
import type { Home, Homes } from "./homes.ts";
import { messageFate } from "./message-fate.ts";
import type { MessageLog, StoredMessage } from "./message-log.ts";

/** Entries read at once when a session gets what waited for it. */
const DRAIN_PAGE = 50;

/** A session that is getting what waited for it. */
interface Drain {
  /** There is reason to look again afterwards. */
  again: boolean;
  /** Has it look whether somebody else should get the rest. */
  wake: () => void;
  readonly woken: Promise<void>;
  readonly over: Promise<void>;
}

/** Brings messages that waited in the store to a session that takes them (XEP-0160). */
export class PendingDelivery {
  readonly #messages: MessageLog;
  readonly #ids: ArchiveIds;
  readonly #hooks: Hooks;
  readonly #onCrash: CrashPolicy;
  readonly #log: Log;
  readonly #draining = new Map<Session, Drain>();

  constructor(messages: MessageLog, ids: ArchiveIds, hooks: Hooks, onCrash: CrashPolicy, log: Log) {
    this.#messages = messages;
    this.#ids = ids;
    this.#hooks = hooks;
    this.#onCrash = onCrash;
    this.#log = log;
  }

  /** A session that begins to take messages gets what waited for its account. */
  attach(homes: Homes): void {
    this.#hooks.on(sessionAvailable, "deliver", "delivery", ({ session }) => {
      const home = homes.of(session.account);
      void this.#deliverPending(session, home, this.#wakeSleeping(session, home));
    });
  }

  /** Sessions without a connection keep nothing from `session` that they were not sent yet. What is to be waited for. */
  #wakeSleeping(session: Session, home: Home): readonly Promise<void>[] {
    if (!takesMessages(session)) return [];
    return home.sessions.flatMap((other) => {
      const drain = other.hibernatingSince === undefined ? undefined : this.#draining.get(other);
      drain?.wake();
      return drain?.over ?? [];
    });
  }

  /** A session has these. */
  flushed(home: Home, keys: readonly number[]): void {
    const settle = (): void => {
      for (const key of keys) home.pending.left(key);
      this.#messages.settled(home);
    };
    const loading = this.#messages.load(home);
    if (loading === undefined) settle();
    // After a restart a client may say so before anybody has asked what waits. Where that cannot be read, they come once more.
    else loading.then(settle, () => this.#putDown(home, keys));
  }

  /** Messages whose stream died before their bytes had left go to another session, or go on waiting. */
  redeliver(home: Home, unflushed: readonly number[]): void {
    this.#putDown(home, unflushed);
    this.#bring(home);
  }

  #putDown(home: Home, keys: readonly number[]): void {
    for (const key of keys) home.pending.putDown(key);
  }

  /**
   * The account has sessions of before a restart. What was accepted and did not get to them, or is not known to, is brought to them as soon as anybody asks
   * what waits: before whatever comes new.
   */
  restored(home: Home): void {
    home.pending.whenLoaded = () => this.#bring(home);
  }

  /** By key and in order, as they are delivered late; without those that are not kept any more. */
  async recall(home: Home, keys: readonly number[]): Promise<ReadonlyMap<number, Stanza>> {
    if (keys.length === 0) return new Map();
    await this.#messages.load(home);
    const found = await this.#messages.recall(home, keys);
    return new Map(
      found.map(({ archived, ...entry }) => [
        entry.key,
        delayed(
          archived ? this.#ids.stamp(entry.stanza, home.account, entry.key) : entry.stanza,
          home,
          entry.at,
        ),
      ]),
    );
  }

  /** What waits goes to whoever takes messages. */
  #bring(home: Home): void {
    const fate = messageFate({ type: "chat", addressed: undefined, available: home.available() });
    if (fate.kind === "deliver") void this.#deliverPending(fate.to[0]!, home);
  }

  async #deliverPending(session: Session, home: Home, before: readonly Promise<void>[] = []): Promise<void> {
    const running = this.#draining.get(session);
    if (running !== undefined) {
      running.again = true;
      return;
    }
    if (home.pending.loaded && home.pending.size === 0) return;
    const { promise: woken, resolve: wake } = Promise.withResolvers<void>();
    const { promise: over, resolve: end } = Promise.withResolvers<void>();
    const drain: Drain = { again: false, wake, woken, over };
    this.#draining.set(session, drain);
    try {
      // Nothing that comes meanwhile gets past it (RFC 6120 §10.1).
      await session.precede(async (write) => {
        await Promise.all(before);
        await this.#drain(session, home, write);
      });
      const heir = heirOf(session, home);
      if (heir !== undefined) void this.#deliverPending(heir, home);
      else if (!takesMessages(session)) this.#bring(home);
    } catch (error) {
      // They wait for the next session: at once it would most likely fail again. A store that is closed is the end of the server and no failure.
      if (!(error instanceof StorageError && error.fault === "closed"))
        this.#log.error("pending messages could not be read", { account: home.account, error });
    }
    this.#draining.delete(session);
    end();
    if (drain.again) void this.#deliverPending(session, home);
  }

  async #drain(session: Session, home: Home, write: Session["send"]): Promise<void> {
    await this.#messages.load(home);
    while (mayDrain(session, home)) {
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
    if (!mayDrain(session, home)) return;
    const entries = new Map((await this.#messages.messages(home, page)).map((entry) => [entry.key, entry]));
    for (const key of page) {
      if (!mayDrain(session, home)) return;
      const entry = entries.get(key);
      const wanted = entry !== undefined && (await this.#isWanted(entry, home));
      left.delete(key);
      if (wanted) this.#handOver(entry, home, session, write);
      else this.flushed(home, [key]);
      const room = session.writable();
      if (room !== undefined) await Promise.race([room, this.#draining.get(session)?.woken]);
    }
  }

  /** RFC 6121 §8.5.3.1: the resource that is addressed gets it, if it is there again. */
  #handOver(entry: StoredMessage, home: Home, session: Session, write: Session["send"]): void {
    const { resource } = entry.stanza.to!;
    const addressed = resource === "" ? undefined : home.find(resource);
    const stanza = this.#waited(entry, home);
    if (addressed === undefined || addressed === session) write(stanza, entry.key);
    else addressed.send(stanza, entry.key);
  }

  /** @throws StanzaError where that is not known */
  async #isWanted({ stanza }: StoredMessage, { account }: Home): Promise<boolean> {
    const verdict = await this.#hooks.run(waitingMessage, { stanza, account }, this.#onCrash);
    if (verdict === undefined || verdict instanceof Drop) return verdict === undefined;
    throw verdict;
  }

  /** As its receiver gets it: with the id that it has in the archive, if it is there, and since when it waited. */
  #waited({ key, stanza, at }: StoredMessage, home: Home): Stanza {
    const seen = home.pending.isArchived(key) ? this.#ids.stamp(stanza, home.account, key) : stanza;
    return delayed(seen, home, at);
  }
}

function takesMessages(session: Session): boolean {
  return !session.ended && session.presence !== undefined && session.priority >= 0;
}

/** Who gets instead what waits while `session` has no connection; undefined while it has one, and where nobody else is there. */
function heirOf(session: Session, home: Home): Session | undefined {
  if (session.hibernatingSince === undefined) return undefined;
  return home.sessions.find((other) => other.hibernatingSince === undefined && takesMessages(other));
}

function mayDrain(session: Session, home: Home): boolean {
  return takesMessages(session) && heirOf(session, home) === undefined;
}

/** XEP-0203, as XEP-0160 §2 asks for. */
function delayed(stanza: Stanza, home: Home, at: Date): Stanza {
  const attributes = { from: home.account.domain, stamp: at.toISOString() };
  return stanza.append(element("delay", DELAY, attributes, "Offline Storage"));
}
