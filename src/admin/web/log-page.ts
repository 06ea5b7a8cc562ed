import type { LogTail } from "../../base/log-tail.ts";
import type { World } from "../../base/world.ts";
import type { Rights } from "../../kernel/rights.ts";
import { failure } from "../http-answers.ts";
import { eventStream } from "./events.ts";
import type { PageCall } from "./page-call.ts";

export interface LogPageServices {
  readonly tail: LogTail;
  readonly rights: Pick<Rights, "mayRun">;
  readonly world: Pick<World, "after">;
}

/** Lines that may wait for a page that reads slowly; what is beyond is gone for it. */
const MOST_WAITING = 1000;

/** The last lines of the log and those that come, for whoever may ask for its level. */
export function logPage({ tail, rights, world }: LogPageServices): ReadonlyMap<string, PageCall> {
  return new Map<string, PageCall>([
    [
      "GET log",
      ({ signal }, { caller, session }) => {
        if (!rights.mayRun(caller, { name: "get_loglevel", tags: ["logs"] }))
          return failure(403, 32, "AccessRules: Account does not have the right to perform the operation.");
        const both = AbortSignal.any([signal, session.signal]);
        return eventStream(lines(tail, both), both, world);
      },
    ],
  ]);
}

async function* lines(tail: LogTail, signal: AbortSignal): AsyncIterable<unknown> {
  const waiting: string[] = [...tail.lines];
  let wake = (): void => {};
  const stop = tail.follow((line) => {
    if (waiting.length < MOST_WAITING) waiting.push(line);
    wake();
  });
  signal.addEventListener("abort", () => wake(), { once: true });
  try {
    while (!signal.aborted) {
      const line = waiting.shift();
      if (line !== undefined) yield JSON.parse(line);
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    stop();
  }
}
