import type { Unpacker } from "./packer.ts";

/** Applies the changes of one store inside the writer's transaction. */
export interface StoreWriter {
  /** Reads what belongs to the change from `data`. Throws RefusedCommit when the commit is to fail. */
  apply(code: number, data: Unpacker): void;
}
