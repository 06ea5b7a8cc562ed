// Loaded into a server's process with `--import`: at SIGUSR2 something fails that nobody waits for; at SIGWINCH something throws that nobody catches.

import { isMainThread } from "node:worker_threads";

if (isMainThread) {
  process.on("SIGUSR2", () => void Promise.reject(new Error("planted rejection")));
  process.on("SIGWINCH", () => {
    throw new Error("planted exception");
  });
}
