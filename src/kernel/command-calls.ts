import type { Log } from "../base/log.ts";
import type { World } from "../base/world.ts";
import type { Caller } from "./caller.ts";
import {
  type Command,
  type CommandContext,
  CommandError,
  type CommandOutcome,
  type CommandRegistry,
  readObject,
  readWords,
  UnknownCommand,
  WrongArgumentCount,
  WrongArguments,
} from "./commands.ts";
import type { Rights } from "./rights.ts";
import type { Token } from "./services.ts";
import { StorageError } from "./storage.ts";

/** This caller has no right to run this command. */
export class NotAllowed extends Error {
  readonly caller: Caller;
  constructor(caller: Caller, command: Command) {
    super(`${caller.account ?? "Somebody without an account"} may not run '${command.name}'`);
    this.name = "NotAllowed";
    this.caller = caller;
  }
}

export interface CommandCallsOptions {
  readonly registry: CommandRegistry;
  readonly rights: Pick<Rights, "mayRun">;
  readonly log: Log;
  readonly world: Pick<World, "monotonic">;
}

/** The way of every front end to the commands: rights are asked, arguments read, and each call leaves a line in the log. */
export class CommandCalls {
  readonly registry: CommandRegistry;
  readonly log: Log;
  readonly #rights: Pick<Rights, "mayRun">;
  readonly #world: Pick<World, "monotonic">;

  constructor(options: CommandCallsOptions) {
    this.registry = options.registry;
    this.log = options.log;
    this.#rights = options.rights;
    this.#world = options.world;
  }

  /** The commands that the caller may run. */
  open(caller: Caller): readonly Command[] {
    return this.registry.all().filter((command) => this.#rights.mayRun(caller, command));
  }

  /**
   * Runs a command with the words of a command line.
   * @throws UnknownCommand, NotAllowed, WrongArgumentCount, CommandError, or what the command itself throws
   */
  withWords(
    name: string,
    words: readonly string[],
    context: CommandContext,
    version?: number,
  ): Promise<CommandOutcome> {
    return this.#run(name, version, context, (command) => readWords(command, words));
  }

  /**
   * Runs a command with values by name, as they came in JSON.
   * @throws UnknownCommand, NotAllowed, WrongArguments, CommandError, or what the command itself throws
   */
  withObject(
    name: string,
    values: object,
    context: CommandContext,
    version?: number,
  ): Promise<CommandOutcome> {
    return this.#run(name, version, context, (command) => readObject(command, values));
  }

  async #run(
    name: string,
    version: number | undefined,
    context: CommandContext,
    read: (command: Command) => Readonly<Record<string, unknown>>,
  ): Promise<CommandOutcome> {
    const begun = this.#world.monotonic();
    let command: Command | undefined;
    let values: Readonly<Record<string, unknown>> = {};
    let result = "done";
    try {
      command = this.registry.require(name, version);
      if (!this.#rights.mayRun(context.caller, command)) throw new NotAllowed(context.caller, command);
      values = read(command);
      const value = await command.run(values, context);
      if (value === false) result = "no";
      return { command, value };
    } catch (error) {
      result = nameOf(error);
      throw error;
    } finally {
      const { front, account, address, credential } = context.caller;
      // Refusals are what a stranger can have as many of as they like: the log takes only some of its warnings.
      // Pages look again and again.
      const looks = front === "web" && command?.permission === "read";
      const write = result === "not allowed" ? "warn" : looks ? "debug" : "info";
      this.log[write]("command", {
        // What somebody else made up does not go on as the name of a command.
        command: command?.name ?? "unknown",
        arguments: command === undefined ? undefined : shown(command, values),
        front,
        account,
        address,
        bearer: credential,
        result,
        ms: Math.round(this.#world.monotonic() - begun),
      });
    }
  }
}

/** The arguments without what is nobody's business. */
function shown(command: Command, values: Readonly<Record<string, unknown>>): object | undefined {
  const open = Object.entries(values).filter(([name]) => {
    const argument = command.args[name];
    return argument !== undefined && !argument.secret && !argument.content;
  });
  return open.length === 0 ? undefined : Object.fromEntries(open);
}

function nameOf(error: unknown): string {
  if (error instanceof UnknownCommand) return "unknown";
  if (error instanceof NotAllowed) return "not allowed";
  if (error instanceof WrongArguments || error instanceof WrongArgumentCount) return "wrong arguments";
  if (error instanceof CommandError) return error.kind;
  return error instanceof StorageError ? "unavailable" : "failed";
}

/** For front ends that are extensions. */
export const commandCalls: Token<CommandCalls> = { name: "commands" };
