/** The messages that an account has not got yet, by their keys in the message log (durability: archived and pending). */
export class PendingMessages {
  /** In ascending order. */
  readonly #keys = new Set<number>();
  /** Keys that are in hands: being committed, on their way to sessions, about to go to another one. With the number of hands. */
  readonly #inHand = new Map<number, number>();
  /** No longer pending, but still in the store. */
  #settled: number[] = [];
  /** Removals from the store that are under way. */
  #trims = 0;
  /** What was pending when the server started has been read. */
  loaded = false;
  loading: Promise<void> | undefined = undefined;

  get size(): number {
    return this.#keys.size;
  }

  /** Nothing would be lost if the store were read again. */
  get idle(): boolean {
    return (
      this.#settled.length === 0 && this.#trims === 0 && this.loading === undefined && this.#inHand.size === 0
    );
  }

  /** `keys` ascending: they wait. */
  load(keys: readonly number[]): void {
    for (const key of keys) this.#keys.add(key);
    this.loaded = true;
  }

  /** It is about to be committed, and in hand until it is known who gets it. Above every key before. */
  add(key: number): void {
    this.#keys.add(key);
    this.sent(key);
  }

  /** The commit that carried it failed. */
  withdraw(key: number): void {
    this.#keys.delete(key);
    this.#inHand.delete(key);
  }

  /** One more has it: its bytes are on their way to a session. */
  sent(key: number): void {
    this.#inHand.set(key, (this.#inHand.get(key) ?? 0) + 1);
  }

  /** Its bytes have left for one session: it is pending no more. */
  left(key: number): void {
    this.putDown(key);
    this.settle(key);
  }

  /** It needs no delivery any more: it has left, or its sender got an error instead. */
  settle(key: number): void {
    if (this.#keys.delete(key)) this.#settled.push(key);
  }

  /** One has it no more; where nobody has, it waits. */
  putDown(key: number): void {
    const hands = this.#inHand.get(key);
    if (hands === undefined) return;
    if (hands === 1) this.#inHand.delete(key);
    else this.#inHand.set(key, hands - 1);
  }

  /** All that wait, in ascending order; they are in the caller's hand from now on. */
  claim(): readonly number[] {
    if (this.#keys.size === 0) return [];
    const waiting = [...this.#keys].filter((key) => !this.#inHand.has(key));
    for (const key of waiting) this.sent(key);
    return waiting;
  }

  /** What the store may forget: everything below `since`, and `keys` above it. To be followed by `trimmed`. */
  takeSettled(): SettledMessages {
    const settled = this.#settled;
    this.#settled = [];
    this.#trims++;
    const first = this.#keys.values().next().value;
    if (first !== undefined) return { since: first, keys: settled.filter((key) => key > first), settled };
    let highest = 0;
    for (const key of settled) if (key > highest) highest = key;
    return { since: highest + 1, keys: [], settled };
  }

  /** The store has forgotten them, or not: then they are still to be forgotten. */
  trimmed({ settled }: SettledMessages, done: boolean): void {
    this.#trims--;
    if (!done) this.#settled.push(...settled);
  }
}

export interface SettledMessages {
  readonly since: number;
  readonly keys: readonly number[];
  readonly settled: readonly number[];
}
