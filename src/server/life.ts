import type { Log } from "../base/log.ts";
import type { World } from "../base/world.ts";
import type { ServerControl } from "../kernel/server-control.ts";

/** Milliseconds after which one step of the end is given up, so that all of it takes less than ten seconds. */
const STEP_PATIENCE = 6_000;

/** A server's state from its start to its end, and what has to be closed then. */
export class Life implements ServerControl {
  readonly node: string;
  readonly hosts: readonly string[];
  readonly version: string;
  readonly stopped: Promise<void>;
  readonly #world: World;
  readonly #log: Log;
  readonly #closers: { readonly what: string; readonly close: () => unknown }[] = [];
  readonly #end: () => void;
  #ending: Promise<void> | undefined = undefined;
  #since = 0;
  #now: ServerControl["state"] = "starting";

  constructor(hosts: readonly string[], version: string, world: World, log: Log) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.node = `tercet@${hosts[0]}`;
    this.hosts = hosts;
    this.version = version;
    this.#world = world;
    this.#log = log;
    this.stopped = promise;
    this.#end = resolve;
  }

  get state(): ServerControl["state"] {
    return this.#now;
  }

  get startedAt(): number {
    return this.#since;
  }

  /** What was opened last is closed first. */
  closing(what: string, close: () => unknown): void {
    this.#closers.push({ what, close });
  }

  ready(): void {
    this.#since = this.#world.monotonic();
    this.#now = "started";
  }

  stop(): void {
    void this.close();
  }

  /** Resolves when everything is closed. */
  close(): Promise<void> {
    this.#ending ??= this.#closeAll();
    return this.#ending;
  }

  async #closeAll(): Promise<void> {
    this.#now = "stopping";
    for (const { what, close } of this.#closers.reverse()) {
      try {
        await this.#within(STEP_PATIENCE, close());
      } catch (error) {
        this.#log.error("the end of a part failed", { part: what, error });
      }
    }
    this.#end();
  }

  #within(milliseconds: number, done: unknown): Promise<unknown> {
    const { promise, reject } = Promise.withResolvers<never>();
    const cancel = this.#world.after(milliseconds, () => reject(new Error("it took too long")));
    return Promise.race([Promise.resolve(done), promise]).finally(cancel);
  }
}
