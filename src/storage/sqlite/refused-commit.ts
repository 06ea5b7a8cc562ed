import type { StorageFault } from "../../kernel/storage.ts";

/** Thrown in the thread that writes when a commit is at fault itself; becomes a StorageError on the other side. */
export class RefusedCommit extends Error {
  readonly fault: StorageFault;

  constructor(fault: StorageFault, message: string) {
    super(message);
    this.name = "RefusedCommit";
    this.fault = fault;
  }
}
