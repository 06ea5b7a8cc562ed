import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { copyInto } from "./copy-into.ts";
import { DataDirectoryError } from "./data-directory-error.ts";
import type { Reach } from "./high-water-mark.ts";
import type { Shape, StoreRow } from "./protocol.ts";

/** "Terc", in the header of the file (PRAGMA application_id). */
export const applicationId = 0x54657263;

/** Brings a database from version `to - 1` to version `to`. Never changed once it was in a release. */
export interface Migration {
  readonly to: number;
  readonly run: (db: DatabaseSync) => void;
}

export const migrations: readonly Migration[] = [
  {
    to: 1,
    run: (db) =>
      db.exec(`
        CREATE TABLE addresses (
          id INTEGER PRIMARY KEY, domain TEXT NOT NULL, local TEXT NOT NULL, UNIQUE (domain, local)
        ) STRICT;
        CREATE TABLE stores (
          id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, shape TEXT NOT NULL,
          indexed INTEGER NOT NULL DEFAULT 0, last INTEGER NOT NULL DEFAULT 0
        ) STRICT;
      `),
  },
];

/**
 * Runs what is missing, each in a transaction; a copy of the file as it was before is made first, beside it.
 * @throws DataDirectoryError when the database is newer than this program
 */
export function migrate(db: DatabaseSync, directory: string, steps: readonly Migration[] = migrations): void {
  const version = pragma(db, "user_version");
  const newest = steps.at(-1)?.to ?? 0;
  if (version > newest)
    throw new DataDirectoryError(
      `${join(directory, "tercet.db")} was written by a newer release (its schema is version ${version}, this release knows ${newest}): ` +
        "start that release again, or restore a backup that was made before the upgrade",
    );
  for (const step of steps) {
    if (step.to <= version) continue;
    if (step.to > 1) copyInto(db, join(directory, `tercet.db.before-${step.to}`));
    db.exec("BEGIN IMMEDIATE");
    try {
      step.run(db);
      db.exec(`PRAGMA user_version = ${step.to}`);
      db.exec("COMMIT");
    } catch (error) {
      if (db.isTransaction) db.exec("ROLLBACK");
      throw error;
    }
  }
}

export function pragma(db: DatabaseSync, name: string): number {
  return Number(db.prepare(`PRAGMA ${name}`, { returnArrays: true }).get()?.[0]);
}

export function storeRows(db: DatabaseSync): StoreRow[] {
  const rows = db.prepare("SELECT id, name, shape FROM stores ORDER BY id").all();
  return rows.map(({ id, name, shape }) => ({
    id: Number(id),
    name: String(name),
    shape: String(shape) as Shape,
  }));
}

/** How far each log goes. */
export function reachOf(db: DatabaseSync): Reach[] {
  const logs = storeRows(db).filter(({ shape }) => shape === "log");
  return logs.map((store) => {
    const last = `SELECT max(last, indexed, ifnull((SELECT max(key) FROM ${tableOf(store)}), 0)) FROM stores WHERE id = ?`;
    return { name: store.name, last: Number(db.prepare(last, { returnArrays: true }).get(store.id)?.[0]) };
  });
}

/** The table of a store, ready to stand in a statement; names of stores are checked where they are declared. */
export function tableOf({ shape, name }: StoreRow, part: "" | "_index" | "_cuts" | "_gone" = ""): string {
  return `"${shape}_${name}${part}"`;
}

/** Tables of a store, by its shape. */
export function createTables(db: DatabaseSync, store: StoreRow): void {
  const table = (part: Parameters<typeof tableOf>[1]): string => `CREATE TABLE ${tableOf(store, part)}`;
  switch (store.shape) {
    case "document":
      db.exec(`${table("")} (owner INTEGER PRIMARY KEY, value BLOB NOT NULL) STRICT`);
      break;
    case "map":
      db.exec(`${table("")} (
        owner INTEGER NOT NULL, name TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (owner, name)
      ) STRICT, WITHOUT ROWID`);
      break;
    case "log":
      // owners: u32 owner and u32 peer for each, little-endian, as the entry was appended; whose log it still stands in, the index says.
      db.exec(`
        ${table("")} (key INTEGER PRIMARY KEY, owners BLOB NOT NULL, value BLOB NOT NULL) STRICT;
        ${table("_index")} (
          owner INTEGER NOT NULL, key INTEGER NOT NULL, peer INTEGER NOT NULL, PRIMARY KEY (owner, key)
        ) STRICT, WITHOUT ROWID;
        ${table("_cuts")} (
          owner INTEGER NOT NULL, peer INTEGER NOT NULL, through INTEGER NOT NULL, PRIMARY KEY (owner, peer)
        ) STRICT, WITHOUT ROWID;
        ${table("_gone")} (owner INTEGER NOT NULL, key INTEGER NOT NULL, PRIMARY KEY (owner, key)) STRICT, WITHOUT ROWID;
      `);
      break;
  }
  db.prepare("INSERT INTO stores (id, name, shape) VALUES (?, ?, ?)").run(store.id, store.name, store.shape);
}
