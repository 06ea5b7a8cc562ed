import { StanzaError } from "../../xmpp/errors.ts";
import type { Jid } from "../../xmpp/jid.ts";
import { BlockList } from "./block-list.ts";

/** An account's block list in memory. Only what is committed gets into it; changes happen one after the other. */
export class AccountBlocks {
  readonly account: Jid;
  /** Nobody is blocked. Beside the list, as it is all that most stanzas ask for. */
  isEmpty: boolean;
  /** What it counts for among all that are kept, as it was when that was last looked at. */
  weight: number;
  #list: BlockList;
  /** Whether somebody is blocked now. */
  readonly blocks = (other: Jid): boolean => this.list.blocks(other);
  #tail: Promise<unknown> = Promise.resolve();
  #changing = 0;
  #closed = false;

  constructor(account: Jid, items: Iterable<string>) {
    this.account = account;
    this.#list = new BlockList(account, new Set(items));
    this.isEmpty = this.#list.items.size === 0;
    this.weight = this.#list.weight;
  }

  get list(): BlockList {
    return this.#list;
  }

  set list(list: BlockList) {
    this.#list = list;
    this.isEmpty = list.items.size === 0;
  }

  /** Nobody changes it. */
  get idle(): boolean {
    return this.#changing === 0;
  }

  /** The account is gone: no change begins any more. */
  close(): void {
    this.#closed = true;
  }

  /** Does it when all that was asked for earlier is done. @throws StanzaError service-unavailable when the account has gone meanwhile */
  alone<T>(action: () => Promise<T>): Promise<T> {
    this.#changing++;
    const turn = this.#tail.then(() => {
      if (this.#closed) throw new StanzaError("service-unavailable");
      return action();
    });
    const done = turn.finally(() => this.#changing--);
    this.#tail = done.catch(() => undefined);
    return done;
  }
}
