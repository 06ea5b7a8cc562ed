import { LEVELS, type Level, type LogThreshold } from "../base/log.ts";
import * as argument from "../kernel/command-arguments.ts";
import * as result from "../kernel/command-results.ts";
import { type Command, CommandError, command } from "../kernel/commands.ts";

export interface LogServices {
  readonly logThreshold: LogThreshold;
}

/** ejabberd's other words for our levels. */
const SYNONYMS: ReadonlyMap<string, Level> = new Map([
  ["notice", "info"],
  ["warning", "warn"],
  ["critical", "error"],
  ["alert", "error"],
  ["emergency", "error"],
]);

export function logCommands({ logThreshold }: LogServices): readonly Command[] {
  return [
    command({
      name: "get_loglevel",
      tags: ["logs"],
      summary: "Get the level of the log",
      args: {},
      result: result.text(`One of ${LEVELS.join(", ")}.`),
      permission: "read",
      run: () => logThreshold.level,
    }),
    command({
      name: "set_loglevel",
      tags: ["logs"],
      summary: "Set the level of the log",
      doc: "At once, until the server ends. ejabberd's words warning, notice, critical, alert and emergency are taken for the nearest one.",
      args: { loglevel: argument.text(`One of ${LEVELS.join(", ")}.`, "debug") },
      result: result.code(),
      permission: "change",
      run(args) {
        const level = SYNONYMS.get(args.loglevel) ?? LEVELS.find((known) => known === args.loglevel);
        if (level === undefined) throw new CommandError("error", "Invalid log level");
        logThreshold.level = level;
      },
    }),
  ];
}
