import type { Storage } from "../../src/kernel/storage.ts";
import { MemoryStorage } from "../../src/storage/memory/memory-storage.ts";

/** A storage for unit tests of what stands on one, and the model that another driver is compared with. */
export function memoryStorage(): Storage {
  return new MemoryStorage();
}
