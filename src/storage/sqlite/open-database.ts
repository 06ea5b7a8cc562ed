import { closeSync, existsSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { syncFile } from "./copy-into.ts";
import { damaged } from "./damaged.ts";
import { DataDirectoryError } from "./data-directory-error.ts";
import { checkMark } from "./high-water-mark.ts";
import { applicationId, migrate, migrations, pragma, reachOf } from "./schema.ts";
import { faultOf, resultCode, resultCodeOf } from "./sqlite-faults.ts";

const CACHE_KIB = 8192;

/** Files that are never there without `tercet.db`. */
const leftovers = [
  [".restored", "the backup"],
  ["-wal", "its log"],
  ["-mark", "its mark"],
] as const;

/**
 * Opens `tercet.db` of a directory for writing: made when the directory has none, checked, and brought to the present schema.
 * @throws DataDirectoryError
 */
export function openDatabase(directory: string): DatabaseSync {
  const path = join(directory, "tercet.db");
  let db: DatabaseSync | undefined;
  try {
    if (!existsSync(path)) createDatabase(directory, path);
    else if (statSync(path).size === 0) throw damaged(directory, "it is empty");
    inspect(directory, path);
    db = new DatabaseSync(path, { timeout: 1000 });
    configure(db);
    checkWritable(db);
    migrate(db, directory);
    return db;
  } catch (error) {
    db?.close();
    throw error instanceof DataDirectoryError ? error : openError(error, directory, path);
  }
}

/** Settings of a connection that writes. */
function configure(db: DatabaseSync): void {
  // FULL syncs the log of each commit; the two `fullfsync` matter where fsync alone does not reach the medium (macOS).
  db.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA fullfsync = ON;
    PRAGMA checkpoint_fullfsync = ON;
    PRAGMA wal_autocheckpoint = 0;
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -${CACHE_KIB};
  `);
}

/** The connection that reads; it sees what was committed when its transaction began. */
export function openForReading(directory: string): DatabaseSync {
  const db = new DatabaseSync(join(directory, "tercet.db"), { readOnly: true, timeout: 1000 });
  db.exec(`PRAGMA temp_store = MEMORY; PRAGMA cache_size = -${CACHE_KIB};`);
  return db;
}

/** Under another name first: a `tercet.db` without a schema is never the trace of a first start that was cut short. */
function createDatabase(directory: string, path: string): void {
  // What a removal or a restoration leaves that was cut short; an empty database in its place would hide it.
  for (const [end, what] of leftovers) {
    if (!existsSync(path + end)) continue;
    const ways = `; or put it back from where it was; to begin with an empty one, move ${path}${end} away`;
    throw damaged(directory, `it is missing, but ${what} ${path}${end} is there`, ways);
  }
  const fresh = `${path}.new`;
  for (const end of ["", "-wal", "-shm", "-journal"]) rmSync(fresh + end, { force: true });
  closeSync(openSync(fresh, "wx", 0o600));
  const db = new DatabaseSync(fresh);
  try {
    db.exec(`PRAGMA application_id = ${applicationId}; PRAGMA journal_mode = WAL;`);
    migrate(db, directory);
  } finally {
    db.close();
  }
  syncFile(fresh);
  renameSync(fresh, path);
  syncFile(directory);
}

/** SQLite opens a file that it may not write for reading alone, and would refuse the first change only. */
function checkWritable(db: DatabaseSync): void {
  db.exec("BEGIN");
  db.exec(`PRAGMA user_version = ${pragma(db, "user_version")}`);
  db.exec("ROLLBACK");
}

/** Reads only: the last connection that may write copies the log into the database when it closes, and what is refused must stay as it is. */
function inspect(directory: string, path: string): void {
  const db = new DatabaseSync(path, { readOnly: true, timeout: 1000 });
  try {
    if (pragma(db, "application_id") !== applicationId)
      throw new DataDirectoryError(
        `${path} is not a database of Tercet: name the right data directory, or move that file away`,
      );
    const result = db.prepare("PRAGMA quick_check(1)", { returnArrays: true }).get()?.[0];
    if (result !== "ok") throw damaged(directory, String(result).replaceAll("\n", " "));
    const newest = migrations.at(-1)?.to ?? 0;
    if (pragma(db, "user_version") < 1 && newest > 0) throw damaged(directory, "it has no schema");
    checkMark(directory, reachOf(db));
  } finally {
    db.close();
  }
}

function openError(error: unknown, directory: string, path: string): DataDirectoryError {
  const reason = error instanceof Error ? error.message : String(error);
  const code = resultCodeOf(error);
  if (code === resultCode.corrupt || code === resultCode.notADatabase)
    return damaged(directory, reason, "", error);
  switch (faultOf(error, directory)) {
    case "full":
      return new DataDirectoryError(`no space is left to open ${path}: free some and start again`, {
        cause: error,
      });
    case "read-only":
      return new DataDirectoryError(
        `${path} is read-only: make it and its directory writable for the user that runs the server`,
        { cause: error },
      );
    default:
      return new DataDirectoryError(
        `${path} cannot be opened (${reason}): make sure that the user who runs the server may read and write it and all files beside it`,
        { cause: error },
      );
  }
}
