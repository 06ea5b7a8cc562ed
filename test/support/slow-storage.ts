import type { Change, Codec, DocumentStore, LogStore, MapStore, Storage } from "../../src/kernel/storage.ts";

/** What happens before a storage does what it is asked for: nothing, a wait, or what is thrown instead. */
export interface Obstacles {
  commit?: (() => void | Promise<void>) | undefined;
  read?: (() => void | Promise<void>) | undefined;
}

const READS: ReadonlySet<string | symbol> = new Set([
  "all",
  "count",
  "get",
  "lastKey",
  "names",
  "owners",
  "page",
] satisfies (keyof DocumentStore<unknown> | keyof MapStore<unknown> | keyof LogStore<unknown>)[]);

/**
 * Another storage that answers late, or not at all, as `obstacles` says at the moment. The order of commits stays that of the calls (contract of
 * `Storage`), and a commit that waits is seen by nobody.
 */
export class SlowStorage implements Storage {
  readonly obstacles: Obstacles = {};
  readonly #inner: Storage;
  #last: Promise<unknown> = Promise.resolve();

  constructor(inner: Storage) {
    this.#inner = inner;
  }

  document<T>(name: string, codec?: Codec<T>): DocumentStore<T> {
    return this.#slow(this.#inner.document(name, codec));
  }

  map<T>(name: string, codec?: Codec<T>): MapStore<T> {
    return this.#slow(this.#inner.map(name, codec));
  }

  log<T>(name: string, codec: Codec<T>): LogStore<T> {
    return this.#slow(this.#inner.log(name, codec));
  }

  commit(batch: readonly Change[]): Promise<void> {
    const committed = this.#last.then(() => this.obstacles.commit?.()).then(() => this.#inner.commit(batch));
    this.#last = committed.catch(() => undefined);
    return committed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#last;
    await this.#inner[Symbol.asyncDispose]();
  }

  #slow<S extends object>(store: S): S {
    return new Proxy(store, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== "function") return member;
        if (!READS.has(name)) return member.bind(target);
        return async (...args: readonly unknown[]) => {
          await this.obstacles.read?.();
          return Reflect.apply(member, target, args);
        };
      },
    });
  }
}
