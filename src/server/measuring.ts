import type { Counter, Histogram } from "../base/metrics.ts";
import type { World } from "../base/world.ts";
import type { Authentication, SaslChannel, SaslExchange, SaslStep } from "../kernel/authentication.ts";
import {
  type Change,
  type Codec,
  type DocumentStore,
  type LogStore,
  type MapStore,
  type Storage,
  StorageError,
} from "../kernel/storage.ts";

/** One commit of so many is timed: asking the clock twice for each would be one hundredth of what a message costs. */
export const TIMED_COMMITS = 8;

/** A storage whose commits are counted and sometimes timed. */
export class MeasuredStorage implements Storage {
  readonly backup?: NonNullable<Storage["backup"]>;
  readonly #storage: Storage;
  readonly #world: Pick<World, "monotonic">;
  #latency: Histogram | undefined = undefined;
  #refusals: Counter | undefined = undefined;
  #begun = 0;
  #ended = 0;
  #timed = 0;
  #took = 0;
  readonly #done = (): void => void this.#ended++;
  readonly #refused = (error: unknown): void => {
    this.#ended++;
    this.#refusals?.count(error instanceof StorageError ? error.fault : "failed");
  };

  constructor(storage: Storage, world: Pick<World, "monotonic">) {
    this.#storage = storage;
    this.#world = world;
    if (storage.backup !== undefined) this.backup = (target, name) => storage.backup!(target, name);
  }

  /** Where it goes; seconds. */
  measure(latency: Histogram, refusals: Counter): void {
    this.#latency = latency;
    this.#refusals = refusals;
  }

  get commits(): number {
    return this.#begun;
  }

  /** Those that were timed since the start, and the milliseconds that all of them took. */
  get timed(): { readonly count: number; readonly took: number } {
    return { count: this.#timed, took: this.#took };
  }

  get waiting(): number {
    return this.#begun - this.#ended;
  }

  document<T>(name: string, codec?: Codec<T>): DocumentStore<T> {
    return this.#storage.document(name, codec);
  }

  map<T>(name: string, codec?: Codec<T>): MapStore<T> {
    return this.#storage.map(name, codec);
  }

  log<T>(name: string, codec: Codec<T>): LogStore<T> {
    return this.#storage.log(name, codec);
  }

  commit(batch: readonly Change[]): Promise<void> {
    const committed = this.#storage.commit(batch);
    if (this.#begun++ % TIMED_COMMITS !== 0) void committed.then(this.#done, this.#refused);
    else {
      const began = this.#world.monotonic();
      void committed.then(() => {
        this.#ended++;
        const took = this.#world.monotonic() - began;
        this.#timed++;
        this.#took += took;
        this.#latency?.observe(took / 1000);
      }, this.#refused);
    }
    return committed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#storage[Symbol.asyncDispose]() as Promise<void>;
  }
}

/** An authentication whose ends are counted: "done", or the condition of the failure. */
export class MeasuredAuthentication implements Authentication {
  readonly #authentication: Authentication;
  readonly #logins: Counter;

  constructor(authentication: Authentication, logins: Counter) {
    this.#authentication = authentication;
    this.#logins = logins;
  }

  mechanisms(channel: SaslChannel): readonly string[] {
    return this.#authentication.mechanisms(channel);
  }

  channelBindings(channel: SaslChannel): readonly string[] {
    return this.#authentication.channelBindings(channel);
  }

  begin(
    channel: SaslChannel,
    mechanism: string,
    initial: string | undefined,
  ): { readonly exchange: SaslExchange; readonly step: SaslStep | Promise<SaslStep> } {
    const { exchange, step } = this.#authentication.begin(channel, mechanism, initial);
    return { exchange: { step: (data) => this.#seen(exchange.step(data)) }, step: this.#seen(step) };
  }

  #seen(step: SaslStep | Promise<SaslStep>): SaslStep | Promise<SaslStep> {
    if (step instanceof Promise) return step.then((late) => this.#count(late));
    return this.#count(step);
  }

  #count(step: SaslStep): SaslStep {
    if (step.kind === "success") this.#logins.count("done");
    else if (step.kind === "failure") this.#logins.count(step.condition);
    return step;
  }
}
