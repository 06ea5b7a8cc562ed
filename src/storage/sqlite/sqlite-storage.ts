import { resolve } from "node:path";
import type {
  Change,
  Codec,
  DocumentStore,
  LogStore,
  MapStore,
  Storage,
  StorageFault,
} from "../../kernel/storage.ts";
import { checkStoreName, jsonCodec, StorageError } from "../../kernel/storage.ts";
import { BackupProcess } from "./backup-process.ts";
import { DataDirectoryLock } from "./data-directory.ts";
import type { Shape, StoreRow } from "./protocol.ts";
import { ReaderLink } from "./reader-link.ts";
import { SqliteChange } from "./sqlite-change.ts";
import { SqliteDocuments, SqliteLogs, SqliteMaps } from "./sqlite-stores.ts";
import { WriterLink } from "./writer-link.ts";

export interface SqliteOptions {
  /** A thread of the storage died: nothing can be stored or read until the server starts anew. Called at most once for each of the two. */
  readonly onFailure?: (error: StorageError) => void;
  /** The disk refuses what is written, and why; undefined when it takes it again. */
  readonly onHealth?: (fault: StorageFault | undefined, message: string) => void;
  /** An entry of a log cannot be decoded and is passed over. */
  readonly onUnreadable?: (store: string, key: number, error: unknown) => void;
  /** Bytes of commits that may wait for the disk, 64 MiB unless given; above it commits are refused with `full`. */
  readonly maxQueued?: number;
  /** Addresses that are remembered between commits, 131,072 unless given; each takes some 100 bytes. */
  readonly remembered?: number;
  /** Entries of a log that are appended before they are indexed together, 20,000 unless given. */
  readonly indexAfter?: number;
  /** Milliseconds after which rows of removed entries are deleted when nothing else starts it, one minute unless given. */
  readonly sweepAfter?: number;
}

/** Storage in one SQLite file, `tercet.db` of a directory that this process owns. The database is touched by two threads only; commits are synced before they resolve. */
export class SqliteStorage implements Storage {
  readonly #directory: string;
  readonly #lock: DataDirectoryLock;
  readonly #writer: WriterLink;
  readonly #rows: Map<string, StoreRow>;
  readonly #stores = new Map<string, unknown>();
  readonly reader: ReaderLink;
  readonly onUnreadable: (store: string, key: number, error: unknown) => void;
  #backup: BackupProcess | undefined;
  #closing: Promise<void> | undefined;

  private constructor(
    directory: string,
    lock: DataDirectoryLock,
    writer: WriterLink,
    reader: ReaderLink,
    rows: readonly StoreRow[],
    { onUnreadable = () => {} }: SqliteOptions,
  ) {
    this.#directory = directory;
    this.#lock = lock;
    this.#writer = writer;
    this.reader = reader;
    this.onUnreadable = onUnreadable;
    this.#rows = new Map(rows.map((row) => [row.name, row]));
  }

  /**
   * Opens what is in `directory`, which is made when it is missing. Blocks this thread for up to half a second while another process holds the directory.
   * @throws DataDirectoryError when the directory or its database cannot be used; the message says what to do
   */
  static async open(directory: string, options: SqliteOptions = {}): Promise<SqliteStorage> {
    const path = resolve(directory);
    const lock = DataDirectoryLock.take(path);
    const died = (error: StorageError): void => options.onFailure?.(error);
    const health = (fault: StorageFault | undefined, message: string): void =>
      options.onHealth?.(fault, message);
    const { maxQueued = 64 * 1024 * 1024, remembered = 131_072 } = options;
    const { indexAfter = 20_000, sweepAfter = 60_000 } = options;
    let started = false;
    const writer = new WriterLink(
      { directory: path, indexAfter, sweepAfter },
      { queued: maxQueued, addresses: remembered },
      { died: (error) => started && died(error), health },
    );
    const reader = new ReaderLink(path, died);
    try {
      const rows = await writer.ready;
      started = true;
      return new SqliteStorage(path, lock, writer, reader, rows, options);
    } catch (error) {
      await reader.close();
      await writer.close();
      lock.release();
      throw error;
    }
  }

  document<T>(name: string, codec: Codec<T> = jsonCodec<T>()): DocumentStore<T> {
    return this.#declare(name, "document", (row) => new SqliteDocuments<T>(this, row, codec));
  }

  map<T>(name: string, codec: Codec<T> = jsonCodec<T>()): MapStore<T> {
    return this.#declare(name, "map", (row) => new SqliteMaps<T>(this, row, codec));
  }

  log<T>(name: string, codec: Codec<T>): LogStore<T> {
    return this.#declare(name, "log", (row) => new SqliteLogs<T>(this, row, codec));
  }

  commit(batch: readonly Change[]): Promise<void> {
    for (const change of batch)
      if (!(change instanceof SqliteChange) || change.origin !== this)
        return Promise.reject(new TypeError(`the change of "${change.store}" belongs to another storage`));
    return this.#writer.commit(batch as readonly SqliteChange[]);
  }

  /** One at a time: two would write to the same file. */
  backup(target: string, name: string): Promise<string> {
    if (this.#backup !== undefined)
      return Promise.reject(
        new StorageError("conflict", "another backup is being written: wait for its end"),
      );
    this.#backup = new BackupProcess({ directory: this.#directory, target: resolve(target), name });
    return this.commit([])
      .then(() => this.#backup!.run())
      .finally(() => {
        this.#backup = undefined;
      });
  }

  /** Commits what was handed over, answers what was asked, and lets the directory go. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    await this.#backup?.giveUp();
    // The last connection to close copies the log into the database, so the writer is the last.
    await this.reader.close();
    await this.#writer.close();
    this.#lock.release();
  }

  #declare<S>(name: string, shape: Shape, make: (row: StoreRow) => S): S {
    checkStoreName(name);
    let row = this.#rows.get(name);
    if (row !== undefined && row.shape !== shape)
      throw new TypeError(`the store "${name}" is a ${row.shape}, not a ${shape}`);
    const known = this.#stores.get(name);
    if (known !== undefined) return known as S;
    if (row === undefined) {
      row = { id: 1 + Math.max(0, ...[...this.#rows.values()].map(({ id }) => id)), name, shape };
      this.#rows.set(name, row);
      this.#writer.declare(row);
    }
    const store = make(row);
    this.#stores.set(name, store);
    return store;
  }
}
