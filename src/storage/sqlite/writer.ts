/** The thread that writes: the only connection that changes the database. */
import type { DatabaseSync } from "node:sqlite";
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { Checkpoints } from "./checkpoints.ts";
import { DataDirectoryError } from "./data-directory-error.ts";
import { HighWaterMark } from "./high-water-mark.ts";
import type { LogUpkeep } from "./log-upkeep.ts";
import { openDatabase } from "./open-database.ts";
import type { FromWriter, Packet, ToWriter, WriterOptions } from "./protocol.ts";
import { storeRows } from "./schema.ts";
import { faultOf } from "./sqlite-faults.ts";
import { WriterState } from "./writer-state.ts";

/** A group takes no further packet above this, so that the first commit in it does not wait long. */
const GROUP_BYTES = 8 * 1024 * 1024;
/** How long upkeep rests after the disk refused it. */
const REST_MS = 5000;

class Writer {
  readonly #port: MessagePort;
  readonly #options: WriterOptions;
  readonly #db: DatabaseSync;
  readonly #state: WriterState;
  readonly #checkpoints: Checkpoints;
  readonly #mark: HighWaterMark;
  readonly #queue: ToWriter[] = [];
  #restUntil = 0;
  #scheduled = false;
  #sweepTimer: NodeJS.Timeout | undefined;

  constructor(port: MessagePort, options: WriterOptions) {
    this.#port = port;
    this.#options = options;
    this.#db = openDatabase(options.directory);
    this.#state = new WriterState(this.#db, options);
    this.#checkpoints = new Checkpoints(this.#db);
    this.#mark = new HighWaterMark(options.directory, () => this.#state.reach);
    port.on("message", (message: ToWriter) => {
      this.#queue.push(message);
      this.#work();
    });
    this.#say({ kind: "ready", stores: storeRows(this.#db) });
    // Removals that an earlier run left wait no longer than others.
    this.#upkeep();
  }

  /** Commits whatever has queued as soon as the commit before is done, with upkeep in between. */
  #work(): void {
    this.#scheduled = false;
    this.#receive();
    let more = false;
    do {
      if (this.#queue[0]?.kind === "packet") this.#commitGroup();
      else {
        const message = this.#queue.shift();
        if (message?.kind === "close") {
          this.#close();
          return;
        }
        if (message?.kind === "declare") this.#state.declare(message.store);
        if (this.#queue[0]?.kind !== "declare") this.#state.createMissing();
      }
      more = this.#upkeep();
      this.#receive();
    } while (this.#queue.length > 0);
    if (more) this.#schedule();
  }

  #receive(): void {
    for (
      let next = receiveMessageOnPort(this.#port);
      next !== undefined;
      next = receiveMessageOnPort(this.#port)
    )
      this.#queue.push(next.message as ToWriter);
  }

  #commitGroup(): void {
    const packets: Packet[] = [];
    let commits = 0;
    let bytes = 0;
    for (let next = this.#queue[0]; next?.kind === "packet" && bytes < GROUP_BYTES; next = this.#queue[0]) {
      if (next.reset && packets.length > 0) break;
      this.#queue.shift();
      packets.push(next);
      commits += next.commits;
      bytes += next.memory.byteLength;
    }
    const failures = this.#state.commit(packets);
    this.#say({ kind: "done", packets: packets.length, commits, failures });
    this.#mark.moved();
  }

  /** What can wait for the commits, a few milliseconds of it; says whether there is more. */
  #upkeep(): boolean {
    if (performance.now() < this.#restUntil) return false;
    const wanted = this.#state.upkeep.filter((log) => log.wanted);
    try {
      this.#checkpoints.run();
      if (wanted.length > 0) slices(this.#db, wanted);
    } catch (error) {
      this.#restUntil = performance.now() + REST_MS;
      const message = error instanceof Error ? error.message : String(error);
      this.#say({ kind: "trouble", fault: faultOf(error, this.#options.directory), message });
      setTimeout(() => this.#schedule(), REST_MS + 1).unref();
      return false;
    }
    if (this.#state.upkeep.some((log) => log.removals > 0)) this.#sweepLater();
    return wanted.length > 0;
  }

  #sweepLater(): void {
    this.#sweepTimer ??= setTimeout(() => {
      this.#sweepTimer = undefined;
      for (const log of this.#state.upkeep) log.sweepSoon();
      this.#schedule();
    }, this.#options.sweepAfter).unref();
  }

  #schedule(): void {
    if (this.#scheduled || !this.#db.isOpen) return;
    this.#scheduled = true;
    setImmediate(() => this.#db.isOpen && this.#work());
  }

  #close(): void {
    clearTimeout(this.#sweepTimer);
    this.#mark.close();
    this.#db.close();
    this.#say({ kind: "closed" });
    this.#port.close();
  }

  #say(message: FromWriter): void {
    this.#port.postMessage(message);
  }
}

/** What a slice does can be done again after a power cut, so it need not be synced by itself: the next commit's sync covers it. */
function slices(db: DatabaseSync, logs: readonly LogUpkeep[]): void {
  db.exec("PRAGMA synchronous = NORMAL");
  try {
    for (const log of logs) log.slice();
  } finally {
    if (db.isTransaction) db.exec("ROLLBACK");
    db.exec("PRAGMA synchronous = FULL");
  }
}

if (parentPort !== null) {
  try {
    new Writer(parentPort, workerData as WriterOptions);
  } catch (error) {
    if (!(error instanceof DataDirectoryError)) throw error;
    const refused: FromWriter = { kind: "refused", message: error.message, damaged: error.damaged };
    parentPort.postMessage(refused);
    parentPort.close();
  }
}
