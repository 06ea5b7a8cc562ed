import { join } from "node:path";
import { DataDirectoryError } from "./data-directory-error.ts";

/** The sentence for a database that is not what it was: what is wrong, and the command that restores a backup. `more` is another way out. */
export function damaged(directory: string, reason: string, more = "", cause?: unknown): DataDirectoryError {
  const command = `tercet restore FILE --data ${directory} --replace`;
  return new DataDirectoryError(
    `the database ${join(directory, "tercet.db")} is damaged (${reason}): restore the newest backup with \`${command}\`, which keeps what is there${more}`,
    { cause, damaged: true },
  );
}
