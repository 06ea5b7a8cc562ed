import type { Change } from "../../kernel/storage.ts";

/** What takes a step of a batch back when a later one fails. */
export type Undo = () => void;

/** A change that a store of this driver made. */
export class MemoryChange implements Change {
  readonly store: string;
  /** The storage that it belongs to. */
  readonly origin: object;
  /** Does the change and says how to take it back; throws StorageError when the batch must fail. */
  readonly apply: () => Undo;

  constructor(store: string, origin: object, apply: () => Undo) {
    this.store = store;
    this.origin = origin;
    this.apply = apply;
  }
}

/** What every store of one storage shares. */
export interface Home {
  /** Throws StorageError closed. */
  check(): void;
}
