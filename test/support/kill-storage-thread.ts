// Loaded into a server's process with `--import`: at SIGUSR2 the thread of the storage named by KILLED_THREAD dies, as it would of too little memory.

import { isMainThread, Worker } from "node:worker_threads";

if (isMainThread) {
  const started = new Set<Worker>();
  const { postMessage } = Worker.prototype;
  Worker.prototype.postMessage = function (this: Worker, ...message: Parameters<typeof postMessage>): void {
    started.add(this);
    postMessage.apply(this, message);
  };
  process.on("SIGUSR2", () => {
    for (const worker of started)
      if (worker.threadName === `storage ${process.env["KILLED_THREAD"]}`) void worker.terminate();
  });
}
