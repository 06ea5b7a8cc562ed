import type { Log } from "../../base/log.ts";
import type { Cancel, World } from "../../base/world.ts";
import type { Place } from "../../kernel/sessions.ts";
import type { Change, MapStore, Storage } from "../../kernel/storage.ts";
import type { Jid } from "../../xmpp/jid.ts";
import type { Reference } from "./acknowledgements.ts";

/** How long it may take until the store knows of a change that nobody waits for, milliseconds. */
const WRITE_DELAY = 200;
/** After a refusal. */
const RETRY_DELAY = 5_000;
/** Accounts read at once. */
const PAGE = 100;

/** The stores of these records: nothing in them is true of a database that is not the newest. */
export const SESSION_STORES = ["sessions", "session-handled", "session-references"] as const;

/** What is known of a session, as JSON. */
export interface SessionFacts {
  readonly resource: string;
  readonly lang?: string | undefined;
  readonly since: number;
  /** Where it was connected last. */
  readonly place: Place;
  /** How long it may be without a connection, milliseconds. */
  readonly max: number;
  /** The last presence, as it goes out. */
  readonly presence?: string | undefined;
  readonly priority: number;
  /** What extensions know of it, by slot. */
  readonly slots: Readonly<Record<string, unknown>>;
}

/** A session as it was when the server ended. */
export interface StoredSession {
  readonly account: Jid;
  readonly id: string;
  readonly facts: SessionFacts;
  readonly handled: number;
  readonly references: readonly Reference[];
}

/** What a record is made of. */
export interface Recorded {
  readonly account: Jid;
  facts(): SessionFacts;
  references(): readonly Reference[];
  readonly handled: number;
  /** So many of those are known to be in the store. */
  readonly durable: number;
  /** So many handled stanzas are in the store, or it does not take them. */
  persisted(handled: number): void;
}

/**
 * The records of sessions that a restart does not end (durability: sessions that survive a restart). Three values for each, because they change at
 * different times: what is known of it, how many stanzas of its client were handled, and which messages its client has not acknowledged.
 */
export class SessionRecords {
  readonly #storage: Storage;
  readonly #world: World;
  readonly #log: Log;
  readonly #facts: MapStore<SessionFacts>;
  readonly #handled: MapStore<number>;
  readonly #references: MapStore<readonly Reference[]>;
  readonly #due = new Set<SessionRecord>();
  #cancel: Cancel | undefined = undefined;

  constructor(storage: Storage, world: World, log: Log) {
    this.#storage = storage;
    this.#world = world;
    this.#log = log;
    const [facts, handled, references] = SESSION_STORES;
    this.#facts = storage.map(facts);
    this.#handled = storage.map(handled);
    this.#references = storage.map(references);
  }

  create(id: string, session: Recorded): SessionRecord {
    return new SessionRecord(this, id, session);
  }

  /** Everything about an account, for its removal. */
  removal(account: Jid): readonly Change[] {
    return [this.#facts, this.#handled, this.#references].map((store) => store.removeAll(account));
  }

  /** All records of a host, page by page. */
  async *stored(host: string): AsyncGenerator<StoredSession, void> {
    for (let after: string | undefined; ; ) {
      const page = await this.#facts.owners({
        domain: host,
        limit: PAGE,
        ...(after === undefined ? {} : { after }),
      });
      for (const account of page) {
        const [facts, handled, references] = await Promise.all([
          this.#facts.all(account),
          this.#handled.all(account),
          this.#references.all(account),
        ]);
        for (const [id, known] of facts) {
          yield {
            account,
            id,
            facts: known,
            handled: handled.get(id) ?? 0,
            references: references.get(id) ?? [],
          };
        }
      }
      if (page.length < PAGE) return;
      after = page.at(-1)!.local;
    }
  }

  // What follows is for the records.

  changesOf(
    account: Jid,
    id: string,
    what: Partial<Pick<StoredSession, "facts" | "handled" | "references">>,
  ): Change[] {
    const changes: Change[] = [];
    if (what.facts !== undefined) changes.push(this.#facts.set(account, id, what.facts));
    if (what.handled !== undefined) changes.push(this.#handled.set(account, id, what.handled));
    if (what.references !== undefined) changes.push(this.#references.set(account, id, what.references));
    return changes;
  }

  removalOf(account: Jid, id: string): Change[] {
    return [this.#facts, this.#handled, this.#references].map((store) => store.remove(account, id));
  }

  /** True once it is durable, false when the store does not take it. */
  async commit(changes: readonly Change[], what: string): Promise<boolean> {
    if (changes.length === 0) return true;
    try {
      await this.#storage.commit(changes);
      return true;
    } catch (error) {
      this.#log.warn(what, { error });
      return false;
    }
  }

  /** It is written soon, together with others. */
  due(record: SessionRecord, retry = false): void {
    this.#due.add(record);
    this.#cancel ??= this.#world.after(retry ? RETRY_DELAY : WRITE_DELAY, () => void this.flush());
  }

  notDue(record: SessionRecord): void {
    this.#due.delete(record);
  }

  /** Writes what is due. */
  async flush(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    const records = [...this.#due];
    this.#due.clear();
    await Promise.all(records.map((record) => record.save()));
  }
}

/** The record of one session. */
export class SessionRecord {
  readonly id: string;
  readonly #records: SessionRecords;
  readonly #session: Recorded;
  /** The facts as they were handed to the store, as text; undefined when it is not known what the store has. */
  #written: string | undefined = undefined;
  /** The highest count that was handed to the store; undefined when it is not known whether it has it. */
  #counted: number | undefined = undefined;
  /** The store may have references. */
  #hasReferences = true;
  #factsDue = true;
  #removed = false;

  constructor(records: SessionRecords, id: string, session: Recorded) {
    this.#records = records;
    this.id = id;
    this.#session = session;
  }

  /** Something that a record tells of may have changed. */
  touch(facts: boolean): void {
    if (facts) this.#factsDue = true;
    this.#records.due(this);
  }

  /** Together with a message of the session: what a restart must find once `handled` stanzas count as handled. */
  changes(handled: number): readonly Change[] {
    if (this.#removed) return [];
    this.#counted = handled;
    return this.#records.changesOf(this.#session.account, this.id, { ...this.#changedFacts(), handled });
  }

  /** The store has refused something of it. */
  refused(): void {
    this.#written = undefined;
    this.#counted = undefined;
    this.#factsDue = true;
    this.#hasReferences = true;
    this.#records.due(this, true);
  }

  /** Writes all of it that is new. False when the store does not take it; it is tried again then. */
  async save(): Promise<boolean> {
    if (this.#removed) return true;
    this.#records.notDue(this);
    const { account, handled } = this.#session;
    const what = { ...this.#changedFacts(), ...this.#changedReferences(), ...this.#changedCount() };
    const saved = await this.#records.commit(
      this.#records.changesOf(account, this.id, what),
      "a session could not be stored: it does not survive a restart",
    );
    if (!saved && !this.#removed) this.refused();
    this.#session.persisted(handled);
    return saved;
  }

  /** The session is over. */
  async remove(): Promise<void> {
    if (this.#removed) return;
    this.#removed = true;
    this.#records.notDue(this);
    const changes = this.#records.removalOf(this.#session.account, this.id);
    await this.#records.commit(changes, "the record of a session that is over could not be removed");
  }

  #changedFacts(): { readonly facts?: SessionFacts } {
    if (!this.#factsDue) return {};
    this.#factsDue = false;
    const facts = this.#session.facts();
    const text = JSON.stringify(facts);
    if (text === this.#written) return {};
    this.#written = text;
    return { facts };
  }

  /** A message that is on its way to the store has a higher count than what is handled: the store must not go back behind it. */
  #changedCount(): { readonly handled?: number } {
    const { handled, durable } = this.#session;
    if (this.#counted !== undefined && this.#counted >= handled && durable >= handled) return {};
    this.#counted = Math.max(this.#counted ?? 0, handled);
    return { handled: this.#counted };
  }

  /** Nothing is written for what was acknowledged before its turn came. */
  #changedReferences(): { readonly references?: readonly Reference[] } {
    const references = this.#session.references();
    if (references.length === 0 && !this.#hasReferences) return {};
    this.#hasReferences = references.length > 0;
    return { references };
  }
}
