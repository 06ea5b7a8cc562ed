import type { World } from "../../base/world.ts";
import type { HttpResponse } from "../../kernel/http.ts";

/** Milliseconds of silence after which a comment shows that the connection is still there. */
const HEARTBEAT = 15_000;

/** Server-sent events: one JSON value each. Ends when `values` does or `signal` aborts. */
export function eventStream(
  values: AsyncIterable<unknown>,
  signal: AbortSignal,
  world: Pick<World, "after">,
): HttpResponse {
  return {
    status: 200,
    headers: { "Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no" },
    body: pieces(values, signal, world),
  };
}

async function* pieces(
  values: AsyncIterable<unknown>,
  signal: AbortSignal,
  world: Pick<World, "after">,
): AsyncIterable<string> {
  const over = new Promise<"over">((resolve) => {
    if (signal.aborted) resolve("over");
    signal.addEventListener("abort", () => resolve("over"), { once: true });
  });
  yield ": open\n\n";
  const iterator = values[Symbol.asyncIterator]();
  try {
    let next = iterator.next();
    for (;;) {
      const { promise: silence, resolve } = Promise.withResolvers<"silence">();
      const cancel = world.after(HEARTBEAT, () => resolve("silence"));
      const came = await Promise.race([next, over, silence]);
      cancel();
      if (came === "silence") yield ": still here\n\n";
      else if (came === "over" || came.done === true) return;
      else {
        yield `data: ${JSON.stringify(came.value)}\n\n`;
        next = iterator.next();
      }
    }
  } finally {
    // Not awaited: it may be waiting for a value that never comes.
    void iterator.return?.();
  }
}
