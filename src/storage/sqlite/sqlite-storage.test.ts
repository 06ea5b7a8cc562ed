import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storageContract } from "../contract.ts";
import { SqliteStorage } from "./sqlite-storage.ts";

async function temporaryDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), "tercet-storage-"));
}

storageContract(
  "sqlite",
  async () => {
    const directory = await temporaryDirectory();
    return {
      open: () => SqliteStorage.open(directory),
      clear: () => rm(directory, { recursive: true }),
    };
  },
  { persists: true },
);

// Every few entries an index run and a sweep, in the middle of everything else.
storageContract(
  "sqlite, indexing all the time",
  async () => {
    const directory = await temporaryDirectory();
    return {
      open: () => SqliteStorage.open(directory, { indexAfter: 3, sweepAfter: 1 }),
      clear: () => rm(directory, { recursive: true }),
    };
  },
  { persists: true, logsOnly: true },
);
