import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { LogTail } from "./log-tail.ts";
import type { StoreRow } from "./protocol.ts";
import { tableOf } from "./schema.ts";

/** Above every key. */
export const NO_KEY: number = 2 ** 53;

export interface KeyRange {
  /** Exclusive. */
  readonly after: number;
  readonly before: number;
  /** 0 for everybody. */
  readonly peer: number;
  readonly limit: number;
  readonly newest: boolean;
}

export interface Keys {
  readonly keys: number[];
  readonly peers: number[];
}

/** What no longer stands in an owner's log although its rows may still be there. */
interface Hidden {
  /** Everything up to this key. */
  through: number;
  /** Everything with a peer up to a key. */
  peers: Map<number, number> | undefined;
  keys: Set<number> | undefined;
}

const CHUNK = 1000;

/**
 * Which entries stand in an owner's log: the rows of the index up to the key `indexed`, then the tail, without what was removed. Rows of the index above
 * `indexed` belong to a run of the indexer that is not over and are passed over.
 */
export class LogView {
  readonly #tail: LogTail;
  /** The index holds every entry up to this key. */
  indexed = 0;
  readonly #ascending: StatementSync;
  readonly #descending: StatementSync;
  readonly #ascendingWith: StatementSync;
  readonly #descendingWith: StatementSync;
  readonly #count: StatementSync;
  readonly #peer: StatementSync;
  readonly #cuts: StatementSync;
  readonly #gone: StatementSync;

  constructor(db: DatabaseSync, store: StoreRow, tail: LogTail) {
    this.#tail = tail;
    const prepare = (sql: string): StatementSync => db.prepare(sql, { returnArrays: true });
    const range = `FROM ${tableOf(store, "_index")} WHERE owner = ? AND key > ? AND key < ?`;
    this.#ascending = prepare(`SELECT key, peer ${range} ORDER BY key LIMIT ?`);
    this.#descending = prepare(`SELECT key, peer ${range} ORDER BY key DESC LIMIT ?`);
    this.#ascendingWith = prepare(`SELECT key, peer ${range} AND peer = ? ORDER BY key LIMIT ?`);
    this.#descendingWith = prepare(`SELECT key, peer ${range} AND peer = ? ORDER BY key DESC LIMIT ?`);
    this.#count = prepare(`SELECT count(*) ${range} AND (?4 = 0 OR peer = ?4)`);
    this.#peer = prepare(`SELECT peer FROM ${tableOf(store, "_index")} WHERE owner = ? AND key = ?`);
    this.#cuts = prepare(`SELECT peer, through FROM ${tableOf(store, "_cuts")} WHERE owner = ?`);
    this.#gone = prepare(`SELECT key FROM ${tableOf(store, "_gone")} WHERE owner = ?`);
  }

  /** Ascending by key; with `newest` the last ones of the range. */
  keys(owner: number, range: KeyRange): Keys {
    const hidden = this.#hidden(owner);
    const found: Keys = { keys: [], peers: [] };
    const after = Math.max(range.after, hidden.through);
    if (range.newest) {
      this.#fromTail(owner, { ...range, after }, hidden, found);
      this.#fromIndex(owner, { ...range, after }, hidden, found);
      found.keys.reverse();
      found.peers.reverse();
    } else {
      this.#fromIndex(owner, { ...range, after }, hidden, found);
      this.#fromTail(owner, { ...range, after }, hidden, found);
    }
    return found;
  }

  /** How many entries strictly between the bounds, with `peer` unless it is 0. */
  count(owner: number, after: number, before: number, peer: number): number {
    const hidden = this.#hidden(owner);
    const range = { after: Math.max(after, hidden.through), before, peer, limit: NO_KEY, newest: false };
    if (hidden.keys !== undefined || hidden.peers !== undefined) return this.keys(owner, range).keys.length;
    const indexed = Math.min(before, this.indexed + 1);
    const row = this.#count.get(owner, range.after, indexed, peer) as unknown as [number];
    const found: Keys = { keys: [], peers: [] };
    this.#fromTail(owner, range, hidden, found);
    return row[0] + found.keys.length;
  }

  /** With whom an entry of an owner is; undefined when it does not stand in that log. */
  peerOf(owner: number, key: number): number | undefined {
    const range = { after: key - 1, before: key + 1, peer: 0, limit: 1, newest: false };
    if (key > this.indexed) return this.keys(owner, range).peers[0];
    const row = this.#peer.get(owner, key) as unknown as [number] | undefined;
    return row !== undefined && isVisible(this.#hidden(owner), key, row[0]) ? row[0] : undefined;
  }

  #fromIndex(owner: number, range: KeyRange, hidden: Hidden, found: Keys): void {
    let { after } = range;
    let before = Math.min(range.before, this.indexed + 1);
    while (found.keys.length < range.limit && before - after > 1) {
      const chunk = Math.min(range.limit - found.keys.length, CHUNK);
      const rows = this.#rows(owner, after, before, range, chunk);
      for (const [key, peer] of rows) {
        if (isVisible(hidden, key, peer)) {
          found.keys.push(key);
          found.peers.push(peer);
        }
        if (range.newest) before = key;
        else after = key;
      }
      if (rows.length < chunk) return;
    }
  }

  #rows(owner: number, after: number, before: number, range: KeyRange, limit: number): [number, number][] {
    const { peer, newest } = range;
    const rows =
      peer === 0
        ? (newest ? this.#descending : this.#ascending).all(owner, after, before, limit)
        : (newest ? this.#descendingWith : this.#ascendingWith).all(owner, after, before, peer, limit);
    return rows as unknown as [number, number][];
  }

  #fromTail(owner: number, range: KeyRange, hidden: Hidden, found: Keys): void {
    const tail = this.#tail;
    const low = tail.firstAfter(Math.max(range.after, this.indexed));
    const high = range.before === NO_KEY ? tail.length : tail.firstAfter(range.before - 1);
    // Most of the tail is of others: the search for the number of the owner passes over them faster than a loop does.
    const owners = tail.owners.subarray(low, high);
    const next = (at: number): number =>
      range.newest ? (at === 0 ? -1 : owners.lastIndexOf(owner, at - 1)) : owners.indexOf(owner, at + 1);
    for (let at = next(range.newest ? owners.length : -1); at >= 0; at = next(at)) {
      if (found.keys.length >= range.limit) return;
      const key = tail.keys[low + at]!;
      const peer = tail.peers[low + at]!;
      if ((range.peer !== 0 && peer !== range.peer) || !isVisible(hidden, key, peer)) continue;
      found.keys.push(key);
      found.peers.push(peer);
    }
  }

  #hidden(owner: number): Hidden {
    const hidden: Hidden = { through: 0, peers: undefined, keys: undefined };
    for (const [peer, through] of this.#cuts.all(owner) as unknown as [number, number][]) {
      if (peer === 0) hidden.through = through;
      else {
        hidden.peers ??= new Map();
        hidden.peers.set(peer, through);
      }
    }
    for (const [key] of this.#gone.all(owner) as unknown as [number][]) {
      hidden.keys ??= new Set();
      hidden.keys.add(key);
    }
    return hidden;
  }
}

function isVisible(hidden: Hidden, key: number, peer: number): boolean {
  return (
    key > hidden.through &&
    !hidden.keys?.has(key) &&
    (hidden.peers === undefined || key > (hidden.peers.get(peer) ?? 0))
  );
}
