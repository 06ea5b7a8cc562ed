// Loaded into a server's process with `--import`: its clock is off by CLOCK_OFF milliseconds, and by CLOCK_STEP more from SIGUSR2 on.

import { isMainThread } from "node:worker_threads";

if (isMainThread) {
  const { now } = Date;
  let off = Number(process.env["CLOCK_OFF"] ?? 0);
  Date.now = () => now() + off;
  process.on("SIGUSR2", () => {
    off += Number(process.env["CLOCK_STEP"] ?? 0);
  });
}
