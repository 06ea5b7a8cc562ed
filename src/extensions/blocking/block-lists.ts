import type { Jid } from "../../xmpp/jid.ts";
import { AccountBlocks } from "./account-blocks.ts";

/** The block lists of accounts that are in use, and of some that were not long ago. */
export class BlockLists {
  /** The addresses that the store holds for an account. */
  readonly #stored: (account: Jid) => Promise<readonly string[]>;
  /** Whether the account has a session: those lists stay. */
  readonly #isUsed: (account: Jid) => boolean;
  /** Of all weights; above it idle lists leave. */
  readonly #limit: number;
  readonly #kept = new Map<string, AccountBlocks>();
  readonly #reading = new Map<string, Promise<AccountBlocks>>();
  #weight = 0;

  constructor(
    stored: (account: Jid) => Promise<readonly string[]>,
    isUsed: (account: Jid) => boolean,
    limit = 200_000,
  ) {
    this.#stored = stored;
    this.#isUsed = isUsed;
    this.#limit = limit;
  }

  get size(): number {
    return this.#kept.size;
  }

  /** undefined when it would have to be read first. */
  peek(account: Jid): AccountBlocks | undefined {
    return this.#kept.get(account.toString());
  }

  /** A promise only when it has to be read first. */
  of(account: Jid): AccountBlocks | Promise<AccountBlocks> {
    const name = account.toString();
    const kept = this.#kept.get(name);
    if (kept !== undefined) return kept;
    let reading = this.#reading.get(name);
    if (reading === undefined) {
      reading = this.#read(account).finally(() => {
        if (this.#reading.get(name) === reading) this.#reading.delete(name);
      });
      this.#reading.set(name, reading);
    }
    return reading;
  }

  /** The account is being removed: what is kept of it goes from the store with this turn's commit, and nothing is left here. */
  clear(account: Jid): void {
    const name = account.toString();
    this.#kept.get(name)?.close();
    this.#drop(name);
    this.#reading.delete(name);
    this.#keep(name, new AccountBlocks(account, []));
  }

  async #read(account: Jid): Promise<AccountBlocks> {
    const items = await this.#stored(account);
    const name = account.toString();
    // Cleared meanwhile.
    const newer = this.#kept.get(name);
    if (newer !== undefined) return newer;
    const read = new AccountBlocks(account, items);
    this.#keep(name, read);
    return read;
  }

  #keep(name: string, blocks: AccountBlocks): void {
    this.#put(name, blocks);
    if (this.#weight > this.#limit) this.#sweep(name);
  }

  #put(name: string, blocks: AccountBlocks): void {
    blocks.weight = blocks.list.weight;
    this.#kept.set(name, blocks);
    this.#weight += blocks.weight;
  }

  #drop(name: string): void {
    const kept = this.#kept.get(name);
    if (kept === undefined) return;
    this.#kept.delete(name);
    this.#weight -= kept.weight;
  }

  /** Oldest first, a few at a time: the work per list that is read stays constant. */
  #sweep(newest: string): void {
    let looked = 0;
    for (const [name, blocks] of this.#kept) {
      if (++looked > 8 || name === newest || this.#weight <= this.#limit) return;
      this.#drop(name);
      // One that is in use goes to the end of the order instead, with what it weighs by now.
      if (this.#isUsed(blocks.account) || !blocks.idle) this.#put(name, blocks);
    }
  }
}
