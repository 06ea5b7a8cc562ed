/** What is left to do with a stanza once all before it are done. Must neither throw nor reject. */
export type Release = () => void | Promise<void>;

/** Does what may be done early and says what is left. Must neither throw nor reject. */
export type Prepare = () => Release | Promise<Release>;

interface Item {
  /** May be prepared while what is in front of it still waits. */
  readonly ahead: boolean;
  /** undefined once its preparation has begun. */
  prepare: Prepare | undefined;
  /** undefined until its preparation has ended. */
  release: Release | undefined;
  releasing: boolean;
}

/**
 * The stanzas of one stream that are on their way, in order (architecture: Order). A message may be prepared (hooks, commit) while others before it
 * still wait; everything else is prepared when nothing is before it. Releases happen one after the other in the order of arrival.
 */
export class InputQueue {
  private readonly items: Item[] = [];
  private waiters: (() => void)[] = [];

  get length(): number {
    return this.items.length;
  }

  add(ahead: boolean, prepare: Prepare): void {
    if (this.items.length > 0) {
      const item: Item = { ahead, prepare, release: undefined, releasing: false };
      this.items.push(item);
      if (
        ahead &&
        this.items.every((other) => other === item || (other.ahead && other.prepare === undefined))
      ) {
        this.begin(item);
      }
      return;
    }
    // The common way: nothing waits, and nothing has to.
    const prepared = prepare();
    if (prepared instanceof Promise) {
      const item: Item = { ahead, prepare: undefined, release: undefined, releasing: false };
      this.items.push(item);
      this.settle(item, prepared);
      return;
    }
    const released = prepared();
    if (released instanceof Promise) {
      this.items.push({ ahead, prepare: undefined, release: prepared, releasing: true });
      void released.then(() => this.next());
    }
  }

  /** Resolves when nothing is on its way. */
  settled(): Promise<void> {
    if (this.items.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.waiters.push(resolve));
  }

  private begin(item: Item): void {
    const prepare = item.prepare!;
    item.prepare = undefined;
    const prepared = prepare();
    if (prepared instanceof Promise) this.settle(item, prepared);
    else item.release = prepared;
  }

  private settle(item: Item, prepared: Promise<Release>): void {
    void prepared.then((release) => {
      item.release = release;
      this.pump();
    });
  }

  private pump(): void {
    for (let head = this.items[0]; head !== undefined; head = this.items[0]) {
      if (head.releasing) return;
      if (head.prepare !== undefined) this.begin(head);
      if (head.release === undefined) return;
      const released = head.release();
      if (released instanceof Promise) {
        head.releasing = true;
        void released.then(() => this.next());
        return;
      }
      this.leave();
    }
    this.rest();
  }

  private next(): void {
    this.leave();
    this.pump();
  }

  /** The first item is done; messages that were held back by it alone may begin together. */
  private leave(): void {
    const gone = this.items.shift()!;
    if (gone.ahead) return;
    for (const item of this.items) {
      if (!item.ahead) return;
      if (item.prepare !== undefined) this.begin(item);
    }
  }

  private rest(): void {
    const waiters = this.waiters;
    this.waiters = [];
    for (const waiter of waiters) waiter();
  }
}
