import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { DataDirectoryError } from "./data-directory-error.ts";
import { resultCode, resultCodeOf } from "./sqlite-faults.ts";

/** How long a start waits for the lock: longer than two starts at the same moment stand in each other's way. */
const LOCK_WAIT_MS = 500;

/**
 * Exclusive use of a data directory, as an exclusive transaction held open on `lock.db`: the kernel ends it with the process, however that dies, and
 * nothing in the file says who holds it. `lock.pid` beside it is read for the message alone. Nothing else in this process may open `lock.db`: POSIX takes a
 * process's locks away when it closes any descriptor of the file.
 */
export class DataDirectoryLock {
  readonly #db: DatabaseSync;
  readonly #pidFile: string;

  private constructor(db: DatabaseSync, pidFile: string) {
    this.#db = db;
    this.#pidFile = pidFile;
  }

  /**
   * Makes the directory (mode 0700) when it is missing, and takes it. Waits up to half a second for another process to let go.
   * @throws DataDirectoryError
   */
  static take(directory: string): DataDirectoryLock {
    makeDirectory(directory);
    const pidFile = join(directory, "lock.pid");
    const db = openLock(directory, pidFile);
    try {
      writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o600 });
    } catch {
      // Without it only the message that refuses a second server is poorer; a full disk must not stop the start.
    }
    return new DataDirectoryLock(db, pidFile);
  }

  release(): void {
    if (!this.#db.isOpen) return;
    rmSync(this.#pidFile, { force: true });
    this.#db.close();
  }
}

function openLock(directory: string, pidFile: string): DatabaseSync {
  const path = join(directory, "lock.db");
  let db: DatabaseSync | undefined;
  try {
    // An empty file is an empty database: SQLite need not write to it for the lock.
    if (!existsSync(path)) writeFileSync(path, "", { mode: 0o600, flag: "a" });
    db = new DatabaseSync(path, { timeout: LOCK_WAIT_MS });
    db.exec("BEGIN EXCLUSIVE");
    return db;
  } catch (error) {
    db?.close();
    throw lockError(error, directory, path, pidFile);
  }
}

function lockError(error: unknown, directory: string, path: string, pidFile: string): DataDirectoryError {
  switch (resultCodeOf(error)) {
    case resultCode.busy:
      return new DataDirectoryError(
        `the data directory ${directory} is in use by ${holder(pidFile)}: stop that server first, or give this one another data directory`,
        { cause: error },
      );
    case resultCode.notADatabase:
    case resultCode.corrupt:
      return new DataDirectoryError(
        `${path} is damaged; it holds no data: make sure that no server runs on this directory, then delete the file`,
        { cause: error },
      );
    default:
      return accessError(error, directory);
  }
}

function holder(pidFile: string): string {
  try {
    const pid = readFileSync(pidFile, "utf8").trim();
    if (/^\d+$/.test(pid)) return `another server (process ${pid})`;
  } catch {
    // The holder could not write it, or removes it at this moment.
  }
  return "another server";
}

function makeDirectory(directory: string): void {
  try {
    makeMissing(directory);
    if (!statSync(directory).isDirectory()) throw notADirectory(directory);
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw error instanceof DataDirectoryError ? error : accessError(error, directory);
  }
}

/** Part by part: the recursive call of Node hides a read-only disk behind ENOENT, and does not return where nothing can be made (/proc). */
function makeMissing(directory: string): void {
  if (existsSync(directory)) return;
  makeMissing(dirname(directory));
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    // Another start was faster.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

function notADirectory(directory: string): DataDirectoryError {
  return new DataDirectoryError(
    `${directory} cannot be the data directory, a part of this path is not a directory: name a directory, or a path where one can be made`,
  );
}

function accessError(error: unknown, directory: string): DataDirectoryError {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EEXIST" || code === "ENOTDIR") return notADirectory(directory);
  if (code === "EROFS" || resultCodeOf(error) === resultCode.readOnly)
    return new DataDirectoryError(
      `the data directory ${directory} is read-only: mount it writable, or give the server another data directory`,
      { cause: error },
    );
  if (code === "ENOSPC" || resultCodeOf(error) === resultCode.full)
    return new DataDirectoryError(
      `no space is left for the data directory ${directory}: free some and start again`,
      {
        cause: error,
      },
    );
  if (code === "EACCES" || code === "EPERM" || resultCodeOf(error) === resultCode.cannotOpen)
    return new DataDirectoryError(
      `no permission to read and write the data directory ${directory}: ` +
        `make it belong to the user that runs the server (${userName()}), or give the server another data directory`,
      { cause: error },
    );
  const reason = error instanceof Error ? error.message : String(error);
  return new DataDirectoryError(
    `the data directory ${directory} cannot be used (${reason}): give the server another data directory`,
    { cause: error },
  );
}

function userName(): string {
  const uid = process.getuid?.();
  return uid === undefined ? "the current one" : `uid ${uid}`;
}
