/** A process that writes one copy of the database and ends. */
import { type BackupEnded, type BackupOrder, writeBackup } from "./backup-file.ts";

process.once("message", (order: BackupOrder) => {
  const ended: BackupEnded = writeBackup(order);
  process.send?.(ended);
});
