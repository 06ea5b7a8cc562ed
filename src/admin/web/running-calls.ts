import type { World } from "../../base/world.ts";
import type { Caller } from "../../kernel/caller.ts";
import type { CommandCalls } from "../../kernel/command-calls.ts";
import { errorAnswer, failure, resultJson } from "../http-answers.ts";

/** What a page sees of a call, in this order: notes and lines of progress, then one end. */
export type CallEvent =
  | { readonly note: string }
  | { readonly line: string; readonly goesOn: boolean }
  /** `status` is what the HTTP API would have answered with; `value` what stands in its body. */
  | { readonly status: number; readonly value: unknown };

export interface CallSummary {
  readonly id: string;
  readonly command: string;
  /** Bare JID. */
  readonly account: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly ended: boolean;
}

interface Call {
  readonly id: string;
  readonly command: string;
  readonly caller: Caller;
  readonly since: number;
  readonly abort: AbortController;
  readonly events: CallEvent[];
  /** How many of the first ones are no more kept. */
  dropped: number;
  ended: boolean;
  /** Wakes those who follow. */
  readonly waiting: Set<() => void>;
}

/** Milliseconds for which the end of a call can still be asked for. */
const KEPT = 60_000;
/** Lines kept of one call; whoever comes later sees the last of them. */
const MOST_EVENTS = 1000;
/** Calls of all pages that run at the same time. */
const MOST_CALLS = 64;

export interface RunningCallsOptions {
  readonly calls: CommandCalls;
  readonly world: Pick<World, "now" | "after" | "random">;
}

/** Commands that pages run. They run on when the page is left, can be found again, and end early when somebody says so. */
export class RunningCalls {
  readonly #options: RunningCallsOptions;
  readonly #running = new Map<string, Call>();

  constructor(options: RunningCallsOptions) {
    this.#options = options;
  }

  /** Its id; undefined when too many run. */
  start(command: string, given: object, caller: Caller): string | undefined {
    if (this.#running.size >= MOST_CALLS) return undefined;
    const id = this.#options.world.random(9).toString("base64url");
    const call: Call = {
      id,
      command,
      caller,
      since: this.#options.world.now(),
      abort: new AbortController(),
      events: [],
      dropped: 0,
      ended: false,
      waiting: new Set(),
    };
    this.#running.set(id, call);
    void this.#run(call, given);
    return id;
  }

  /** Calls of everybody who administers the server. */
  list(): readonly CallSummary[] {
    return Array.from(this.#running.values(), ({ id, command, caller, since, ended }) => {
      return { id, command, account: caller.account?.toString() ?? "", since, ended };
    });
  }

  /** Whether there is one that runs. */
  cancel(id: string): boolean {
    const call = this.#running.get(id);
    if (call === undefined || call.ended) return false;
    call.abort.abort();
    return true;
  }

  /** What it has said so far and what it says from now on, until it ends or `signal` aborts; undefined where there is no such call. */
  follow(id: string, signal: AbortSignal): AsyncIterable<CallEvent> | undefined {
    const call = this.#running.get(id);
    return call === undefined ? undefined : follow(call, signal);
  }

  async #run(call: Call, given: object): Promise<void> {
    const say = (event: CallEvent): void => {
      call.events.push(event);
      if (call.events.length > MOST_EVENTS) {
        call.events.shift();
        call.dropped++;
      }
      for (const wake of call.waiting) wake();
    };
    const end = (event: CallEvent): void => {
      call.ended = true;
      say(event);
      this.#options.world.after(KEPT, () => this.#running.delete(call.id));
    };
    const { calls } = this.#options;
    try {
      const outcome = await calls.withObject(call.command, given, {
        caller: call.caller,
        signal: call.abort.signal,
        note: (note) => say({ note }),
        progress: (line, goesOn = false) => say({ line, goesOn }),
        waitForEnd() {},
      });
      end({ status: 200, value: resultJson(outcome) });
    } catch (error) {
      let answer = errorAnswer(error);
      if (answer === undefined) {
        calls.log.error("command failed", { command: call.command, error });
        answer = failure(500, 10_000, "The command failed inside the server; its log says why.");
      }
      end({ status: answer.status, value: JSON.parse(answer.body as string) });
    }
  }
}

async function* follow(call: Call, signal: AbortSignal): AsyncIterable<CallEvent> {
  let wake = (): void => {};
  const woken = (): void => wake();
  call.waiting.add(woken);
  signal.addEventListener("abort", woken);
  try {
    for (let next = 0; !signal.aborted; ) {
      next = Math.max(next, call.dropped);
      const event = call.events[next - call.dropped];
      if (event !== undefined) {
        next++;
        yield event;
      } else if (call.ended) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    call.waiting.delete(woken);
    signal.removeEventListener("abort", woken);
  }
}
