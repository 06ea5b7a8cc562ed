import type { StorageFault } from "../../kernel/storage.ts";

/** What the threads say to each other. */

export type Shape = "document" | "map" | "log";

/** A row of the table of stores. */
export interface StoreRow {
  readonly id: number;
  readonly name: string;
  readonly shape: Shape;
}

/** First byte of each change in a packet; then the number of its store (u16). */
export const op = {
  documentSet: 1,
  documentCreate: 2,
  documentRemove: 3,
  mapSet: 4,
  mapRemove: 5,
  mapRemoveAll: 6,
  logAppend: 7,
  logTrim: 8,
  logRemoveAll: 9,
  logRemoveKeys: 10,
} as const;

/**
 * The commits of one turn of the loop. `memory` holds, for each: u32 size of what follows, u8 whether a step of it may be refused, u32 number of changes,
 * the changes. Addresses in them are handles: numbers that the sender gave out from 1 on and introduces before their first use.
 */
export interface Packet {
  readonly kind: "packet";
  readonly memory: ArrayBuffer;
  readonly commits: number;
  /** All handles before this packet are void. */
  readonly reset: boolean;
  /** Domain and local part of each new handle in turn; undefined when there is none. */
  readonly addresses: readonly string[] | undefined;
}

export type ToWriter =
  | Packet
  | { readonly kind: "declare"; readonly store: StoreRow }
  | { readonly kind: "close" };

export interface Failure {
  /** Which of the commits of the reply. */
  readonly at: number;
  readonly fault: StorageFault;
  readonly message: string;
  /** The database refused; otherwise the commit itself was at fault. */
  readonly disk: boolean;
}

export type FromWriter =
  | { readonly kind: "ready"; readonly stores: readonly StoreRow[] }
  /** The data directory cannot be used; the sentence is for the administrator. */
  | { readonly kind: "refused"; readonly message: string; readonly damaged: boolean }
  /** The next so many commits, which came in so many packets, are done. */
  | {
      readonly kind: "done";
      readonly packets: number;
      readonly commits: number;
      readonly failures: readonly Failure[];
    }
  /** Something besides a commit went wrong, such as a checkpoint; it is tried again. */
  | { readonly kind: "trouble"; readonly fault: StorageFault; readonly message: string }
  | { readonly kind: "closed" };

export interface WriterOptions {
  readonly directory: string;
  /** So many entries of a log wait before they are indexed. */
  readonly indexAfter: number;
  /** So many milliseconds after a removal the index is brought up to date for it when nothing else comes. */
  readonly sweepAfter: number;
}

/** Addresses go as domain and local part. */
export type Address = readonly [domain: string, local: string];

export type Question =
  | { readonly ask: "document"; readonly owner: Address }
  | { readonly ask: "count"; readonly domain: string }
  | { readonly ask: "map-value"; readonly owner: Address; readonly name: string }
  | { readonly ask: "map"; readonly owner: Address }
  | { readonly ask: "map-names"; readonly owner: Address }
  | {
      readonly ask: "owners";
      readonly domain: string;
      readonly after: string | undefined;
      readonly limit: number;
    }
  | { readonly ask: "last-key" }
  | { readonly ask: "log-page"; readonly owner: Address; readonly query: KeyQuery }
  | { readonly ask: "log-get"; readonly owner: Address; readonly keys: readonly number[] }
  | { readonly ask: "log-count"; readonly owner: Address; readonly query: KeyQuery };

export interface KeyQuery {
  readonly after: number;
  readonly before: number;
  readonly with: Address | undefined;
  readonly limit: number;
  readonly newest: boolean;
}

export interface Request {
  readonly id: number;
  readonly store: StoreRow;
  readonly question: Question;
}

/** Rows as columns: `values` lie one after the other in `memory`, `sizes` says how long each is. */
export interface Rows {
  readonly keys: readonly number[];
  readonly texts: readonly string[];
  readonly sizes: readonly number[];
  readonly memory: ArrayBuffer;
}

export type Reply =
  | { readonly id: number; readonly rows: Rows }
  | { readonly id: number; readonly number: number }
  | { readonly id: number; readonly fault: StorageFault; readonly message: string };

/** To one packet of requests. */
export type FromReader = readonly Reply[] | "closed";

export type ToReader = readonly Request[] | { readonly kind: "close" };
