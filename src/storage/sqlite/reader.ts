/** The thread that reads: a second connection, which sees what was committed before the question arrived. */
import type { DatabaseSync } from "node:sqlite";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { LogReader } from "./log-reader.ts";
import { openForReading } from "./open-database.ts";
import type { FromReader, Reply, Request, StoreRow, ToReader } from "./protocol.ts";
import { RowPacker } from "./row-packer.ts";
import { tableOf } from "./schema.ts";
import { faultOf } from "./sqlite-faults.ts";
import { AddressReader, DocumentReader, MapReader, type StoreReader } from "./store-reader.ts";

/** Up to here copying the memory of a reply costs less than handing it over, which takes some 10 µs. */
const COPIED_BYTES = 64 * 1024;

class Reader {
  readonly #directory: string;
  readonly #db: DatabaseSync;
  readonly #addresses: AddressReader;
  readonly #stores = new Map<number, StoreReader>();

  constructor(directory: string) {
    this.#directory = directory;
    this.#db = openForReading(directory);
    this.#addresses = new AddressReader(this.#db);
  }

  /** Answers all from one state of the database. */
  answer(requests: readonly Request[], port: MessagePort): void {
    try {
      this.#db.exec("BEGIN");
    } catch (error) {
      this.#say(
        requests.map(({ id }) => this.#failure(id, error)),
        port,
      );
      return;
    }
    for (const store of this.#stores.values()) store.begin?.();
    const replies = requests.map((request) => this.#reply(request));
    this.#db.exec("COMMIT");
    this.#say(replies, port);
  }

  close(): void {
    this.#db.close();
  }

  #say(replies: readonly Reply[], port: MessagePort): void {
    const large: ArrayBuffer[] = [];
    for (const reply of replies)
      if ("rows" in reply && reply.rows.memory.byteLength > COPIED_BYTES) large.push(reply.rows.memory);
    const message: FromReader = replies;
    port.postMessage(message, large);
  }

  #reply({ id, store, question }: Request): Reply {
    try {
      const packer = new RowPacker();
      const number = this.#store(store)?.answer(question, packer);
      if (number !== undefined) return { id, number };
      return question.ask === "count" || question.ask === "log-count" || question.ask === "last-key"
        ? { id, number: 0 }
        : { id, rows: packer.rows() };
    } catch (error) {
      return this.#failure(id, error);
    }
  }

  /** undefined while the tables of the store are not made: it is empty. */
  #store(row: StoreRow): StoreReader | undefined {
    let store = this.#stores.get(row.id);
    if (store === undefined && this.#exists(row)) {
      const Store = { document: DocumentReader, map: MapReader, log: LogReader }[row.shape];
      store = new Store(this.#db, row, this.#addresses);
      this.#stores.set(row.id, store);
    }
    return store;
  }

  #exists(row: StoreRow): boolean {
    const name = tableOf(row).replaceAll('"', "");
    return (
      this.#db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(name) !==
      undefined
    );
  }

  #failure(id: number, error: unknown): Reply {
    const message = error instanceof Error ? error.message : String(error);
    return { id, fault: faultOf(error, this.#directory), message };
  }
}

function serve(port: MessagePort, directory: string): void {
  let reader: Reader | undefined;
  port.on("message", (message: ToReader) => {
    if ("kind" in message) {
      reader?.close();
      const closed: FromReader = "closed";
      port.postMessage(closed);
      port.close();
      return;
    }
    // At the first question the writer has checked the database and made what was missing.
    reader ??= new Reader(directory);
    reader.answer(message, port);
  });
}

if (parentPort !== null) serve(parentPort, (workerData as { readonly directory: string }).directory);
