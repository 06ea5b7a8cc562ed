import type { Element } from "../xml/element.ts";
import { parseElement } from "../xml/parse.ts";
import { serialize } from "../xml/writer.ts";
import type { Jid } from "../xmpp/jid.ts";
import { Stanza } from "../xmpp/stanza.ts";

/** One change of a batch. Only the store that made it can read it; commit it with `Storage.commit`. */
export interface Change {
  readonly store: string;
}

/** Whose log an entry stands in, and who the other side is (bare JID, for `with` queries). */
export interface Owner {
  readonly owner: Jid;
  readonly with: Jid;
}

export interface Entry<T> {
  /** Integer below 2^53, growing within the whole log. */
  readonly key: number;
  readonly with: string;
  readonly value: T;
}

/**
 * How values become bytes. `decode` throws on bytes that it did not write; what it is given may be a view of a larger buffer. What `encode` returns
 * must stay unchanged until its change was handed to `commit`.
 */
export interface Codec<T> {
  encode(value: T): Uint8Array;
  decode(bytes: Uint8Array): T;
}

/** The same bytes, not a copy. */
function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** JSON text as UTF-8: the codec for documents and maps unless another is declared. */
export function jsonCodec<T>(): Codec<T> {
  return {
    encode: (value) => Buffer.from(JSON.stringify(value)),
    decode: (bytes) => JSON.parse(bufferOf(bytes).toString()) as T,
  };
}

/** XML that is kept as it came: a vCard, private data. */
export const elementCodec: Codec<Element> = {
  encode: (value) => Buffer.from(serialize(value, "")),
  decode: (bytes) => parseElement(bufferOf(bytes)),
};

/** A stanza with its addresses and all its content. */
export const stanzaCodec: Codec<Stanza> = {
  encode: (stanza) => stanza.bytes(),
  decode: (bytes) => Stanza.decode(bufferOf(bytes)),
};

/** One value per owner: a vCard, archive preferences, credentials. Owners are bare JIDs in prepared form. */
export interface DocumentStore<T> {
  get(owner: Jid): Promise<T | undefined>;
  set(owner: Jid, value: T): Change;
  /** Sets only where the owner has no value; the whole commit fails with the fault `conflict` otherwise. */
  create(owner: Jid, value: T): Change;
  remove(owner: Jid): Change;
  owners(page: OwnersPage): Promise<readonly Jid[]>;
  count(domain: string): Promise<number>;
}

/** Named values per owner: roster items by contact, block list, room affiliations. */
export interface MapStore<T> {
  get(owner: Jid, name: string): Promise<T | undefined>;
  /** In ascending order of the names, by code point. */
  all(owner: Jid): Promise<ReadonlyMap<string, T>>;
  /** The names alone, in the same order: no value is read or decoded for them. */
  names(owner: Jid): Promise<readonly string[]>;
  set(owner: Jid, name: string, value: T): Change;
  remove(owner: Jid, name: string): Change;
  removeAll(owner: Jid): Change;
  owners(page: OwnersPage): Promise<readonly Jid[]>;
}

/** Owners of one domain in ascending order of their local part (by code point, as UTF-8 bytes compare), after `after`. */
export interface OwnersPage {
  readonly domain: string;
  readonly after?: string;
  readonly limit: number;
}

export interface LogQuery {
  /** Exclusive bounds by key. */
  readonly after?: number;
  readonly before?: number;
  readonly with?: Jid;
  /** At most so many; ascending by key. With `newest` the last ones of the range, still ascending. */
  readonly limit: number;
  readonly newest?: boolean;
}

/** Entries in order per owner: messages, pubsub items, room history. */
export interface LogStore<T> {
  /** The highest key ever used in this log, 0 when empty; read at the start. */
  lastKey(): Promise<number>;
  /**
   * One entry, kept once, that stands in the logs of all these owners; an owner named twice counts once. `key` must be above every key used before,
   * in the order of the commits: otherwise the commit fails.
   */
  append(owners: readonly Owner[], key: number, entry: T): Change;
  page(owner: Jid, query: LogQuery): Promise<readonly Entry<T>[]>;
  get(owner: Jid, keys: readonly number[]): Promise<readonly Entry<T>[]>;
  /** How many there are strictly between the bounds. */
  count(owner: Jid, query?: Pick<LogQuery, "after" | "before" | "with">): Promise<number>;
  /** Entries leave this owner's log: all but the `newest` so many, and all with a key below `since`. An entry in nobody's log is deleted. */
  trim(owner: Jid, keep: { readonly newest?: number; readonly since?: number }): Change;
  remove(owner: Jid, query?: { readonly with?: Jid; readonly keys?: readonly number[] }): Change;
  owners(page: OwnersPage): Promise<readonly Jid[]>;
}

/**
 * @throws TypeError when `name` cannot be the name of a store: lower-case letters and digits in words joined by hyphens, a letter first, at most 48 characters
 */
export function checkStoreName(name: string): void {
  if (name.length > 48 || !/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name))
    throw new TypeError(`"${name}" cannot be the name of a store`);
}

/** Why a commit was refused; the batch left no trace. */
export type StorageFault = "conflict" | "full" | "read-only" | "closed" | "failed";

export class StorageError extends Error {
  readonly fault: StorageFault;
  constructor(fault: StorageFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StorageError";
    this.fault = fault;
  }
}

/**
 * Three shapes instead of a back end per feature. Declaring a name twice with the same shape gives the same store; with another shape it throws.
 * Every driver passes `src/storage/contract.ts`.
 */
export interface Storage extends AsyncDisposable {
  document<T>(name: string, codec?: Codec<T>): DocumentStore<T>;
  map<T>(name: string, codec?: Codec<T>): MapStore<T>;
  log<T>(name: string, codec: Codec<T>): LogStore<T>;
  /**
   * All changes or none, over any stores and owners; resolves when they are durable, rejects with `StorageError`.
   * Commits become visible and durable in the order of the calls.
   */
  commit(batch: readonly Change[]): Promise<void>;
  /**
   * Writes a consistent copy of everything, as of now, to the file `target`, or as `name` into the directory `target`; commits and reads go on. It appears
   * whole or not at all. Gives the path of the file; rejects with `StorageError` and a sentence. A driver that keeps nothing on a disk has none.
   */
  backup?(target: string, name: string): Promise<string>;
}
