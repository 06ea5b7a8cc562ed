import type { Change, Codec, DocumentStore, LogStore, MapStore, Storage } from "../../kernel/storage.ts";
import { checkStoreName, jsonCodec, StorageError } from "../../kernel/storage.ts";
import { MemoryChange, type Undo } from "./memory-change.ts";
import { MemoryDocuments, MemoryMaps } from "./memory-documents.ts";
import { MemoryLogs } from "./memory-logs.ts";

interface Waiting {
  readonly batch: readonly MemoryChange[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Keeps everything in memory, for tests and for servers that are to forget. Behaves as the durable drivers do, except that nothing is left after `close`. */
export class MemoryStorage implements Storage {
  readonly #stores = new Map<string, { readonly shape: string; readonly store: unknown }>();
  readonly #soon: (action: () => void) => void;
  #waiting: Waiting[] = [];
  #closed = false;

  /** `soon` says when what has queued is committed (`World.soon`); a microtask later where it is left out. */
  constructor(options: { readonly soon?: (action: () => void) => void } = {}) {
    this.#soon = options.soon ?? queueMicrotask;
  }

  document<T>(name: string, codec: Codec<T> = jsonCodec<T>()): DocumentStore<T> {
    return this.#declare(name, "document", () => new MemoryDocuments<T>(name, codec, this));
  }

  map<T>(name: string, codec: Codec<T> = jsonCodec<T>()): MapStore<T> {
    return this.#declare(name, "map", () => new MemoryMaps<T>(name, codec, this));
  }

  log<T>(name: string, codec: Codec<T>): LogStore<T> {
    return this.#declare(name, "log", () => new MemoryLogs<T>(name, codec, this));
  }

  commit(batch: readonly Change[]): Promise<void> {
    if (this.#closed) return Promise.reject(closedError());
    const changes: MemoryChange[] = [];
    for (const change of batch) {
      if (!(change instanceof MemoryChange) || change.origin !== this)
        return Promise.reject(new TypeError(`the change of "${change.store}" belongs to another storage`));
      changes.push(change);
    }
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) this.#soon(() => this.#drain());
      this.#waiting.push({ batch: changes, resolve, reject });
    });
  }

  /** Commits what was handed over; afterwards everything is refused. */
  async close(): Promise<void> {
    this.#drain();
    this.#closed = true;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** @throws StorageError closed */
  check(): void {
    if (this.#closed) throw closedError();
  }

  #drain(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { batch, resolve, reject } of waiting) {
      try {
        applyAll(batch);
        resolve();
      } catch (error) {
        reject(error);
      }
    }
  }

  #declare<S>(name: string, shape: string, make: () => S): S {
    checkStoreName(name);
    const known = this.#stores.get(name);
    if (known === undefined) {
      const store = make();
      this.#stores.set(name, { shape, store });
      return store;
    }
    if (known.shape !== shape) throw new TypeError(`the store "${name}" is a ${known.shape}, not a ${shape}`);
    return known.store as S;
  }
}

/** All or none. */
function applyAll(batch: readonly MemoryChange[]): void {
  const undo: Undo[] = [];
  try {
    for (const change of batch) undo.push(change.apply());
  } catch (error) {
    for (const step of undo.reverse()) step();
    throw error;
  }
}

function closedError(): StorageError {
  return new StorageError("closed", "the storage is closed");
}
