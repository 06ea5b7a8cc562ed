import type { DatabaseSync, StatementSync } from "node:sqlite";
import { AddressIds } from "./address-ids.ts";
import type { Reach } from "./high-water-mark.ts";
import { LogUpkeep } from "./log-upkeep.ts";
import { type LogMark, LogWriter } from "./log-writer.ts";
import { Unpacker } from "./packer.ts";
import type { Failure, Packet, StoreRow, WriterOptions } from "./protocol.ts";
import { RefusedCommit } from "./refused-commit.ts";
import { createTables, storeRows } from "./schema.ts";
import { faultOf } from "./sqlite-faults.ts";
import type { StoreWriter } from "./store-writer.ts";
import { DocumentWriter, MapWriter } from "./value-writer.ts";

/** One commit inside a packet. */
interface Frame {
  readonly data: Unpacker;
  readonly start: number;
}

interface Mark {
  readonly addresses: number;
  readonly logs: readonly LogMark[];
}

/** What the writer knows of the database, and how it applies groups of commits. */
export class WriterState {
  readonly #db: DatabaseSync;
  readonly #options: WriterOptions;
  readonly #addresses: AddressIds;
  readonly #stores = new Map<number, StoreWriter>();
  readonly #logs: LogWriter[] = [];
  readonly upkeep: LogUpkeep[] = [];
  /** Declared, but the database did not take their tables yet. */
  #missing: StoreRow[] = [];
  readonly #savepoint: Readonly<Record<"begin" | "release" | "rollback", StatementSync>>;

  constructor(db: DatabaseSync, options: WriterOptions) {
    this.#db = db;
    this.#options = options;
    this.#addresses = new AddressIds(db);
    this.#savepoint = {
      begin: db.prepare("SAVEPOINT one"),
      release: db.prepare("RELEASE one"),
      rollback: db.prepare("ROLLBACK TO one"),
    };
    for (const store of storeRows(db)) this.#open(store);
  }

  /** How far the logs go. */
  get reach(): readonly Reach[] {
    return this.#logs.map(({ store: { name }, last }) => ({ name, last }));
  }

  declare(store: StoreRow): void {
    this.#missing.push(store);
  }

  /** Commits the packets in one transaction. Only the first of them may start the handles anew. */
  commit(packets: readonly Packet[]): Failure[] {
    const frames: Frame[] = [];
    for (const packet of packets) {
      if (packet.reset) this.#addresses.reset();
      if (packet.addresses !== undefined) this.#addresses.introduce(packet.addresses);
      const data = new Unpacker(packet.memory);
      for (let count = packet.commits; count > 0; count--) {
        const size = data.u32();
        frames.push({ data, start: data.position });
        data.position += size;
      }
    }
    return this.#commitFrames(frames, 0);
  }

  #commitFrames(frames: readonly Frame[], first: number): Failure[] {
    let mark: Mark | undefined;
    const failures: Failure[] = [];
    try {
      this.#createMissing();
      mark = this.#mark();
      this.#db.exec("BEGIN IMMEDIATE");
      for (const [at, frame] of frames.entries()) {
        const failure = this.#applyFrame(frame);
        if (failure !== undefined)
          failures.push({ at: first + at, fault: failure.fault, message: failure.message, disk: false });
      }
      this.#db.exec("COMMIT");
      this.#addresses.committed();
      return failures;
    } catch (error) {
      this.#rollback();
      if (mark !== undefined) this.#backTo(mark);
      return this.#failed(error, frames, first);
    }
  }

  /** The disk refuses all; anything else is the fault of one commit, which is found by trying each alone. */
  #failed(error: unknown, frames: readonly Frame[], first: number): Failure[] {
    const fault = error instanceof RefusedCommit ? error.fault : faultOf(error, this.#options.directory);
    if (frames.length > 1 && fault === "failed")
      return frames.flatMap((frame, at) => this.#commitFrames([frame], first + at));
    const message = error instanceof Error ? error.message : String(error);
    const disk = !(error instanceof RefusedCommit);
    return frames.map((_, at) => ({ at: first + at, fault, message, disk }));
  }

  #applyFrame(frame: Frame): RefusedCommit | undefined {
    const { data } = frame;
    data.position = frame.start;
    if (data.u8() === 0) {
      this.#applyChanges(data);
      return undefined;
    }
    const mark = this.#mark();
    this.#savepoint.begin.run();
    try {
      this.#applyChanges(data);
    } catch (error) {
      if (!(error instanceof RefusedCommit)) throw error;
      this.#savepoint.rollback.run();
      this.#savepoint.release.run();
      this.#backTo(mark);
      return error;
    }
    this.#savepoint.release.run();
    return undefined;
  }

  #applyChanges(data: Unpacker): void {
    for (let count = data.u32(); count > 0; count--) {
      const code = data.u8();
      const store = data.u16();
      const writer = this.#stores.get(store);
      if (writer === undefined) throw new Error(`the store ${store} was never declared`);
      writer.apply(code, data);
    }
  }

  #mark(): Mark {
    return { addresses: this.#addresses.mark(), logs: this.#logs.map((log) => log.mark()) };
  }

  #backTo(mark: Mark): void {
    this.#addresses.rollback(mark.addresses);
    for (const [at, log] of this.#logs.entries()) log.rollback(mark.logs[at]!);
  }

  #rollback(): void {
    if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
  }

  /** Makes the tables of stores that were declared since; they become durable with the commit that follows. */
  createMissing(): void {
    try {
      this.#createMissing();
    } catch {
      // The next commit tries again and says why it cannot.
      this.#rollback();
    }
  }

  #createMissing(): void {
    if (this.#missing.length === 0) return;
    this.#db.exec("BEGIN IMMEDIATE");
    for (const store of this.#missing) createTables(this.#db, store);
    this.#db.exec("COMMIT");
    const stores = this.#missing;
    this.#missing = [];
    for (const store of stores) this.#open(store);
  }

  #open(store: StoreRow): void {
    switch (store.shape) {
      case "document":
        this.#stores.set(store.id, new DocumentWriter(this.#db, store, this.#addresses));
        break;
      case "map":
        this.#stores.set(store.id, new MapWriter(this.#db, store, this.#addresses));
        break;
      case "log": {
        const log = new LogWriter(this.#db, store, this.#addresses);
        this.#stores.set(store.id, log);
        this.#logs.push(log);
        this.upkeep.push(new LogUpkeep(this.#db, log, this.#options.indexAfter));
        break;
      }
    }
  }
}
