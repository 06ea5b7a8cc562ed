import { suggest } from "../base/suggest.ts";
import type { Argument, Arguments, ArgumentValues } from "./command-arguments.ts";
import type { Result, ResultValue } from "./command-results.ts";

/** Who calls, and a way to talk to them beside the result. */
export interface CommandContext {
  /** Against which the caller means the paths that it names; undefined for one that has no working directory here. */
  readonly directory?: string | undefined;
  /** Says something to the caller that is not the result: standard error of `tercetctl`. One sentence. */
  note(text: string): void;
  /** The caller gets the result at once, and is left waiting until the server has ended. */
  waitForEnd(): void;
}

/** What a right must cover: commands that only look, or also those that change something. */
export type Permission = "read" | "change";

/** One administrator's command. Made by `command`, which checks that `run` fits `args` and `result`. */
export interface Command {
  /** As ejabberdctl names it, with `_`. */
  readonly name: string;
  readonly tags: readonly string[];
  /** Half a line, without a full stop. */
  readonly summary: string;
  /** More sentences, for `help NAME` and the reference; may be empty. */
  readonly doc: string;
  readonly args: Arguments;
  readonly result: Result<unknown>;
  readonly permission: Permission;
  run(args: Readonly<Record<string, unknown>>, context: CommandContext): unknown;
}

export interface CommandDefinition<A extends Arguments, R extends Result<unknown>> {
  readonly name: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly doc?: string;
  readonly args: A;
  readonly result: R;
  readonly permission: Permission;
  /** @throws CommandError when it cannot be done. */
  run(args: ArgumentValues<A>, context: CommandContext): ResultValue<R> | Promise<ResultValue<R>>;
}

export function command<const A extends Arguments, R extends Result<unknown>>(
  definition: CommandDefinition<A, R>,
): Command {
  if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(definition.name)) {
    throw new Error(`"${definition.name}" is not a name for a command`);
  }
  return {
    doc: "",
    ...definition,
    run: (args, context) => definition.run(args as ArgumentValues<A>, context),
  };
}

/**
 * Why a command was not done. `error` is ejabberd's plain shape (`Error: error`, `Error: "text"`), every other kind its extended one
 * (`Error: conflict: text`). `text` is for the administrator.
 */
export class CommandError extends Error {
  readonly kind: CommandFault;
  constructor(kind: CommandFault, text: string) {
    super(text);
    this.name = "CommandError";
    this.kind = kind;
  }
}

export type CommandFault =
  | "error"
  | "conflict"
  | "cannot_register"
  | "not_found"
  | "bad_argument"
  | "unavailable";

/** The caller named no command of ours. */
export class UnknownCommand extends Error {
  readonly suggestion: string | undefined;
  constructor(name: string, suggestion: string | undefined) {
    super(`unknown command '${name}'`);
    this.name = "UnknownCommand";
    this.suggestion = suggestion;
  }
}

/** Too few or too many arguments; `missing` is negative when there are too many. */
export class WrongArgumentCount extends Error {
  readonly command: Command;
  readonly missing: number;
  constructor(wrong: Command, missing: number) {
    const count = `${Math.abs(missing)} ${missing > 0 ? "more" : "less"}`;
    // ejabberd's words, which scripts look for: never a plural.
    super(`the command '${wrong.name}' requires ${count} argument.`);
    this.name = "WrongArgumentCount";
    this.command = wrong;
    this.missing = missing;
  }
}

/** What ran, and what came of it. */
export interface CommandOutcome {
  readonly command: Command;
  readonly value: unknown;
}

/** The one place where every front end finds the commands. */
export class CommandRegistry {
  readonly #commands = new Map<string, Command>();

  /** @throws when a name is taken. */
  add(...commands: readonly Command[]): void {
    for (const added of commands) {
      if (this.#commands.has(added.name)) throw new Error(`two commands are called ${added.name}`);
      this.#commands.set(added.name, added);
    }
  }

  /** By name, `-` and `_` alike. */
  get(name: string): Command | undefined {
    return this.#commands.get(name.replaceAll("-", "_"));
  }

  /** @throws UnknownCommand with the nearest name. */
  require(name: string): Command {
    const found = this.get(name);
    if (found === undefined) throw new UnknownCommand(name, suggest(name, this.#commands.keys()));
    return found;
  }

  /** In ascending order of their names. */
  all(): readonly Command[] {
    return [...this.#commands.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /**
   * Runs a command with the words of a command line.
   * @throws UnknownCommand, WrongArgumentCount, CommandError, or what the command itself throws
   */
  async call(name: string, words: readonly string[], context: CommandContext): Promise<CommandOutcome> {
    const called = this.require(name);
    const declared = Object.entries(called.args);
    if (words.length !== declared.length)
      throw new WrongArgumentCount(called, declared.length - words.length);
    const values: Record<string, unknown> = {};
    for (const [index, [argument, type]] of declared.entries()) {
      values[argument] = readWord(argument, type, words[index]!);
    }
    return { command: called, value: await called.run(values, context) };
  }
}

function readWord(name: string, type: Argument<unknown>, word: string): unknown {
  const value = type.parse(word);
  if (value === undefined) {
    throw new CommandError("bad_argument", `'${name}' must be ${type.says}, not '${word.slice(0, 60)}'.`);
  }
  return value;
}
