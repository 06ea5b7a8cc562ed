/** A thread that writes one copy of the database and ends. */
import { parentPort, workerData } from "node:worker_threads";
import { copyInto } from "./copy-into.ts";
import { openForReading } from "./open-database.ts";

const { directory, path } = workerData as { readonly directory: string; readonly path: string };
const db = openForReading(directory);
try {
  copyInto(db, path);
} finally {
  db.close();
}
parentPort?.postMessage("done");
