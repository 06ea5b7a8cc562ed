import { describe, test } from "node:test";
import type { Storage } from "../kernel/storage.ts";
import { commitCases } from "./contract/commits.ts";
import { logCases, removalCases } from "./contract/logs.ts";
import type { Case } from "./contract/subject.ts";
import { valueCases } from "./contract/values.ts";

export interface ContractOptions {
  /** The data is there again when the storage is opened anew. */
  readonly persists: boolean;
  /** Only what is about logs: for a driver that is tried with several settings of them. */
  readonly logsOnly?: boolean;
}

/** Where a driver keeps one storage. */
export interface Place {
  open(): Promise<Storage>;
  /** Removes what is left, after the last storage is closed. */
  clear(): Promise<void>;
}

/** What every driver must do. `place` gives a place where nothing is stored yet, for each test another. */
export function storageContract(name: string, place: () => Promise<Place>, options: ContractOptions): void {
  const logs = { logs: logCases, "removal from logs": removalCases };
  const parts = options.logsOnly ? logs : { "documents and maps": valueCases, commits: commitCases, ...logs };
  // Side by side: most of the time a case waits for threads and for the disk.
  for (const [part, cases] of Object.entries(parts))
    describe(`${name}: ${part}`, { concurrency: 4 }, () => {
      for (const [title, run] of Object.entries(cases))
        test(title, async () => runCase(run, await place(), options.persists));
    });
}

async function runCase(run: Case, place: Place, persists: boolean): Promise<void> {
  let storage = await place.open();
  const reopen = async (): Promise<Storage> => {
    await storage[Symbol.asyncDispose]();
    storage = await place.open();
    return storage;
  };
  try {
    await run(storage, reopen, persists);
  } finally {
    await storage[Symbol.asyncDispose]();
    await place.clear();
  }
}
