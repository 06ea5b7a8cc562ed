import { closeSync, openSync, readSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { copyInto } from "./copy-into.ts";
import { openForReading } from "./open-database.ts";
import { applicationId } from "./schema.ts";
import { faultOf } from "./sqlite-faults.ts";

export interface BackupOrder {
  /** Whose database. */
  readonly directory: string;
  /** A file, or a directory, in which the file gets the name `name`. */
  readonly target: string;
  readonly name: string;
}

export type BackupEnded = { readonly file: string } | { readonly problem: string };

export function fileOf({ target, name }: BackupOrder): string {
  return statOf(target)?.isDirectory() ? join(target, name) : target;
}

/** What the copy becomes, or the sentence that says why there is none. */
export function writeBackup(order: BackupOrder): BackupEnded {
  const file = fileOf(order);
  try {
    const problem = occupied(file);
    if (problem !== undefined) return { problem };
    const db = openForReading(order.directory);
    try {
      copyInto(db, file);
    } finally {
      db.close();
    }
    return { file };
  } catch (error) {
    return { problem: reason(error, file) };
  }
}

/** Only an earlier backup may be written over. A database that a server runs on is in WAL mode (bytes 18 and 19 of its header), a copy is not. */
function occupied(file: string): string | undefined {
  if (statOf(file) === undefined) return undefined;
  const header = headerOf(file);
  const isCopy = header.length === 72 && header.readUInt32BE(68) === applicationId && header[18] === 1;
  return isCopy ? undefined : `${file} is there already and is no backup: name another file`;
}

function headerOf(file: string): Buffer {
  const header = Buffer.alloc(72);
  const opened = openSync(file, "r");
  try {
    return header.subarray(0, readSync(opened, header, 0, 72, 0));
  } finally {
    closeSync(opened);
  }
}

function statOf(path: string): ReturnType<typeof statSync> | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // What is in the way, writing it says.
    return undefined;
  }
}

function reason(error: unknown, file: string): string {
  const folder = dirname(file);
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT") return `there is no directory ${folder}`;
  if (code === "EACCES" || code === "EPERM" || code === "EROFS")
    return `the server may not write to ${folder}: name a directory that belongs to the user who runs it`;
  if (code === "ENOSPC" || faultOf(error, folder) === "full") return `no space is left for ${file}`;
  return `${file} could not be written: ${error instanceof Error ? error.message : String(error)}`;
}
