/** Up to where an account has got what is in its archive, written now and then (durability: archived and pending). */
export interface DeliveryMark {
  /** What was for the account and has a key up to this one was delivered … */
  readonly through: number;
  /** … but for these, in ascending order. */
  readonly waiting: readonly number[];
}

/** What is to be written about messages that need no delivery any more. */
export interface SettledMessages {
  /** undefined where no archived message was settled. */
  readonly mark: DeliveryMark | undefined;
  /** Of the log of what is not archived: everything below `since`, and `keys` above it; undefined where none was settled. */
  readonly passing: { readonly since: number; readonly keys: readonly number[] } | undefined;
  /** The keys behind `passing`. */
  readonly settled: readonly number[];
}

/** A message that waits; archived ones stay in the store when they are delivered. */
export interface WaitingMessage {
  readonly key: number;
  readonly archived: boolean;
}

/** Messages in an account's archive that were not for it, after which its mark moves on: this many may have to be looked through at a start. */
const MOST_UNMARKED = 500;

/** The messages that an account has not got yet, by their keys in the message logs (durability: archived and pending). */
export class PendingMessages {
  /** In ascending order of the keys; whether archived. */
  readonly #keys = new Map<number, boolean>();
  /** Keys that are in hands: being committed, on their way to sessions, about to go to another one. With the number of hands. */
  readonly #inHand = new Map<number, number>();
  /** The highest key that the archive has got. */
  #highest = 0;
  /** Some archived message was settled, or enough was sent, and the mark says not so yet. */
  #markDue = false;
  #unmarked = 0;
  /** No longer pending, not archived, and still in the store. */
  #settled: number[] = [];
  /** Writings that are under way. */
  #writings = 0;
  /** What was pending when the server started has been read. */
  loaded = false;
  loading: Promise<void> | undefined = undefined;
  /** To be called once that is so, before anything else happens with it. */
  whenLoaded: (() => void) | undefined = undefined;

  get size(): number {
    return this.#keys.size;
  }

  /** Nothing would be lost if the store were read again. */
  get idle(): boolean {
    return (
      !this.#markDue &&
      this.#settled.length === 0 &&
      this.#writings === 0 &&
      this.loading === undefined &&
      this.#inHand.size === 0
    );
  }

  /** The lowest key that waits and is archived; undefined when none does. */
  get firstArchived(): number | undefined {
    return this.#first(true);
  }

  /** `messages` ascending: they wait. `highest`: of all keys in the archive. */
  load(messages: readonly WaitingMessage[], highest: number): void {
    for (const { key, archived } of messages) this.#keys.set(key, archived);
    if (highest > this.#highest) this.#highest = highest;
    this.loaded = true;
    const act = this.whenLoaded;
    this.whenLoaded = undefined;
    act?.();
  }

  /** It is about to be committed, and in hand until it is known who gets it. Above every key before. */
  add(key: number, archived: boolean): void {
    this.#keys.set(key, archived);
    if (archived) this.#highest = key;
    this.sent(key);
  }

  /** It comes into the account's archive and is not for the account. True: the mark should move on. */
  pass(key: number): boolean {
    if (key > this.#highest) this.#highest = key;
    if (++this.#unmarked >= MOST_UNMARKED) this.#markDue = true;
    return this.#markDue;
  }

  /** The commit that carried it failed. */
  withdraw(key: number): void {
    this.#keys.delete(key);
    this.#inHand.delete(key);
  }

  isArchived(key: number): boolean {
    return this.#keys.get(key) === true;
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
    const archived = this.#keys.get(key);
    if (archived === undefined) return;
    this.#keys.delete(key);
    if (archived) this.#markDue = true;
    else this.#settled.push(key);
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
    const waiting = [...this.#keys.keys()].filter((key) => !this.#inHand.has(key));
    for (const key of waiting) this.sent(key);
    return waiting;
  }

  /** What is to be written, of an account that is loaded. To be followed by `written`. */
  takeSettled(): SettledMessages {
    const settled = this.#settled;
    const mark = this.#markDue ? this.#mark() : undefined;
    this.#settled = [];
    this.#markDue = false;
    this.#unmarked = 0;
    this.#writings++;
    return { mark, passing: this.#passing(settled), settled };
  }

  /** The store knows, or not: then it is still to be told. */
  written({ mark, settled }: SettledMessages, done: boolean): void {
    this.#writings--;
    if (done) return;
    this.#settled.push(...settled);
    if (mark !== undefined) this.#markDue = true;
  }

  /** What is being committed waits in it, too: a crash may come behind the commit. */
  #mark(): DeliveryMark {
    const waiting: number[] = [];
    for (const [key, archived] of this.#keys) if (archived) waiting.push(key);
    return { through: this.#highest, waiting };
  }

  #passing(settled: readonly number[]): SettledMessages["passing"] {
    if (settled.length === 0) return undefined;
    const first = this.#first(false);
    if (first !== undefined) return { since: first, keys: settled.filter((key) => key > first) };
    let highest = 0;
    for (const key of settled) if (key > highest) highest = key;
    return { since: highest + 1, keys: [] };
  }

  #first(wanted: boolean): number | undefined {
    for (const [key, archived] of this.#keys) if (archived === wanted) return key;
    return undefined;
  }
}
