import { monitorEventLoopDelay } from "node:perf_hooks";
import type { FigureSource, Figures } from "../admin/web/figures.ts";
import type { World } from "../base/world.ts";
import type { Outcomes } from "../kernel/outcomes.ts";
import type { ServerControl } from "../kernel/server-control.ts";
import type { MeasuredStorage } from "./measuring.ts";

export interface ServerFiguresOptions {
  readonly world: Pick<World, "now" | "monotonic">;
  readonly server: Pick<ServerControl, "startedAt">;
  readonly sessions: { readonly size: number };
  readonly outcomes: Pick<Outcomes, "byKind" | "counts" | "stanzasIn">;
  readonly storage: Pick<MeasuredStorage, "commits" | "timed">;
}

/** Milliseconds between two looks at the loop. */
const RESOLUTION = 20;
const PER_MILLISECOND = 1e6;

/** The server's figures. The loop is looked at closely only while somebody watches. */
export class ServerFigures implements FigureSource {
  readonly #options: ServerFiguresOptions;

  constructor(options: ServerFiguresOptions) {
    this.#options = options;
  }

  watch(): { read(): Figures; close(): void } {
    const delay = monitorEventLoopDelay({ resolution: RESOLUTION });
    delay.enable();
    let before = this.#options.storage.timed;
    return {
      read: () => {
        const { timed } = this.#options.storage;
        const count = timed.count - before.count;
        const commitTime = count === 0 ? undefined : (timed.took - before.took) / count;
        before = timed;
        // The monitor measures whole intervals; what is beyond the resolution is the delay.
        const late = delay.percentile(99) / PER_MILLISECOND - RESOLUTION;
        delay.reset();
        return this.#read(Number.isFinite(late) ? Math.max(0, late) : 0, commitTime);
      },
      close: () => void delay.disable(),
    };
  }

  #read(loopDelay: number, commitTime: number | undefined): Figures {
    const { world, server, sessions, outcomes, storage } = this.#options;
    const { user, system } = process.cpuUsage();
    const messages = outcomes.byKind().filter(({ kind }) => kind === "message");
    return {
      time: world.now(),
      uptimeSeconds: Math.floor((world.monotonic() - server.startedAt) / 1000),
      sessions: sessions.size,
      stanzas: outcomes.stanzasIn,
      messages: messages.reduce((sum, { count }) => sum + count, 0),
      outcomes: Object.fromEntries(outcomes.counts()),
      memory: process.memoryUsage.rss(),
      cpu: user + system,
      loopDelay,
      commits: storage.commits,
      ...(commitTime === undefined ? {} : { commitTime }),
    };
  }
}
