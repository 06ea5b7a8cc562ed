import type { ArchivedMessage, MessageArchive } from "../kernel/archive.ts";
import {
  type Entry,
  type LogQuery,
  type LogStore,
  type OwnersPage,
  type Storage,
  stanzaCodec,
} from "../kernel/storage.ts";
import type { Jid } from "../xmpp/jid.ts";
import type { Stanza } from "../xmpp/stanza.ts";
import type { ArchiveIds } from "./archive-ids.ts";
import type { Homes } from "./homes.ts";
import { keyAt, momentOf } from "./message-keys.ts";
import { ARCHIVE, type MessageLog } from "./message-log.ts";

/** The archives: what the log of messages keeps (durability: archived and pending are two independent marks). */
export class LoggedMessages implements MessageArchive {
  readonly #storage: Storage;
  readonly #store: LogStore<Stanza>;
  readonly #ids: ArchiveIds;
  readonly #homes: Homes;
  readonly #messages: MessageLog;

  constructor(storage: Storage, ids: ArchiveIds, homes: Homes, messages: MessageLog) {
    this.#storage = storage;
    this.#store = storage.log(ARCHIVE, stanzaCodec);
    this.#ids = ids;
    this.#homes = homes;
    this.#messages = messages;
  }

  async page(account: Jid, query: LogQuery): Promise<readonly ArchivedMessage[]> {
    return this.#archived(account, await this.#store.page(account, query));
  }

  async get(account: Jid, keys: readonly number[]): Promise<readonly ArchivedMessage[]> {
    return this.#archived(account, await this.#store.get(account, keys));
  }

  count(account: Jid, query?: Pick<LogQuery, "after" | "before" | "with">): Promise<number> {
    return this.#store.count(account, query);
  }

  owners(page: OwnersPage): Promise<readonly Jid[]> {
    return this.#store.owners(page);
  }

  id(account: Jid, key: number): string {
    return this.#ids.id(account, key);
  }

  keyOf(account: Jid, id: string): number | undefined {
    return this.#ids.keyOf(account, id);
  }

  keyAt(time: number): number {
    return keyAt(time);
  }

  async trim(account: Jid, keep: { readonly newest?: number; readonly since?: number }): Promise<void> {
    const home = this.#homes.of(account);
    await this.#messages.load(home);
    const first = home.pending.firstArchived;
    let { newest, since } = keep;
    if (first !== undefined) {
      if (since !== undefined) since = Math.min(since, first);
      if (newest !== undefined)
        newest = Math.max(newest, await this.#store.count(account, { after: first - 1 }));
    }
    const kept = { ...(newest === undefined ? {} : { newest }), ...(since === undefined ? {} : { since }) };
    await this.#storage.commit([this.#store.trim(account, kept)]);
  }

  async remove(account: Jid, keys: readonly number[]): Promise<void> {
    const home = this.#homes.of(account);
    await this.#messages.load(home);
    const gone = keys.filter((key) => !home.pending.isArchived(key));
    if (gone.length > 0) await this.#storage.commit([this.#store.remove(account, { keys: gone })]);
  }

  #archived(account: Jid, entries: readonly Entry<Stanza>[]): readonly ArchivedMessage[] {
    return entries.map(({ key, value }) => ({
      key,
      id: this.#ids.id(account, key),
      stanza: value,
      at: momentOf(key),
    }));
  }
}
