import { when } from "../../base/when.ts";
import type { BlockListChange } from "../../kernel/points.ts";
import type { Change, MapStore } from "../../kernel/storage.ts";
import { StanzaError } from "../../xmpp/errors.ts";
import type { Jid } from "../../xmpp/jid.ts";
import type { AccountBlocks } from "./account-blocks.ts";
import { BlockList } from "./block-list.ts";
import type { BlockLists } from "./block-lists.ts";
import type { BlockPushes } from "./block-pushes.ts";
import { listing } from "./block-request.ts";

/** What is kept of an item; all there is to know is its name. */
export type StoredBlock = Readonly<Record<string, never>>;

export interface BlockChangesParts {
  readonly lists: BlockLists;
  /** By address. */
  readonly store: MapStore<StoredBlock>;
  readonly pushes: BlockPushes;
  /** Items in one list. */
  limit(): number;
  readonly commit: (batch: readonly Change[]) => Promise<void>;
  /** Tells those whom it concerns. */
  readonly changed: (change: BlockListChange) => Promise<unknown> | unknown;
}

/** Changes block lists: committed, then in force, then pushed, then seen by others. */
export class BlockChanges {
  readonly #parts: BlockChangesParts;

  constructor(parts: BlockChangesParts) {
    this.#parts = parts;
  }

  /** @throws StanzaError resource-constraint */
  async block(account: Jid, items: readonly Jid[]): Promise<void> {
    await this.#alone(account, (blocks) => {
      const before = blocks.list.items;
      const added = items.map(String).filter((item) => !before.has(item));
      if (added.length > 0 && before.size + added.length > this.#parts.limit()) {
        throw new StanzaError("resource-constraint", {
          text: `A block list has at most ${this.#parts.limit()} items`,
        });
      }
      const { store } = this.#parts;
      const changes = added.map((item) => store.set(account, item, {}));
      const push = listing("block", items.map(String));
      return this.#apply(blocks, items, new Set([...before, ...added]), changes, push);
    });
  }

  async unblock(account: Jid, items: readonly Jid[]): Promise<void> {
    await this.#alone(account, (blocks) => {
      const after = new Set(blocks.list.items);
      const removed = items.map(String).filter((item) => after.delete(item));
      const changes = removed.map((item) => this.#parts.store.remove(account, item));
      return this.#apply(blocks, items, after, changes, listing("unblock", items.map(String)));
    });
  }

  async unblockAll(account: Jid): Promise<void> {
    await this.#alone(account, (blocks) => {
      const items = blocks.list.jids();
      const changes = items.length === 0 ? [] : [this.#parts.store.removeAll(account)];
      return this.#apply(blocks, items, new Set(), changes, listing("unblock", []));
    });
  }

  async #alone(account: Jid, action: (blocks: AccountBlocks) => Promise<void>): Promise<void> {
    await when(this.#parts.lists.of(account), (blocks) => blocks.alone(async () => action(blocks)));
  }

  async #apply(
    blocks: AccountBlocks,
    items: readonly Jid[],
    names: ReadonlySet<string>,
    changes: readonly Change[],
    push: ReturnType<typeof listing>,
  ): Promise<void> {
    const { account, list: before } = blocks;
    const { commit, pushes, changed } = this.#parts;
    if (changes.length > 0) await commit(changes);
    const after = new BlockList(account, names);
    if (changes.length > 0) blocks.list = after;
    pushes.send(account, push);
    if (changes.length === 0) return;
    await changed({
      account,
      items,
      before: (other) => before.blocks(other),
      after: (other) => after.blocks(other),
    });
  }
}
