import type { World } from "../../base/world.ts";
import type { Session, Slot } from "../../kernel/sessions.ts";

/** Requests that a session may make at once; people who bring their contacts along make many. */
const BURST = 100;
/** Milliseconds per request after that. */
const INTERVAL = 1000;

interface Pace {
  /** Monotonic clock, when the next request is due if all came evenly. */
  due: number;
}

const slot: Slot<Pace> = { name: "request-pace", create: () => ({ due: Number.NEGATIVE_INFINITY }) };

/** Subscription requests above the pace wait, and what the same client sends behind them: nothing is lost, and nobody is flooded. */
export function paceRequest(session: Session, world: World): undefined | Promise<void> {
  const pace = session.state(slot);
  const now = world.monotonic();
  pace.due = Math.max(pace.due, now - BURST * INTERVAL) + INTERVAL;
  const wait = pace.due - now;
  // A session that is over is not worth waiting for, and its end waits for its stanzas.
  if (wait <= 0 || session.ended) return undefined;
  return new Promise((resolve) => void world.after(wait, resolve));
}
