import type { Log } from "../base/log.ts";
import type { World } from "../base/world.ts";
import type { HostList } from "../kernel/router.ts";
import type { ServerControl } from "../kernel/server-control.ts";

/** Milliseconds after which one step of the end is given up, so that all of it takes less than ten seconds. */
const STEP_PATIENCE = 8_000;

/** Whether somebody asked for the end, the server could not go on, or it is to begin anew. */
export type Ending = "asked" | "failed" | "restart";

/** What of a server its clients see. */
export interface ClientSide {
  accept(): Promise<void>;
  refuse(): Promise<void>;
  end(): Promise<void>;
}

/** A server's state from its start to its end, and what has to be closed then. */
export class Life implements ServerControl {
  readonly node: string;
  readonly #hosts: HostList;
  readonly version: string;
  readonly stopped: Promise<Ending>;
  readonly #world: World;
  readonly #log: Log;
  readonly #closers: { readonly what: string; readonly close: () => unknown }[] = [];
  readonly #end: (ending: Ending) => void;
  #ending: Promise<void> | undefined = undefined;
  #as: Ending = "asked";
  #clients: ClientSide | undefined = undefined;
  #since = 0;
  #now: ServerControl["state"] = "starting";

  constructor(hosts: HostList, version: string, world: World, log: Log) {
    const { promise, resolve } = Promise.withResolvers<Ending>();
    this.node = `tercet@${hosts.list[0]}`;
    this.#hosts = hosts;
    this.version = version;
    this.#world = world;
    this.#log = log;
    this.stopped = promise;
    this.#end = resolve;
  }

  get hosts(): readonly string[] {
    return this.#hosts.list;
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

  ready(clients: ClientSide): void {
    this.#clients = clients;
    this.#since = this.#world.monotonic();
    this.#now = "started";
  }

  stop(): void {
    void this.close("a command");
  }

  restart(): void {
    if (this.#ending === undefined) this.#as = "restart";
    void this.close("a restart");
  }

  async acceptClients(): Promise<void> {
    await this.#clients?.accept();
  }

  async refuseClients(): Promise<void> {
    await this.#clients?.refuse();
  }

  async endStreams(): Promise<void> {
    await this.#clients?.end();
  }

  /** Something without which there is no server is gone. */
  fail(reason: string): void {
    this.#as = "failed";
    void this.close(reason);
  }

  /** Resolves when everything is closed. `reason` is for the log. */
  close(reason: string): Promise<void> {
    this.#ending ??= this.#closeAll(reason);
    return this.#ending;
  }

  async #closeAll(reason: string): Promise<void> {
    const begun = this.#world.monotonic();
    // Who called for a start that failed hears of it at once.
    const wasReady = this.#now === "started";
    this.#now = "stopping";
    if (wasReady) this.#log.info("the server stops", { reason });
    for (const { what, close } of this.#closers.reverse()) {
      try {
        await this.#within(STEP_PATIENCE, close());
      } catch (error) {
        this.#log.error("the end of a part failed", { part: what, error });
      }
    }
    if (wasReady) this.#log.info("stopped", { ms: Math.round(this.#world.monotonic() - begun) });
    this.#end(this.#as);
  }

  #within(milliseconds: number, done: unknown): Promise<unknown> {
    const { promise, reject } = Promise.withResolvers<never>();
    const cancel = this.#world.after(milliseconds, () => reject(new Error("it took too long")));
    return Promise.race([Promise.resolve(done), promise]).finally(cancel);
  }
}
