import type { Fields, Level, Log } from "./log.ts";
import type { World } from "./world.ts";

/** Lines of one event that are written within a while; what comes beyond is counted. */
const AT_ONCE = 10;
/** Milliseconds. */
const WHILE = 60_000;

type Write = (event: string, fields?: Fields) => void;

interface Count {
  written: number;
  kept: number;
}

/**
 * A log whose warnings and errors cannot flood the disk: what goes wrong with each message of a full disk is said ten times a minute, and then how often it
 * was not said. Other levels pass.
 */
export function sparingLog(log: Log, world: World): Log {
  return spare(log, log, new Map(), world);
}

/** `plain` writes the sums, which belong to no one's fields. */
function spare(log: Log, plain: Log, counts: Map<string, Count>, world: World): Log {
  const limited =
    (level: Level & ("warn" | "error"), write: Write): Write =>
    (event, fields) => {
      let count = counts.get(event);
      if (count === undefined) {
        count = { written: 0, kept: 0 };
        counts.set(event, count);
        world.after(WHILE, () => {
          const kept = counts.get(event)?.kept ?? 0;
          counts.delete(event);
          if (kept > 0) plain[level]("said less often than it happened", { line: event, more: kept });
        });
      }
      if (count.written === AT_ONCE) count.kept++;
      else {
        count.written++;
        write(event, fields);
      }
    };
  return {
    get debugging() {
      return log.debugging;
    },
    debug: (event, fields) => log.debug(event, fields),
    info: (event, fields) => log.info(event, fields),
    warn: limited("warn", (event, fields) => log.warn(event, fields)),
    error: limited("error", (event, fields) => log.error(event, fields)),
    with: (fields) => spare(log.with(fields), plain, counts, world),
  };
}
