// Loaded into a server's process with `--import`: no commit of its storage ends while there is a file COMMITS_HELD_BY, as on a disk that does not answer.

import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { isMainThread } from "node:worker_threads";

if (!isMainThread) {
  const never = new Int32Array(new SharedArrayBuffer(4));
  const { exec } = DatabaseSync.prototype;
  DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string): void {
    if (sql === "COMMIT")
      while (existsSync(process.env["COMMITS_HELD_BY"] ?? "")) Atomics.wait(never, 0, 0, 5);
    exec.call(this, sql);
  };
}
