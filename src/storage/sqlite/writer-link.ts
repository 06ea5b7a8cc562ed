import type { Worker } from "node:worker_threads";
import type { StorageFault } from "../../kernel/storage.ts";
import { StorageError } from "../../kernel/storage.ts";
import { AddressBook } from "./address-book.ts";
import { DataDirectoryError } from "./data-directory-error.ts";
import { Packer } from "./packer.ts";
import { type FromWriter, op, type StoreRow, type ToWriter, type WriterOptions } from "./protocol.ts";
import type { SqliteChange } from "./sqlite-change.ts";
import { startThread } from "./worker-thread.ts";

const FIRST_BYTES = 16 * 1024;
/** Up to here copying a packet costs less than handing its memory over, which takes some 10 µs. */
const COPIED_BYTES = 256 * 1024;
/** A packet that is so large leaves before the turn ends. */
const PACKET_BYTES = 1024 * 1024;
/** A packet that is so large waits for nothing else: the thread has enough to do with it. */
const LARGE_BYTES = 64 * 1024;
/**
 * Milliseconds between two packets that follow each other. Each costs a sync and a change of threads, however little is in it; what comes after a pause
 * leaves at once.
 */
const PACE = 3;

export interface WriterEvents {
  /** The thread is gone; nothing can be written any more. */
  readonly died: (error: StorageError) => void;
  /** The disk refuses (with the reason) or takes again (undefined) what is written. */
  readonly health: (fault: StorageFault | undefined, message: string) => void;
}

export interface WriterLimits {
  /** Bytes that may wait for the disk before commits are refused. */
  readonly queued: number;
  /** Addresses that are remembered. */
  readonly addresses: number;
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: StorageError) => void;
}

/** The session side of the writer: packs the commits of a turn of the loop into one buffer, and settles their promises in order. */
export class WriterLink {
  readonly #worker: Worker;
  readonly #events: WriterEvents;
  readonly #maxQueued: number;
  readonly #addresses: AddressBook;
  #packer = new Packer(new ArrayBuffer(FIRST_BYTES));
  /** Commits in the packer. */
  #packed = 0;
  /** Of all commits that are not answered, in order, with their sizes. */
  #waiting: Waiting[] = [];
  #sizes: number[] = [];
  #queuedBytes = 0;
  #scheduled = false;
  /** Packets that are not answered. */
  #underway = 0;
  #lastPacket = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #fault: StorageFault | undefined;
  /** Why nothing can be committed any more. */
  #ended: StorageError | undefined;
  #ready = Promise.withResolvers<readonly StoreRow[]>();
  #closed = Promise.withResolvers<void>();

  constructor(options: WriterOptions, limits: WriterLimits, events: WriterEvents) {
    this.#events = events;
    this.#maxQueued = limits.queued;
    this.#addresses = new AddressBook(limits.addresses);
    this.#worker = startThread("writer", options);
    this.#worker.on("message", (message: FromWriter) => this.#receive(message));
    this.#worker.on("error", (error) =>
      this.#die(error instanceof Error ? error.message : String(error), error),
    );
    this.#worker.on("exit", (code) => this.#die(`it ended with code ${code}`));
  }

  /** The stores that the database has. @throws DataDirectoryError */
  get ready(): Promise<readonly StoreRow[]> {
    return this.#ready.promise;
  }

  declare(store: StoreRow): void {
    this.#flush();
    this.#post({ kind: "declare", store });
  }

  commit(batch: readonly SqliteChange[]): Promise<void> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    if (this.#queuedBytes > this.#maxQueued)
      return Promise.reject(new StorageError("full", "the disk is too slow: the queue for it is full"));
    const start = this.#packer.length;
    try {
      this.#pack(batch);
    } catch (error) {
      this.#packer.length = start;
      return Promise.reject(error as Error);
    }
    const size = this.#packer.length - start;
    this.#sizes.push(size);
    this.#queuedBytes += size;
    this.#packed += 1;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      if (this.#packer.length > PACKET_BYTES) this.#flush();
      else this.#flushSoon();
    });
  }

  /** Commits what was handed over, then ends the thread. */
  async close(): Promise<void> {
    if (this.#ended?.fault !== "failed") {
      this.#flush();
      this.#ended ??= new StorageError("closed", "the storage is closed");
      this.#post({ kind: "close" });
    }
    await this.#closed.promise;
  }

  #pack(batch: readonly SqliteChange[]): void {
    const packer = this.#packer;
    const start = packer.length;
    packer.u32(0);
    packer.u8(batch.some(({ code }) => code === op.documentCreate) ? 1 : 0);
    packer.u32(batch.length);
    for (const change of batch) change.pack(packer, this.#addresses);
    packer.u32At(start, packer.length - start - 4);
  }

  #flushSoon(): void {
    if (this.#scheduled || this.#timer !== undefined) return;
    this.#scheduled = true;
    setImmediate(this.#turnEnds);
  }

  /** What comes while a packet is being committed makes the next one, and so do the commits of some milliseconds when many follow each other. */
  readonly #turnEnds = (): void => {
    this.#scheduled = false;
    if (this.#packed === 0) return;
    if (this.#packer.length < LARGE_BYTES) {
      if (this.#underway > 0) return;
      const wait = this.#lastPacket + PACE - performance.now();
      if (wait > 0) {
        this.#timer = setTimeout(this.#paced, wait);
        return;
      }
    }
    this.#flush();
  };

  readonly #paced = (): void => {
    this.#timer = undefined;
    this.#flush();
  };

  #flush(): void {
    if (this.#packed === 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#underway += 1;
    this.#lastPacket = performance.now();
    const { memory, length } = this.#packer;
    const packet = { kind: "packet", commits: this.#packed, ...this.#addresses.take() } as const;
    if (length <= COPIED_BYTES) {
      this.#post({ ...packet, memory: memory.slice(0, length) });
      this.#packer.length = 0;
    } else {
      this.#post({ ...packet, memory }, [memory]);
      this.#packer = new Packer(new ArrayBuffer(FIRST_BYTES));
    }
    this.#packed = 0;
  }

  #post(message: ToWriter, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #receive(message: FromWriter): void {
    switch (message.kind) {
      case "ready":
        this.#ready.resolve(message.stores);
        break;
      case "refused":
        this.#ready.reject(new DataDirectoryError(message.message, { damaged: message.damaged }));
        break;
      case "done":
        this.#settle(message);
        break;
      case "trouble":
        this.#watch(message);
        break;
      case "closed":
        this.#closed.resolve();
        break;
    }
  }

  #settle({ packets, commits, failures }: FromWriter & { kind: "done" }): void {
    this.#underway -= packets;
    if (this.#packed > 0) this.#flushSoon();
    const waiting = this.#waiting.splice(0, commits);
    for (const size of this.#sizes.splice(0, commits)) this.#queuedBytes -= size;
    let next = 0;
    for (const [at, { resolve, reject }] of waiting.entries()) {
      const failure = failures[next];
      if (failure?.at !== at) resolve();
      else {
        next += 1;
        reject(new StorageError(failure.fault, failure.message));
      }
    }
    this.#watch(failures.find(({ disk }) => disk));
  }

  #watch(failure: { readonly fault: StorageFault; readonly message: string } | undefined): void {
    if (failure?.fault === this.#fault) return;
    this.#fault = failure?.fault;
    this.#events.health(failure?.fault, failure?.message ?? "");
  }

  /** Rejects everything that waits, once. */
  #die(reason: string, cause?: unknown): void {
    const died = new StorageError("failed", `the thread that writes to the disk is gone: ${reason}`, {
      cause,
    });
    this.#ready.reject(died);
    this.#ready.promise.catch(() => {});
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#sizes = [];
    for (const { reject } of waiting) reject(died);
    if (this.#ended === undefined) {
      this.#ended = died;
      this.#events.died(died);
    }
    this.#closed.resolve();
  }
}
