interface CacheEntry<V> {
  value: V;
  /** When it came to the end of the order. */
  at: number;
}

/**
 * A map of at most `limit` entries: one that was not used for long makes room for a new one. Which one that is is exact to a quarter of the limit: an
 * entry does not move for each use.
 */
export class BoundedCache<K, V> {
  readonly limit: number;
  readonly #entries: Map<K, CacheEntry<V>> = new Map();
  /** Counts the entries that came to the end of the order. */
  #clock = 0;

  constructor(limit: number) {
    if (!Number.isInteger(limit) || limit < 1) throw new RangeError(`a cache of ${limit} entries`);
    this.limit = limit;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Counts as a use. */
  get(key: K): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (this.#clock - entry.at > this.limit >> 2) {
      this.#entries.delete(key);
      this.#append(key, entry);
    }
    return entry.value;
  }

  /** Does not count as a use. */
  has(key: K): boolean {
    return this.#entries.has(key);
  }

  set(key: K, value: V): void {
    this.#entries.delete(key);
    this.#append(key, { value, at: 0 });
    if (this.#entries.size <= this.limit) return;
    // A Map keeps the order of insertion.
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }

  delete(key: K): boolean {
    return this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  #append(key: K, entry: CacheEntry<V>): void {
    entry.at = ++this.#clock;
    this.#entries.set(key, entry);
  }
}
