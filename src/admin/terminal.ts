import type { Log } from "../base/log.ts";
import {
  type CommandContext,
  CommandError,
  type CommandOutcome,
  type CommandRegistry,
  UnknownCommand,
  WrongArgumentCount,
} from "../kernel/commands.ts";
import { StorageError } from "../kernel/storage.ts";
import { help, helpOfCommand } from "./help.ts";

/** What a call of `tercetctl` prints on its standard output, and its exit code. */
export interface Printed {
  readonly out: string;
  readonly exit: 0 | 1 | 2;
}

export interface Call {
  /** The command's name and its arguments. */
  readonly words: readonly string[];
  readonly json: boolean;
}

export interface Terminal {
  readonly registry: CommandRegistry;
  readonly log: Log;
}

/**
 * Runs a call and makes of it what ejabberdctl would print: results and errors alike on standard output, where scripts look for
 * them. Never throws.
 */
export async function run(
  { registry, log }: Terminal,
  { words, json }: Call,
  context: CommandContext,
): Promise<Printed> {
  const [name = "help", ...args] = words;
  try {
    if (name === "help") return { out: help(registry, args), exit: 0 };
    const outcome = await registry.call(name, args, context);
    return json ? printJson(outcome) : print(outcome);
  } catch (error) {
    const failure = failureOf(error);
    if (failure.kind === "internal") log.error("command failed", { command: name, error });
    return json ? { out: jsonLine(failure), exit: failure.exit } : { out: failure.text, exit: failure.exit };
  }
}

/** Text of users must not break lines and columns, nor steer a terminal. */
function clean(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, " ").replace(/[\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}

function print({ command, value }: CommandOutcome): Printed {
  switch (command.result.kind) {
    case "code":
      return value === false ? { out: "Error: false\n", exit: 1 } : { out: "", exit: 0 };
    case "text":
      return { out: `${value}\n`, exit: 0 };
    case "integer":
      return { out: `${value}\n`, exit: 0 };
    case "list":
      return { out: lines(value as readonly string[]), exit: 0 };
    case "rows": {
      const { columns } = command.result;
      const rows = value as readonly Readonly<Record<string, string | number>>[];
      return {
        out: rows.map((row) => `${columns.map((name) => clean(String(row[name]))).join("\t")}\n`).join(""),
        exit: 0,
      };
    }
  }
}

function lines(elements: readonly string[]): string {
  return elements.map((element) => `${clean(element)}\n`).join("");
}

function printJson({ command, value }: CommandOutcome): Printed {
  if (command.result.kind !== "code") return { out: `${JSON.stringify(value)}\n`, exit: 0 };
  return { out: `${value !== false}\n`, exit: value === false ? 1 : 0 };
}

interface Failure {
  readonly kind: string;
  readonly message: string;
  /** The lines for a terminal. */
  readonly text: string;
  readonly exit: 1 | 2;
}

function failureOf(error: unknown): Failure {
  if (error instanceof UnknownCommand) {
    const hint = error.suggestion === undefined ? "" : ` Did you mean '${error.suggestion}'?`;
    const message = `${clean(error.message)}.${hint}`;
    return { kind: "unknown_command", message, text: `Error: ${message}\n`, exit: 1 };
  }
  if (error instanceof WrongArgumentCount) {
    const text = `${helpOfCommand(error.command)}\nError: ${error.message}\n`;
    return { kind: "wrong_arguments", message: error.message, text, exit: 2 };
  }
  if (error instanceof CommandError || error instanceof StorageError) {
    const kind = error instanceof CommandError ? error.kind : "unavailable";
    const message = clean(error.message);
    const text =
      kind === "error" ? `Error: error\nError: ${JSON.stringify(message)}\n` : `Error: ${kind}: ${message}\n`;
    return { kind, message, text, exit: 1 };
  }
  const message = "The command failed inside the server; its log says why.";
  return { kind: "internal", message, text: `Error: internal: ${message}\n`, exit: 1 };
}

function jsonLine({ kind, message }: Failure): string {
  return `${JSON.stringify({ status: "error", kind, message })}\n`;
}
