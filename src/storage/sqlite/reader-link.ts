import type { Worker } from "node:worker_threads";
import { StorageError } from "../../kernel/storage.ts";
import type { FromReader, Question, Reply, Request, Rows, StoreRow, ToReader } from "./protocol.ts";
import { startThread } from "./worker-thread.ts";

interface Waiting {
  readonly resolve: (reply: Exclude<Reply, { fault: unknown }>) => void;
  readonly reject: (error: StorageError) => void;
}

/** The session side of the reader: the questions of a turn of the loop leave together. */
export class ReaderLink {
  readonly #worker: Worker;
  readonly #died: (error: StorageError) => void;
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;
  #asked: Request[] = [];
  #ended: StorageError | undefined;
  #closed = Promise.withResolvers<void>();

  constructor(directory: string, died: (error: StorageError) => void) {
    this.#died = died;
    this.#worker = startThread("reader", { directory });
    this.#worker.on("message", (replies: FromReader) => this.#receive(replies));
    this.#worker.on("error", (error) =>
      this.#die(error instanceof Error ? error.message : String(error), error),
    );
    this.#worker.on("exit", (code) => this.#die(`it ended with code ${code}`));
  }

  async rows(store: StoreRow, question: Question): Promise<Rows> {
    const reply = await this.#ask(store, question);
    if (!("rows" in reply)) throw new StorageError("failed", "the reader answered with a number");
    return reply.rows;
  }

  async number(store: StoreRow, question: Question): Promise<number> {
    const reply = await this.#ask(store, question);
    if (!("number" in reply)) throw new StorageError("failed", "the reader answered with rows");
    return reply.number;
  }

  /** Answers what was asked, then ends the thread. */
  async close(): Promise<void> {
    if (this.#ended?.fault !== "failed") {
      this.#flush();
      this.#ended ??= new StorageError("closed", "the storage is closed");
      const close: ToReader = { kind: "close" };
      this.#worker.postMessage(close);
    }
    await this.#closed.promise;
  }

  #ask(store: StoreRow, question: Question): Promise<Exclude<Reply, { fault: unknown }>> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      const id = this.#next++;
      this.#waiting.set(id, { resolve, reject });
      if (this.#asked.length === 0) setImmediate(() => this.#flush());
      this.#asked.push({ id, store, question });
    });
  }

  #flush(): void {
    if (this.#asked.length === 0) return;
    const asked: ToReader = this.#asked;
    this.#asked = [];
    this.#worker.postMessage(asked);
  }

  #receive(replies: FromReader): void {
    if (replies === "closed") this.#closed.resolve();
    else for (const reply of replies) this.#settle(reply);
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ("fault" in reply) waiting?.reject(new StorageError(reply.fault, reply.message));
    else waiting?.resolve(reply);
  }

  #die(reason: string, cause?: unknown): void {
    const died = new StorageError("failed", `the thread that reads from the disk is gone: ${reason}`, {
      cause,
    });
    for (const { reject } of this.#waiting.values()) reject(died);
    this.#waiting.clear();
    if (this.#ended === undefined) {
      this.#ended = died;
      this.#died(died);
    }
    this.#closed.resolve();
  }
}
