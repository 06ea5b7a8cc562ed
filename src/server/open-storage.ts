import type { Log } from "../base/log.ts";
import type { Cancel, World } from "../base/world.ts";
import type { Storage, StorageFault } from "../kernel/storage.ts";
import { MemoryStorage } from "../storage/memory/memory-storage.ts";
import type { Configuration } from "./configuration.ts";

/** Milliseconds without a refusal until the store counts as well: a disk that is nearly full takes one change and refuses the next. */
const WELL_AFTER = 5_000;

export interface StorageOptions {
  readonly configuration: Pick<Configuration, "data" | "storage">;
  readonly world: World;
  readonly log: Log;
}

/**
 * The store that the configuration names. `failed` is called when it can do nothing more until the server starts anew.
 * @throws DataDirectoryError
 */
export async function openStorage(options: StorageOptions, failed: () => void): Promise<Storage> {
  const { configuration, log } = options;
  if (configuration.storage === "memory") return new MemoryStorage();
  // Only who has it pays for loading it.
  const { SqliteStorage } = await import("../storage/sqlite/sqlite-storage.ts");
  return SqliteStorage.open(configuration.data, {
    onFailure(error) {
      log.error("the store has failed", { directory: configuration.data, error });
      failed();
    },
    onHealth: healthLines(options),
    onUnreadable: (store, key, error) =>
      log.error("an entry cannot be read and is passed over", { store, key, error }),
  });
}

/** Writes to the log when the disk begins to refuse changes, and when it has taken them again for a while. */
export function healthLines({
  configuration,
  world,
  log,
}: StorageOptions): (fault: StorageFault | undefined, message: string) => void {
  const directory = configuration.data;
  let said: StorageFault | undefined;
  let well: Cancel | undefined;
  return (fault, message) => {
    well?.();
    well = undefined;
    if (fault === undefined) {
      well = world.after(WELL_AFTER, () => {
        said = undefined;
        log.info("the store takes changes again", { directory });
      });
    } else if (fault !== said) {
      said = fault;
      log.error("the store refuses changes, messages are sent back", { directory, fault, problem: message });
    }
  };
}
