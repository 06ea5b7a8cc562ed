import { closeSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";

/** Writes a consistent copy of the database, as of now, to `path`, which appears whole or not at all. */
export function copyInto(db: DatabaseSync, path: string): void {
  const part = `${path}.part`;
  rmSync(part, { force: true });
  db.prepare("VACUUM INTO ?").run(part);
  // VACUUM INTO does not sync what it wrote.
  syncFile(part);
  renameSync(part, path);
  syncFile(dirname(path));
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
