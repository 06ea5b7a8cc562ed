import type { Log } from "../base/log.ts";
import type { Cancel, World } from "../base/world.ts";
import { type Change, type LogStore, type Storage, stanzaCodec } from "../kernel/storage.ts";
import type { Stanza } from "../xmpp/stanza.ts";
import type { Home } from "./homes.ts";
import type { PendingMessages, SettledMessages } from "./pending-messages.ts";

/** Keys count microseconds of the wall clock, so a key tells when (durability: keys and ids). */
const KEYS_PER_MILLISECOND = 1000;

/** How long a delivered message may stay in the store: a crash within this time delivers it a second time. */
const SETTLE_DELAY = 200;

/** Entries read at once for their keys: strangers choose how large they are, and all of a page are in memory together. */
const PAGE = 50;

/** The log of messages: what is accepted is committed here before anybody gets it. */
export class MessageLog {
  readonly #storage: Storage;
  readonly #store: LogStore<Stanza>;
  readonly #world: World;
  readonly #log: Log;
  #lastKey = 0;
  readonly #unsettled = new Set<Home>();
  #cancelSettling: Cancel | undefined = undefined;

  constructor(storage: Storage, world: World, log: Log) {
    this.#storage = storage;
    this.#store = storage.log("messages", stanzaCodec);
    this.#world = world;
    this.#log = log;
  }

  /** Reads where the keys go on, so that a clock that was set back changes nothing. */
  async start(): Promise<void> {
    this.#lastKey = await this.#store.lastKey();
  }

  /** Commits a message as pending for the account, which is loaded; rejects with StorageError when the store does not take it. */
  append(home: Home, stanza: Stanza): { readonly key: number; readonly committed: Promise<void> } {
    const key = Math.max(Math.floor(this.#world.now() * KEYS_PER_MILLISECOND), this.#lastKey + 1);
    this.#lastKey = key;
    home.pending.add(key);
    const owner = { owner: home.account, with: stanza.from!.bare };
    const committed = this.#storage.commit([this.#store.append([owner], key, stanza)]);
    return { key, committed };
  }

  /** Makes `home.pending` complete: what was stored before the start is counted too. */
  load(home: Home): Promise<void> | undefined {
    if (home.pending.loaded) return undefined;
    home.pending.loading ??= this.#read(home).finally(() => {
      home.pending.loading = undefined;
    });
    return home.pending.loading;
  }

  /** The messages of these keys, ascending, each with the moment when it came. */
  async messages(
    home: Home,
    keys: readonly number[],
  ): Promise<readonly { readonly key: number; readonly stanza: Stanza; readonly at: Date }[]> {
    const entries = await this.#store.get(home.account, keys);
    return entries.map(({ key, value }) => ({
      key,
      stanza: value,
      at: new Date(Math.floor(key / KEYS_PER_MILLISECOND)),
    }));
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
      changes.push(this.#store.trim(account, { since: settled.since }));
      if (settled.keys.length > 0) changes.push(this.#store.remove(account, { keys: settled.keys }));
    }
    this.#unsettled.clear();
    if (changes.length === 0) return;
    let done = true;
    try {
      await this.#storage.commit(changes);
    } catch (error) {
      // They would be delivered once more after a restart; with the next settled message of the account they are tried again.
      this.#log.warn("delivered messages are still in the store", { error });
      done = false;
    }
    for (const { pending, settled } of taken) pending.trimmed(settled, done);
  }

  /** Everything that the account has here, for its removal. */
  removal(home: Home): Change {
    this.#unsettled.delete(home);
    return this.#store.remove(home.account);
  }

  async #read(home: Home): Promise<void> {
    const keys: number[] = [];
    for (let after = 0; ; ) {
      const page = await this.#store.page(home.account, { after, limit: PAGE });
      for (const { key } of page) keys.push(key);
      if (page.length < PAGE) break;
      after = page.at(-1)!.key;
    }
    home.pending.load(keys);
  }
}
