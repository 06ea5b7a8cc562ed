import * as result from "../kernel/command-results.ts";
import { type Command, type CommandContext, CommandError, command } from "../kernel/commands.ts";
import {
  type ChangePlan,
  type ConfigurationControl,
  ConfigurationError,
  type OptionChange,
} from "../kernel/configuration-control.ts";
import type { Effect } from "../kernel/options.ts";

export interface ConfigurationServices {
  readonly configuration: Pick<ConfigurationControl, "file" | "plan" | "reload">;
}

export function configurationCommands({ configuration }: ConfigurationServices): readonly Command[] {
  return [
    command({
      name: "reload_config",
      tags: ["config"],
      summary: "Take the configuration file as it is now",
      doc: "All of it or nothing: where something is wrong, or takes effect at a restart only, the server stays as it was. `config_diff` says beforehand what would change.",
      args: {},
      result: result.code(),
      permission: "change",
      async run(_, context) {
        const plan = await orRefuse(configuration.reload(), context);
        for (const warning of plan.warnings) context.note(warning);
      },
    }),
    command({
      name: "config_diff",
      tags: ["config"],
      summary: "Say what reload_config would change",
      args: {},
      result: result.list("change"),
      permission: "read",
      async run(_, context) {
        const lines = linesOf(await orRefuse(configuration.plan(), context));
        const { file } = configuration;
        return file === undefined ? lines : [`${file} against the running server:`, ...lines];
      },
    }),
  ];
}

async function orRefuse<T>(done: Promise<T>, { note }: Pick<CommandContext, "note">): Promise<T> {
  try {
    return await done;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    // The error is one line on a terminal: several problems are easier to read one below the other.
    if (error.problems.length > 1) for (const problem of error.problems) note(problem);
    throw new CommandError("error", error.message);
  }
}

const EFFECTS: Readonly<Record<Effect, string>> = {
  now: "at once",
  "new-sessions": "for new sessions",
  restart: "at a restart: reload_config would be refused",
};

/** A plan as sentences, one a line. */
export function linesOf(plan: ChangePlan): readonly string[] {
  const lines = plan.changes.map(changeLine);
  for (const port of plan.opens) lines.push(`opens ${port}`);
  for (const port of plan.closes) lines.push(`closes ${port}`);
  if (lines.length === 0) return ["nothing changes"];
  const ending =
    plan.ending === 0 ? "" : `, ${count(plan.ending)} of removed hosts ${plan.ending === 1 ? "ends" : "end"}`;
  lines.push(`${count(plan.staying)} ${plan.staying === 1 ? "lives" : "live"} on${ending}`);
  return lines;
}

function count(sessions: number): string {
  return `${sessions} session${sessions === 1 ? "" : "s"}`;
}

function changeLine({ option, from, to, effect }: OptionChange): string {
  return `${option}: ${show(from)} becomes ${show(to)}, ${EFFECTS[effect]}`;
}

function show(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}
