import { createLog, type Log } from "../../src/base/log.ts";

/** Keeps nothing. */
export function silentLog(): Log {
  return createLog({ level: "error", format: "json", now: () => 0, write: () => {} });
}
