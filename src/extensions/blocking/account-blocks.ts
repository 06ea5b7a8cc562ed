import { StanzaError } from "../../xmpp/errors.ts";
import type { Jid } from "../../xmpp/jid.ts";
import { BlockList } from "./block-list.ts";

/** An account's block list in memory. Only what is committed gets into it; changes happen one after the other. */
export class AccountBlocks {
  readonly account: Jid;
  list: BlockList;
  /** Whether somebody is blocked now. */
  readonly blocks = (other: Jid): boolean => this.list.blocks(other);
  #tail: Promise<unknown> = Promise.resolve();
  #changing = 0;
  #closed = false;

  constructor(account: Jid, items: Iterable<string>) {
    this.account = account;
    this.list = new BlockList(account, new Set(items));
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
