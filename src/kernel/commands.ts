import { suggest } from "../base/suggest.ts";
import type { Caller } from "./caller.ts";
import type { Argument, Arguments, ArgumentValues } from "./command-arguments.ts";
import type { Result, ResultValue } from "./command-results.ts";

/** Who calls, and ways to talk to them beside the result. */
export interface CommandContext {
  readonly caller: Caller;
  /** Aborts when the caller no longer wants it: what takes long ends early then, with a CommandError. That the caller has gone is no abort. */
  readonly signal: AbortSignal;
  /** Against which the caller means the paths that it names; undefined for one that has no working directory here. */
  readonly directory?: string | undefined;
  /** Says something to the caller that is not the result: standard error of `tercetctl`. One sentence. */
  note(text: string): void;
  /**
   * How far it is: a line that the caller sees at once, before the result; standard output of `tercetctl`. One that `goesOn` is completed by the next
   * call; a front end that has whole lines only may wait for that.
   */
  progress(line: string, goesOn?: boolean): void;
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
  /** The version of Tercet that it came with. */
  readonly since: string;
  /** Of its signature: ejabberd's API version (`--version N`, `/api/NAME/vN`). */
  readonly version: number;
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
  /** "0.1" if not given. */
  readonly since?: string;
  /** 0 if not given. An older signature is a second command of the same name with a lower number. */
  readonly version?: number;
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
    since: "0.1",
    version: 0,
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

/** A call in JSON whose members are not the command's arguments; `kind` and `names` are what is wrong with them. */
export class WrongArguments extends Error {
  readonly kind: "missing" | "unknown";
  readonly names: readonly string[];
  constructor(kind: "missing" | "unknown", names: readonly string[]) {
    super(
      kind === "missing" ? `missing argument: ${names.join(", ")}` : `unknown arguments: ${names.join(", ")}`,
    );
    this.name = "WrongArguments";
    this.kind = kind;
    this.names = names;
  }
}

/** What ran, and what came of it. */
export interface CommandOutcome {
  readonly command: Command;
  readonly value: unknown;
}

/** The one place where every front end finds the commands. */
export class CommandRegistry {
  /** Under each name its signatures, the newest first. */
  readonly #commands = new Map<string, Command[]>();

  /** @throws when a name is taken. */
  add(...commands: readonly Command[]): void {
    for (const added of commands) {
      const known = this.#commands.get(added.name) ?? [];
      if (known.some(({ version }) => version === added.version))
        throw new Error(`two commands are called ${added.name}`);
      this.#commands.set(
        added.name,
        [...known, added].sort((a, b) => b.version - a.version),
      );
    }
  }

  /** By name, `-` and `_` alike. With a `version` the newest signature up to it, or the oldest; without, the newest. */
  get(name: string, version: number = Number.POSITIVE_INFINITY): Command | undefined {
    const signatures = this.#commands.get(name.replaceAll("-", "_"));
    return signatures?.find((one) => one.version <= version) ?? signatures?.at(-1);
  }

  /** @throws UnknownCommand with the nearest name. */
  require(name: string, version?: number): Command {
    const found = this.get(name, version);
    if (found === undefined) throw new UnknownCommand(name, suggest(name, this.#commands.keys()));
    return found;
  }

  /** The newest signature of each, in ascending order of their names. */
  all(): readonly Command[] {
    return Array.from(this.#commands.values(), ([newest]) => newest!).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    );
  }
}

/**
 * Values from the words of a command line.
 * @throws WrongArgumentCount, CommandError
 */
export function readWords(called: Command, words: readonly string[]): Readonly<Record<string, unknown>> {
  const declared = Object.entries(called.args);
  if (words.length !== declared.length) throw new WrongArgumentCount(called, declared.length - words.length);
  const read = declared.map(([name, type], index) => {
    const word = words[index]!;
    return [name, type.parse(word) ?? refuse(name, type, word)] as const;
  });
  return Object.fromEntries(read);
}

/**
 * Values from an object that came as JSON.
 * @throws WrongArguments, CommandError
 */
export function readObject(called: Command, given: object): Readonly<Record<string, unknown>> {
  const declared = Object.entries(called.args);
  const names = Object.keys(given);
  const unknown = names.filter((name) => !Object.hasOwn(called.args, name));
  if (unknown.length > 0) throw new WrongArguments("unknown", unknown);
  const missing = declared.map(([name]) => name).filter((name) => !names.includes(name));
  if (missing.length > 0) throw new WrongArguments("missing", missing);
  const read = declared.map(([name, type]) => {
    const value = (given as Readonly<Record<string, unknown>>)[name];
    return [name, type.fromJson(value) ?? refuse(name, type, sketch(value))] as const;
  });
  return Object.fromEntries(read);
}

function sketch(value: unknown): string {
  if (Array.isArray(value)) return "[…]";
  return typeof value === "object" && value !== null ? "{…}" : String(value);
}

function refuse(name: string, type: Argument<unknown>, given: string): never {
  const found = type.secret ? "" : `, not '${given.slice(0, 60)}'`;
  throw new CommandError("bad_argument", `'${name}' must be ${type.says}${found}.`);
}
