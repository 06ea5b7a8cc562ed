import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { StorageError } from "../../kernel/storage.ts";
import { type BackupEnded, type BackupOrder, fileOf } from "./backup-file.ts";
import { partOf } from "./copy-into.ts";

/** One backup. A process of its own writes it: a thread within SQLite cannot be ended, and the end of the server waits for no copy. */
export class BackupProcess {
  readonly #order: BackupOrder;
  #child: ChildProcess | undefined;
  #givenUp = false;

  constructor(order: BackupOrder) {
    this.#order = order;
  }

  /** The file that was written. @throws StorageError with a sentence */
  run(): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    if (this.#givenUp) return Promise.reject(new StorageError("closed", "the storage is closed"));
    const failed = (problem: string): void => reject(new StorageError("failed", problem));
    // The same file as .ts in a checkout and as .js in what is published.
    const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
    const child = fork(new URL(`./backup.${extension}`, import.meta.url), { stdio: ["ignore", 2, 2, "ipc"] });
    this.#child = child;
    child.on("message", (ended: BackupEnded) =>
      "file" in ended ? resolve(ended.file) : failed(ended.problem),
    );
    child.on("error", (error) => failed(`no copy could be written: ${error.message}`));
    child.on("exit", (code, signal) => failed(`the copy was cut short (${signal ?? `exit code ${code}`})`));
    child.send(this.#order);
    return promise;
  }

  async giveUp(): Promise<void> {
    this.#givenUp = true;
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
    rmSync(partOf(fileOf(this.#order)), { force: true });
  }
}
