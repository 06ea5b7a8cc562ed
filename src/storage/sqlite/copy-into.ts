import { closeSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";

/** Writes a consistent copy of the database, as of now, to `path`, which appears whole or not at all. */
export function copyInto(db: DatabaseSync, path: string): void {
  const part = partOf(path);
  rmSync(part, { force: true });
  try {
    // SQLite takes an empty file as it is; one that it makes itself, others could read.
    closeSync(openSync(part, "wx", 0o600));
    db.prepare("VACUUM INTO ?").run(part);
    // VACUUM INTO does not sync what it wrote.
    syncFile(part);
    renameSync(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
  syncFile(dirname(path));
}

/** What a copy is called until it is whole. */
export function partOf(path: string): string {
  return `${path}.part`;
}

/** A file's bytes, or a directory's entries, are on the disk afterwards. */
export function syncFile(path: string): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
