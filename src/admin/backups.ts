import type { World } from "../base/world.ts";
import * as argument from "../kernel/command-arguments.ts";
import * as result from "../kernel/command-results.ts";
import { type Command, CommandError, command } from "../kernel/commands.ts";
import type { Storage } from "../kernel/storage.ts";

export interface BackupServices {
  readonly storage: Pick<Storage, "backup">;
  readonly world: Pick<World, "now">;
}

export function backupCommands({ storage, world }: BackupServices): readonly Command[] {
  return [
    command({
      name: "backup",
      tags: ["backup"],
      summary: "Write a copy of the database to a file",
      doc:
        "The server goes on meanwhile; everything that it had acknowledged when the command came is in the copy. The server's user writes the file, whole or not at all, and only an earlier backup is written over. " +
        "In a directory that is there it is called tercet-DATE-TIME.db (UTC). `tercet restore` puts it back.",
      args: { file: argument.text("The file, or a directory that is there.") },
      result: result.code(),
      permission: "change",
      async run({ file }, context) {
        if (storage.backup === undefined)
          throw new CommandError(
            "unavailable",
            "This server keeps everything in memory: nothing to back up.",
          );
        const target = pathOf(file, context.directory);
        const written = await storage.backup(target, nameAt(world.now()));
        if (written !== target) context.note(`Written to ${written}`);
      },
    }),
  ];
}

function pathOf(file: string, directory: string | undefined): string {
  if (file === "") throw new CommandError("bad_argument", "'file' is empty.");
  if (file.startsWith("/")) return file;
  if (directory === undefined)
    throw new CommandError("bad_argument", "'file' must be a path from the root, beginning with a slash.");
  return `${directory}/${file}`;
}

/** tercet-20261125-091500.db */
function nameAt(moment: number): string {
  const [date, time] = new Date(moment).toISOString().split(/[T.]/);
  return `tercet-${date!.replaceAll("-", "")}-${time!.replaceAll(":", "")}.db`;
}
