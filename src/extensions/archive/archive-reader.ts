import type { ArchivedMessage, MessageArchive } from "../../kernel/archive.ts";
import type { LogQuery } from "../../kernel/storage.ts";
import { StanzaError } from "../../xmpp/errors.ts";
import type { Jid } from "../../xmpp/jid.ts";
import type { PageRequest } from "../../xmpp/result-set.ts";
import type { Filter } from "./archive-query.ts";

/** Above those of all messages. */
const NO_KEY = Number.MAX_SAFE_INTEGER;

/** Messages read at once. */
const SLICE = 50;

/** Bytes of messages after which a page ends. */
const PAGE_BYTES = 1024 * 1024;

/** Messages that are looked through for those of one resource before the answer has to do with what was found. */
const LONGEST_SEARCH = 2000;
const TOO_LONG = "Nothing was found among many messages; a shorter time helps";

export interface PageSizes {
  /** Where the client does not say. */
  readonly usual: number;
  /** What it may say. */
  readonly most: number;
}

/** Exclusive bounds by key. */
interface Range {
  readonly after: number;
  readonly before: number;
}

/** A part of a result. */
export interface ResultPage {
  /** Ascending. */
  readonly messages: readonly ArchivedMessage[];
  /** Nothing lies beyond it, on the side to which it was asked for. */
  readonly complete: boolean;
  /** Of the whole result, and how many of it are in front of the page; undefined where that takes too long. */
  readonly count: number | undefined;
  readonly index: number | undefined;
}

/** Fills a page from one of its ends. */
class Page {
  readonly #limit: number;
  readonly #backwards: boolean;
  readonly #messages: ArchivedMessage[] = [];
  #bytes = 0;
  complete = true;

  constructor(limit: number, backwards: boolean) {
    this.#limit = limit;
    this.#backwards = backwards;
  }

  get size(): number {
    return this.#messages.length;
  }

  /** So many tell whether anything is left outside. */
  get wanted(): number {
    return this.#limit - this.size + 1;
  }

  /** The next one in the direction of the page; stays outside when there is no room for it. */
  add(message: ArchivedMessage): void {
    const size = message.stanza.bytes().length;
    const isFull = this.size >= this.#limit || (this.size > 0 && this.#bytes + size > PAGE_BYTES);
    if (isFull) this.complete = false;
    if (!this.complete) return;
    this.#messages.push(message);
    this.#bytes += size;
  }

  messages(): readonly ArchivedMessage[] {
    return this.#backwards ? this.#messages.toReversed() : this.#messages;
  }
}

/** Reads pages of archives, in slices: what a client may ask for in one request does not hold the memory of a server. */
export class ArchiveReader {
  readonly #archive: MessageArchive;
  readonly #sizes: PageSizes;

  constructor(archive: MessageArchive, sizes: PageSizes) {
    this.#archive = archive;
    this.#sizes = sizes;
  }

  /** @throws StanzaError item-not-found for an id that is not in the archive; policy-violation, resource-constraint for what takes too long */
  async read(account: Jid, filter: Filter, request: PageRequest): Promise<ResultPage> {
    const named = [filter.afterId, filter.beforeId, request.after, request.before || undefined];
    const [afterId, beforeId, after, before] = await this.#find(account, named);
    // Of a moment, whole milliseconds are shown.
    const start = filter.start === undefined ? 0 : this.#keyAt(Math.ceil(filter.start)) - 1;
    const end = filter.end === undefined ? NO_KEY : this.#keyAt(Math.floor(filter.end) + 1);
    const whole: Range = { after: Math.max(start, afterId ?? 0), before: Math.min(end, beforeId ?? NO_KEY) };
    const range: Range = {
      after: Math.max(whole.after, after ?? 0),
      before: Math.min(whole.before, before ?? NO_KEY),
    };
    const backwards = request.before !== undefined;
    const page = new Page(Math.min(request.max ?? this.#sizes.usual, this.#sizes.most), backwards);
    if (filter.ids !== undefined) return this.#readIds(account, filter, { whole, range, backwards, page });
    // A log knows with whom a message is and not with which resource.
    const counted = filter.with === undefined || filter.with.isBare;
    const peer = filter.with === undefined ? {} : { with: filter.with };
    const [count] = await Promise.all([
      counted ? this.#archive.count(account, { ...whole, ...peer }) : undefined,
      this.#fill(page, account, { ...range, ...peer, newest: backwards }),
    ]);
    const messages = page.messages();
    const first = messages[0];
    const index =
      counted && first !== undefined
        ? await this.#archive.count(account, { ...whole, ...peer, before: first.key })
        : undefined;
    return { messages, complete: page.complete, count, index };
  }

  /** The oldest and the newest message; undefined where there is none. */
  async ends(account: Jid): Promise<readonly [ArchivedMessage, ArchivedMessage] | undefined> {
    const [[oldest], [newest]] = await Promise.all([
      this.#archive.page(account, { limit: 1 }),
      this.#archive.page(account, { limit: 1, newest: true }),
    ]);
    return oldest === undefined || newest === undefined ? undefined : [oldest, newest];
  }

  /** The keys of these ids. */
  async #find(account: Jid, ids: readonly (string | undefined)[]): Promise<readonly (number | undefined)[]> {
    const keys = ids.map((id) => (id === undefined ? undefined : this.#keyOf(account, id)));
    const wanted = new Set(keys.filter((key) => key !== undefined));
    if (wanted.size > 0 && (await this.#archive.get(account, [...wanted])).length < wanted.size) {
      throw new StanzaError("item-not-found");
    }
    return keys;
  }

  #keyOf(account: Jid, id: string): number {
    const key = this.#archive.keyOf(account, id);
    if (key === undefined) throw new StanzaError("item-not-found");
    return key;
  }

  /** The first that a message of this millisecond may have, and of any moment one that can be asked for. */
  #keyAt(millisecond: number): number {
    return Math.min(Number.MAX_SAFE_INTEGER, Math.max(1, this.#archive.keyAt(millisecond)));
  }

  async #fill(page: Page, account: Jid, query: Omit<LogQuery, "limit">): Promise<void> {
    const resource = query.with?.isFull === true ? query.with : undefined;
    let { after = 0, before = NO_KEY } = query;
    for (let seen = 0; page.complete; ) {
      const limit = resource === undefined ? Math.min(SLICE, page.wanted) : SLICE;
      const slice = await this.#archive.page(account, { ...query, after, before, limit });
      for (const message of query.newest ? slice.toReversed() : slice) {
        if (resource === undefined || isWith(message, resource, account)) page.add(message);
      }
      if (slice.length < limit || !page.complete) return;
      if (query.newest) before = slice[0]!.key;
      else after = slice.at(-1)!.key;
      seen += slice.length;
      if (resource === undefined || seen < LONGEST_SEARCH) continue;
      if (page.size === 0) throw new StanzaError("resource-constraint", { text: TOO_LONG });
      page.complete = false;
    }
  }

  /** §4.1.3: each of them has to be there. */
  async #readIds(
    account: Jid,
    filter: Filter,
    { whole, range, backwards, page }: { whole: Range; range: Range; backwards: boolean; page: Page },
  ): Promise<ResultPage> {
    const { most } = this.#sizes;
    if (filter.ids!.length > most) {
      throw new StanzaError("policy-violation", { text: `At most ${most} ids can be asked for` });
    }
    const keys = [...new Set(filter.ids!.map((id) => this.#keyOf(account, id)))].sort((a, b) => a - b);
    if (backwards) keys.reverse();
    const matching: number[] = [];
    for (let at = 0; at < keys.length; at += SLICE) {
      const slice = keys.slice(at, at + SLICE);
      const found = await this.#archive.get(account, slice);
      if (found.length < slice.length) throw new StanzaError("item-not-found");
      for (const message of backwards ? found.toReversed() : found) {
        if (!isWithin(message, whole) || !isWith(message, filter.with, account)) continue;
        matching.push(message.key);
        if (isWithin(message, range)) page.add(message);
      }
    }
    const messages = page.messages();
    const first = messages[0]?.key;
    const index = first === undefined ? undefined : matching.filter((key) => key < first).length;
    return { messages, complete: page.complete, count: matching.length, index };
  }
}

function isWithin({ key }: ArchivedMessage, { after, before }: Range): boolean {
  return key > after && key < before;
}

/** §4.1.1; what an account wrote to itself is with that account, and nothing else is. */
function isWith({ stanza }: ArchivedMessage, wanted: Jid | undefined, account: Jid): boolean {
  if (wanted === undefined) return true;
  const [from, to] = [stanza.from!, stanza.to!];
  const peer = from.bare.equals(account) ? to : from;
  if (!peer.bare.equals(wanted.bare)) return false;
  return wanted.isBare || from.equals(wanted) || to.equals(wanted);
}
