import type { Log } from "../base/log.ts";
import type { Cancel, World } from "../base/world.ts";
import {
  type Change,
  type DocumentStore,
  type LogStore,
  type Storage,
  stanzaCodec,
} from "../kernel/storage.ts";
import type { Jid } from "../xmpp/jid.ts";
import type { Stanza } from "../xmpp/stanza.ts";
import type { Home } from "./homes.ts";
import { keyAt, momentOf } from "./message-keys.ts";
import type { DeliveryMark, PendingMessages, SettledMessages, WaitingMessage } from "./pending-messages.ts";

/** How long it may take until the store knows that a message was delivered: a crash within this time delivers it a second time. */
const SETTLE_DELAY = 200;

/** Entries read at once for their keys: strangers choose how large they are, and all of a page are in memory together. */
const PAGE = 50;

/** The store of the archives. */
export const ARCHIVE = "messages";

/** A message that was accepted for an account. */
export interface Acceptance {
  readonly stanza: Stanza;
  /** The archive of the receiver takes it. */
  readonly archived: boolean;
  /** The home of the sender, where its archive takes it. */
  readonly sender: Home | undefined;
  /** What is committed with it. */
  readonly progress: readonly Change[];
}

/** A message as it stands in the store. */
export interface StoredMessage {
  readonly key: number;
  readonly stanza: Stanza;
  readonly at: Date;
}

/**
 * The log of messages: what is accepted is committed here before anybody gets it. What an archive takes stays (`messages`), and a mark for each account says what of it
 * was delivered; what none takes is kept until it was delivered (`passing-messages`).
 */
export class MessageLog {
  readonly #storage: Storage;
  readonly #archive: LogStore<Stanza>;
  readonly #passing: LogStore<Stanza>;
  readonly #marks: DocumentStore<DeliveryMark>;
  readonly #world: World;
  readonly #log: Log;
  #lastKey = 0;
  readonly #unsettled = new Set<Home>();
  #cancelSettling: Cancel | undefined = undefined;

  constructor(storage: Storage, world: World, log: Log) {
    this.#storage = storage;
    this.#archive = storage.log(ARCHIVE, stanzaCodec);
    this.#passing = storage.log("passing-messages", stanzaCodec);
    this.#marks = storage.document("delivery-marks");
    this.#world = world;
    this.#log = log;
  }

  /** Reads where the keys go on, so that a clock that was set back changes nothing. */
  async start(): Promise<void> {
    this.#lastKey = Math.max(await this.#archive.lastKey(), await this.#passing.lastKey());
  }

  /** Commits a message as pending for the account, which is loaded; rejects with StorageError when the store does not take it. */
  append(
    home: Home,
    { stanza, archived, sender, progress }: Acceptance,
  ): { readonly key: number; readonly committed: Promise<void> } {
    const key = Math.max(keyAt(this.#world.now()), this.#lastKey + 1);
    this.#lastKey = key;
    home.pending.add(key, archived);
    const receiver = { owner: home.account, with: stanza.from!.bare };
    const owners = archived ? [receiver] : [];
    if (sender !== undefined) {
      owners.push({ owner: sender.account, with: home.account });
      if (sender.pending.pass(key)) this.#moveMark(sender);
    }
    const changes: Change[] = [...progress];
    if (owners.length > 0) changes.push(this.#archive.append(owners, key, stanza));
    if (!archived) changes.push(this.#passing.append([receiver], key, stanza));
    return { key, committed: this.#storage.commit(changes) };
  }

  /** Makes `home.pending` complete: what was stored before the start is counted too. */
  load(home: Home): Promise<void> | undefined {
    if (home.pending.loaded) return undefined;
    home.pending.loading ??= this.#read(home).finally(() => {
      home.pending.loading = undefined;
    });
    return home.pending.loading;
  }

  /** Pending messages by their keys, ascending. */
  async messages(home: Home, keys: readonly number[]): Promise<readonly StoredMessage[]> {
    const archived = keys.filter((key) => home.pending.isArchived(key));
    const passing = keys.filter((key) => !home.pending.isArchived(key));
    const found = [
      ...(archived.length > 0 ? await this.#archive.get(home.account, archived) : []),
      ...(passing.length > 0 ? await this.#passing.get(home.account, passing) : []),
    ];
    return found
      .map(({ key, value }) => ({ key, stanza: value, at: momentOf(key) }))
      .sort((one, other) => one.key - other.key);
  }

  /** Messages that were for the account by their keys, ascending, whether they still wait or not. */
  async recall(
    { account }: Home,
    keys: readonly number[],
  ): Promise<readonly (StoredMessage & { readonly archived: boolean })[]> {
    const [archived, passing] = await Promise.all([
      this.#archive.get(account, keys),
      this.#passing.get(account, keys),
    ]);
    const entries = [...archived, ...passing.filter(({ key }) => !archived.some((one) => one.key === key))];
    return entries
      .map(({ key, value }) => ({
        key,
        stanza: value,
        at: momentOf(key),
        archived: archived.some((one) => one.key === key),
      }))
      .sort((one, other) => one.key - other.key);
  }

  /** To be called when something in `home.pending` was settled. */
  settled(home: Home): void {
    this.#unsettled.add(home);
    this.#cancelSettling ??= this.#world.after(SETTLE_DELAY, () => {
      this.#cancelSettling = undefined;
      void this.settle();
    });
  }

  /** Writes what is settled; for the end of the server too. */
  async settle(): Promise<void> {
    const changes: Change[] = [];
    const taken: { readonly pending: PendingMessages; readonly settled: SettledMessages }[] = [];
    for (const { account, pending } of this.#unsettled) {
      const settled = pending.takeSettled();
      taken.push({ pending, settled });
      changes.push(...this.#settling(account, settled));
    }
    this.#unsettled.clear();
    if (changes.length === 0) return;
    let done = true;
    try {
      await this.#storage.commit(changes);
    } catch (error) {
      // They would be delivered once more after a restart; with the next settled message of the account they are tried again.
      this.#log.warn("the store does not know yet which messages were delivered", { error });
      done = false;
    }
    for (const { pending, settled } of taken) pending.written(settled, done);
  }

  /** Everything that the account has here, for its removal. */
  removal(home: Home): readonly Change[] {
    this.#unsettled.delete(home);
    const { account } = home;
    return [this.#archive.remove(account), this.#passing.remove(account), this.#marks.remove(account)];
  }

  #settling(account: Jid, { mark, passing }: SettledMessages): readonly Change[] {
    const changes: Change[] = [];
    if (mark !== undefined) changes.push(this.#marks.set(account, mark));
    if (passing === undefined) return changes;
    changes.push(this.#passing.trim(account, { since: passing.since }));
    if (passing.keys.length > 0) changes.push(this.#passing.remove(account, { keys: passing.keys }));
    return changes;
  }

  /** The mark of an account that sends much and gets little. */
  #moveMark(home: Home): void {
    const loading = this.load(home);
    if (loading === undefined) this.settled(home);
    else
      loading.then(
        () => this.settled(home),
        // It is tried with the next message that it sends.
        (error: unknown) =>
          this.#log.warn("pending messages could not be read", { account: home.account, error }),
      );
  }

  async #read(home: Home): Promise<void> {
    const { account } = home;
    const { through, waiting } = (await this.#marks.get(account)) ?? { through: 0, waiting: [] };
    const found: WaitingMessage[] = waiting.map((key) => ({ key, archived: true }));
    let highest = through;
    await everyEntry(this.#archive, account, through, (key, stanza) => {
      highest = key;
      if (stanza.to!.bare.equals(account)) found.push({ key, archived: true });
    });
    await everyEntry(this.#passing, account, 0, (key) => found.push({ key, archived: false }));
    found.sort((one, other) => one.key - other.key);
    home.pending.load(found, highest);
  }
}

async function everyEntry(
  log: LogStore<Stanza>,
  account: Jid,
  after: number,
  visit: (key: number, stanza: Stanza) => void,
): Promise<void> {
  for (let last = after; ; ) {
    const page = await log.page(account, { after: last, limit: PAGE });
    for (const { key, value } of page) visit(key, value);
    if (page.length < PAGE) return;
    last = page.at(-1)!.key;
  }
}
