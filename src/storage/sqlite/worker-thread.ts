import { getCompileCacheDir } from "node:module";
import { dirname } from "node:path";
import { Worker } from "node:worker_threads";

/** Starts one of the threads of this folder. Its heap is small: it handles buffers, which lie outside. */
export function startThread(name: "writer" | "reader", workerData: unknown): Worker {
  // The same file as .ts in a checkout and as .js in what is published.
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return new Worker(new URL(`./${name}.${extension}`, import.meta.url), {
    name: `storage ${name}`,
    workerData,
    env: environment(),
    resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 256, stackSizeMb: 1 },
  });
}

/** A thread does not inherit the compile cache, and without it loads a compiler of 25 MB to strip types. */
function environment(): NodeJS.ProcessEnv {
  const cache = getCompileCacheDir();
  // The call names the folder of this version of Node, the variable the one above it.
  return cache === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: dirname(cache) };
}
