import type { Log } from "../base/log.ts";
import type { Storage } from "../kernel/storage.ts";
import { MemoryStorage } from "../storage/memory/memory-storage.ts";
import type { Configuration } from "./configuration.ts";

/**
 * The store that the configuration names. `failed` is called when it can do nothing more until the server starts anew.
 * @throws DataDirectoryError
 */
export async function openStorage(
  configuration: Configuration,
  log: Log,
  failed: () => void,
): Promise<Storage> {
  if (configuration.storage === "memory") return new MemoryStorage();
  // Only who has it pays for loading it.
  const { SqliteStorage } = await import("../storage/sqlite/sqlite-storage.ts");
  return SqliteStorage.open(configuration.data, {
    onFailure(error) {
      log.error("the store has failed", { error });
      failed();
    },
    onHealth(fault, message) {
      if (fault === undefined) log.info("the store takes changes again");
      else log.error("the store refuses changes", { fault, problem: message });
    },
  });
}
