import { accessSync, constants, statfsSync } from "node:fs";
import type { StorageFault } from "../../kernel/storage.ts";

/** Primary result codes of SQLite that are told apart (sqlite.org/rescode.html). */
export const resultCode = {
  busy: 5,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
} as const;

/** The primary result code of an error of SQLite, undefined for another error. */
export function resultCodeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error)) return undefined;
  return Number(error.errcode) & 0xff;
}

/** Why the disk did not take it. */
export function faultOf(error: unknown, directory: string): StorageFault {
  switch (resultCodeOf(error)) {
    case resultCode.full:
      return "full";
    case resultCode.readOnly:
      return "read-only";
    case resultCode.ioError:
    case resultCode.cannotOpen:
      // An I/O error does not say whether the system had no space or refused to write.
      return diskFault(directory);
    default:
      return "failed";
  }
}

const LEAST_FREE_BYTES = 1_048_576;

function diskFault(directory: string): StorageFault {
  try {
    accessSync(directory, constants.W_OK);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EROFS" ? "read-only" : "failed";
  }
  const disk = statfsSync(directory);
  return disk.bavail * disk.bsize < LEAST_FREE_BYTES ? "full" : "failed";
}
