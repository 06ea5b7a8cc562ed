import { restoreBackup } from "../storage/sqlite/restore.ts";
import { SESSION_STORES } from "../streams/client/session-records.ts";
import type { Configuration } from "./configuration.ts";

export interface RestoreRequest {
  readonly configuration: Pick<Configuration, "data" | "storage">;
  readonly file: string;
  readonly replace: boolean;
  /** The moment, in milliseconds since 1970. */
  readonly now: number;
}

/**
 * Puts a backup into the data directory of the configuration; gives the folder in which what was there lies, undefined when there was nothing.
 * @throws DataDirectoryError with a sentence
 */
export function restore({ configuration, file, replace, now }: RestoreRequest): string | undefined {
  if (configuration.storage === "memory")
    throw new Error("the configuration has `storage: memory`, which keeps nothing: a backup needs `sqlite`");
  const stamp = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const directory = configuration.data;
  // Who resumes a session of then would be told numbers that were true then; without one, everybody logs in and gets what waits.
  return restoreBackup({ file, directory, replace, aside: `replaced-${stamp}`, emptied: SESSION_STORES });
}
