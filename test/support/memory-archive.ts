import type { ArchivedMessage, MessageArchive } from "../../src/kernel/archive.ts";
import type { LogQuery, OwnersPage } from "../../src/kernel/storage.ts";
import type { Element } from "../../src/xml/element.ts";
import type { Jid } from "../../src/xmpp/jid.ts";
import { stanza } from "./stanzas.ts";

/** Archives in lists. A key is a moment in microseconds, an id `id` and the key, whosever it is. */
export class MemoryArchive implements MessageArchive {
  readonly entries: Map<string, ArchivedMessage[]> = new Map();
  /** The largest page that was read, and how many pages were. */
  largest = 0;
  pages = 0;
  /** What was trimmed, and to what. */
  readonly trims: [string, object][] = [];

  /** A message in the archive of `account` with this key. */
  add(account: string, key: number, from: string, to: string, ...content: readonly Element[]): void {
    const list = this.entries.get(account) ?? [];
    this.entries.set(account, list);
    const plain = stanza(from, `<message to='${to}' type='chat'><body>${key}</body></message>`);
    const message = content.reduce((whole, child) => whole.append(child), plain);
    list.push({ key, id: `id${key}`, stanza: message, at: new Date(Math.floor(key / 1000)) });
  }

  async page(account: Jid, query: LogQuery): Promise<readonly ArchivedMessage[]> {
    const found = this.#select(account, query);
    const start = query.newest ? Math.max(0, found.length - query.limit) : 0;
    const page = found.slice(start, start + query.limit);
    this.largest = Math.max(this.largest, page.length);
    this.pages++;
    return page;
  }

  async get(account: Jid, keys: readonly number[]): Promise<readonly ArchivedMessage[]> {
    return this.#list(account).filter(({ key }) => keys.includes(key));
  }

  async count(account: Jid, query: Pick<LogQuery, "after" | "before" | "with"> = {}): Promise<number> {
    return this.#select(account, query).length;
  }

  id(_account: Jid, key: number): string {
    return `id${key}`;
  }

  keyOf(_account: Jid, id: string): number | undefined {
    return /^id\d+$/.test(id) ? Number(id.slice(2)) : undefined;
  }

  keyAt(time: number): number {
    return time * 1000;
  }

  async owners({ domain, after = "", limit }: OwnersPage): Promise<readonly Jid[]> {
    const owners = [...this.entries.keys()].map((name) => stanza(name, "<message/>").from!);
    const wanted = owners.filter((owner) => owner.domain === domain && owner.local > after);
    return wanted.sort((one, other) => (one.local < other.local ? -1 : 1)).slice(0, limit);
  }

  async remove(account: Jid, keys: readonly number[]): Promise<void> {
    const left = this.#list(account).filter(({ key }) => !keys.includes(key));
    this.entries.set(account.toString(), left);
  }

  async trim(account: Jid, keep: { readonly newest?: number; readonly since?: number }): Promise<void> {
    this.trims.push([account.toString(), keep]);
  }

  #list(account: Jid): readonly ArchivedMessage[] {
    return this.entries.get(account.toString()) ?? [];
  }

  #select(account: Jid, query: Pick<LogQuery, "after" | "before" | "with">): readonly ArchivedMessage[] {
    const { after = 0, before = Number.POSITIVE_INFINITY, with: peer } = query;
    return this.#list(account).filter(({ key, stanza: { from, to } }) => {
      const other = from!.bare.equals(account) ? to! : from!;
      return key > after && key < before && (peer === undefined || other.bare.equals(peer.bare));
    });
  }
}
