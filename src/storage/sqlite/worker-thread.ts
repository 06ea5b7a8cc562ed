import { Worker } from "node:worker_threads";

/** Starts one of the threads of this folder. Its heap is small: it handles buffers, which lie outside. */
export function startThread(name: "writer" | "reader" | "backup", workerData: unknown): Worker {
  // The same file as .ts in a checkout and as .js in what is published.
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return new Worker(new URL(`./${name}.${extension}`, import.meta.url), {
    name: `storage ${name}`,
    workerData,
    resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 256, stackSizeMb: 1 },
  });
}
