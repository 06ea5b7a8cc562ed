/** The messages that an account has not got yet, by their keys in the message log (durability: archived and pending). */
export class PendingMessages {
  /** In ascending order. */
  private readonly keys = new Set<number>();
  /** Keys whose bytes are on their way, with the number of sessions that they are on their way to. */
  private readonly inFlight = new Map<number, number>();
  /** No longer pending, but still in the store. */
  private settled: number[] = [];
  /** What was pending when the server started has been read. */
  loaded = false;
  loading: Promise<void> | undefined = undefined;

  get size(): number {
    return this.keys.size;
  }

  get idle(): boolean {
    return this.settled.length === 0 && this.loading === undefined && this.inFlight.size === 0;
  }

  /** `keys` ascending. */
  load(keys: readonly number[]): void {
    for (const key of keys) this.add(key);
    this.loaded = true;
  }

  /** Above every key before. */
  add(key: number): void {
    this.keys.add(key);
  }

  /** The commit that carried it failed. */
  withdraw(key: number): void {
    this.keys.delete(key);
  }

  /** Its bytes are on their way to a session. */
  sent(key: number): void {
    this.inFlight.set(key, (this.inFlight.get(key) ?? 0) + 1);
  }

  /** Its bytes have left for one session: it is pending no more. */
  left(key: number): void {
    this.land(key);
    this.settle(key);
  }

  /** It needs no delivery any more: it has left, or its sender got an error instead. */
  settle(key: number): void {
    if (this.keys.delete(key)) this.settled.push(key);
  }

  /** The stream that it was on its way to is gone. Whether somebody must get it instead. */
  returned(key: number): boolean {
    this.land(key);
    return this.keys.has(key) && !this.inFlight.has(key);
  }

  /** Pending and on their way to nobody, in ascending order. */
  waiting(): readonly number[] {
    return [...this.keys].filter((key) => !this.inFlight.has(key));
  }

  /**
   * What the store may forget: everything below `since`, and `keys` above it. The caller commits it; a crash before that delivers these messages
   * once more.
   */
  takeSettled(): { readonly since: number; readonly keys: readonly number[] } {
    const settled = this.settled;
    this.settled = [];
    const first = this.keys.values().next().value;
    if (first !== undefined) return { since: first, keys: settled.filter((key) => key > first) };
    let highest = 0;
    for (const key of settled) if (key > highest) highest = key;
    return { since: highest + 1, keys: [] };
  }

  private land(key: number): void {
    const count = this.inFlight.get(key);
    if (count === undefined) return;
    if (count === 1) this.inFlight.delete(key);
    else this.inFlight.set(key, count - 1);
  }
}
