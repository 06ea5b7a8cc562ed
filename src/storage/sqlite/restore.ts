import {
  chownSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { copyInto, syncFile } from "./copy-into.ts";
import { DataDirectoryLock } from "./data-directory.ts";
import { DataDirectoryError } from "./data-directory-error.ts";
import { applicationId, migrations, pragma, storeRows, tableOf } from "./schema.ts";

export interface RestoreOptions {
  /** A file that a backup has written. */
  readonly file: string;
  /** Of the server that shall have it; made when it is missing. */
  readonly directory: string;
  /** A database that is there is moved away; otherwise it refuses. */
  readonly replace: boolean;
  /** Name of the folder, within the directory, for what is moved away. */
  readonly aside: string;
  /** Map stores of which nothing is restored. */
  readonly emptied?: readonly string[];
}

/** The database first: what is left when this is cut short is never taken for a whole one. */
const FILES = ["tercet.db", "tercet.db-wal", "tercet.db-shm", "tercet.db-mark"] as const;

/**
 * Puts the backup in the place of the database of a directory on which no server runs. Gives the folder in which what was there lies, undefined when there
 * was nothing. The server finds either what was there or the backup, or refuses to start, whenever this is cut short.
 * @throws DataDirectoryError with a sentence; nothing has changed then
 */
export function restoreBackup(options: RestoreOptions): string | undefined {
  const directory = resolve(options.directory);
  const file = resolve(options.file);
  const path = join(directory, "tercet.db");
  if (existsSync(file) && existsSync(path) && realpathSync(file) === realpathSync(path))
    throw new DataDirectoryError(`${file} is the database of that directory itself: name a backup`);
  const source = openBackup(file);
  try {
    const lock = DataDirectoryLock.take(directory);
    try {
      return restore(source, directory, options);
    } finally {
      lock.release();
    }
  } finally {
    source.close();
  }
}

function restore(source: DatabaseSync, directory: string, options: RestoreOptions): string | undefined {
  const path = join(directory, "tercet.db");
  const aside = join(directory, options.aside);
  const present = FILES.filter((name) => existsSync(join(directory, name)));
  if (present.length > 0 && !options.replace)
    throw new DataDirectoryError(
      `${directory} holds a database already: add --replace to put the backup in its place; what is there now is kept in ${aside}`,
    );
  const fresh = `${path}.restored`;
  try {
    copyInto(source, fresh);
    empty(fresh, options.emptied ?? []);
    giveToOwner(directory, fresh, join(directory, "lock.db"));
    if (present.length > 0) keep(directory, present, aside);
  } catch (error) {
    for (const made of [fresh, aside]) rmSync(made, { force: true, recursive: true });
    const reason = error instanceof Error ? error.message : String(error);
    throw new DataDirectoryError(`the backup could not be copied to ${directory} (${reason})`, {
      cause: error,
    });
  }
  for (const name of present) rmSync(join(directory, name));
  renameSync(fresh, path);
  syncFile(directory);
  return present.length > 0 ? aside : undefined;
}

function empty(path: string, names: readonly string[]): void {
  const db = new DatabaseSync(path);
  try {
    const stores = storeRows(db).filter(({ name, shape }) => shape === "map" && names.includes(name));
    for (const store of stores) db.exec(`DELETE FROM ${tableOf(store)}`);
  } finally {
    db.close();
  }
  syncFile(path);
}

/** A second name, so that there is no moment in which a part of it is nowhere. */
function keep(directory: string, names: readonly string[], aside: string): void {
  mkdirSync(aside, { mode: 0o700 });
  for (const name of names) {
    try {
      linkSync(join(directory, name), join(aside, name));
    } catch {
      // Not every file system knows that.
      copyFileSync(join(directory, name), join(aside, name));
      syncFile(join(aside, name));
    }
  }
  giveToOwner(directory, aside);
  syncFile(aside);
  syncFile(directory);
}

/** The superuser restores for the user who runs the server. */
function giveToOwner(directory: string, ...paths: readonly string[]): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(directory);
  for (const path of paths) chownSync(path, uid, gid);
}

function openBackup(file: string): DatabaseSync {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile())
    throw new DataDirectoryError(`there is no file ${file}`);
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file, { readOnly: true, timeout: 1000 });
    check(db, file);
    return db;
  } catch (error) {
    db?.close();
    if (error instanceof DataDirectoryError) throw error;
    throw useless(file, error instanceof Error ? error.message : String(error), error);
  }
}

function check(db: DatabaseSync, file: string): void {
  if (pragma(db, "application_id") !== applicationId)
    throw new DataDirectoryError(
      `${file} is no backup of Tercet: name a file that tercetctl backup has written`,
    );
  const result = db.prepare("PRAGMA integrity_check(1)", { returnArrays: true }).get()?.[0];
  if (result !== "ok") throw useless(file, String(result).replaceAll("\n", " "));
  const version = pragma(db, "user_version");
  const newest = migrations.at(-1)?.to ?? 0;
  if (version < 1) throw useless(file, "it has no schema");
  if (version > newest)
    throw new DataDirectoryError(
      `${file} was written by a newer release (its schema is version ${version}, this release knows ${newest}): restore it with that release`,
    );
}

function useless(file: string, reason: string, cause?: unknown): DataDirectoryError {
  return new DataDirectoryError(`the backup ${file} is damaged (${reason}): take an older one`, {
    cause,
    damaged: true,
  });
}
