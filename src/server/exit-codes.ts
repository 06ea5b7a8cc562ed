import { DataDirectoryError } from "../storage/sqlite/data-directory-error.ts";

/** EX_DATAERR of sysexits.h: a supervisor need not start the server again (systemd: RestartPreventExitStatus=65). */
const DAMAGED = 65;

/** With what the process ends that could not go on because of this. */
export function exitCodeOf(error: unknown): number {
  return error instanceof DataDirectoryError && error.damaged ? DAMAGED : 1;
}
