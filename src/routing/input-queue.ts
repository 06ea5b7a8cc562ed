/** What is left to do with a stanza once all before it are done. Must neither throw nor reject. */
export type Release = () => void | Promise<void>;

/** It has its place for good among those that follow; `rest` is what is left to do, known once the store has answered. Must not reject. */
export class Submitted<T> {
  readonly rest: Promise<T>;
  constructor(rest: Promise<T>) {
    this.rest = rest;
  }
}

export type Prepared = Release | Submitted<Release>;

/** Does what may be done early and says what is left. Must neither throw nor reject. */
export type Prepare = () => Prepared | Promise<Prepared>;

interface Item {
  /** May be prepared while what is in front of it still waits for the store. */
  readonly ahead: boolean;
  readonly prepare: Prepare;
  /** undefined until it is known. */
  release: Release | undefined;
  releasing: boolean;
}

/**
 * The stanzas of one stream that are on their way, in order (architecture: Order). Messages are prepared (hooks, then the commit is submitted) one after
 * the other, and none waits for the commit of one before it; everything else is prepared when nothing is before it. Releases happen one after the other
 * in the order of arrival.
 */
export class InputQueue {
  readonly #items: Item[] = [];
  /** How many of them have begun. */
  #begun = 0;
  /** The last that has begun is not submitted yet, and nothing may get past it. */
  #preparing = false;
  #waiters: (() => void)[] = [];

  get length(): number {
    return this.#items.length;
  }

  add(ahead: boolean, prepare: Prepare): void {
    if (this.#items.length > 0) {
      this.#items.push({ ahead, prepare, release: undefined, releasing: false });
      this.#advance();
      return;
    }
    // The common way: nothing waits, and nothing has to.
    const prepared = prepare();
    const item: Item = { ahead, prepare, release: undefined, releasing: false };
    if (typeof prepared === "function") {
      const released = prepared();
      if (!(released instanceof Promise)) return;
      item.releasing = true;
      void released.then(() => this.#next());
    }
    this.#items.push(item);
    this.#begun = 1;
    if (typeof prepared !== "function") this.#accept(item, prepared);
  }

  /** Resolves when nothing is on its way. */
  settled(): Promise<void> {
    if (this.#items.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /** Begins what may begin. */
  #advance(): void {
    while (!this.#preparing && this.#begun < this.#items.length) {
      const item = this.#items[this.#begun]!;
      // Only a message begins behind something else, and only behind messages.
      if (this.#begun > 0 && !(item.ahead && this.#items[0]!.ahead)) return;
      this.#begun++;
      this.#accept(item, item.prepare());
    }
  }

  #accept(item: Item, prepared: Prepared | Promise<Prepared>): void {
    if (typeof prepared === "function") {
      item.release = prepared;
    } else if (prepared instanceof Submitted) {
      void prepared.rest.then((release) => {
        item.release = release;
        this.#pump();
      });
    } else {
      this.#preparing = true;
      void prepared.then((late) => {
        this.#preparing = false;
        this.#accept(item, late);
        this.#pump();
      });
    }
  }

  #pump(): void {
    for (;;) {
      this.#advance();
      const head = this.#items[0];
      if (head === undefined) break;
      if (head.releasing || head.release === undefined) return;
      const released = head.release();
      if (released instanceof Promise) {
        head.releasing = true;
        void released.then(() => this.#next());
        return;
      }
      this.#leave();
    }
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter();
  }

  #next(): void {
    this.#leave();
    this.#pump();
  }

  #leave(): void {
    this.#items.shift();
    this.#begun--;
  }
}
