import { suggest } from "../base/suggest.ts";
import type { Result } from "../kernel/command-results.ts";
import { type Command, type CommandRegistry, UnknownCommand } from "../kernel/commands.ts";

const USAGE = `Usage: tercetctl [--data DIRECTORY | --config FILE] [--json] [--host HOST]
                 COMMAND [ARGUMENT ...]
`;

/** Columns of an ordinary terminal. */
const WIDTH = 80;

/** The widest left column; what is longer has the line for itself. */
const WIDEST = 28;

/** Lines of at most so many columns; a longer word stays whole. */
function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** A paragraph, each line of it indented by two. */
function paragraph(text: string): string {
  return wrap(text, WIDTH - 2)
    .map((line) => `  ${line}\n`)
    .join("");
}

/** "register user host password". */
export function synopsis(command: Command): string {
  return [command.name, ...Object.keys(command.args)].join(" ");
}

function table(rows: readonly (readonly [string, string])[], indent = 2): string {
  const width = Math.min(WIDEST, Math.max(0, ...rows.map(([left]) => left.length)));
  const margin = " ".repeat(indent);
  const lines = rows.flatMap(([left, right]) => {
    const wrapped = wrap(right, WIDTH - indent - width - 2);
    const beside = left.length <= width ? wrapped[0] : "";
    const below = left.length <= width ? wrapped.slice(1) : wrapped;
    return [`${left.padEnd(width)}  ${beside}`, ...below.map((text) => `${" ".repeat(width)}  ${text}`)];
  });
  return lines
    .map((text) => `${margin}${text}`.trimEnd())
    .join("\n")
    .concat(lines.length > 0 ? "\n" : "");
}

/** All commands, or those with a tag. */
export function helpOfAll(commands: readonly Command[]): string {
  const rows = commands.map((command) => [synopsis(command), command.summary] as const);
  const help = ["help [COMMAND | tags | TAG]", "Show this, or all about a command"] as const;
  const all = [...rows, help].sort(([a], [b]) => (a < b ? -1 : 1));
  return `${USAGE}\nCommands:\n${table(all)}\nExit codes: 0 done, 1 failed, 2 wrong arguments, 3 server not running\n`;
}

export function helpOfCommand(command: Command): string {
  const args = Object.entries(command.args).map(
    ([name, { kind, doc }]) => [`${name} (${kind})`, doc] as const,
  );
  return [
    `  ${synopsis(command)}\n`,
    paragraph(`${command.summary}.${command.doc === "" ? "" : ` ${command.doc}`}`),
    args.length === 0 ? "  Arguments: none\n" : `  Arguments:\n${table(args, 4)}`,
    `  Result: ${describeResult(command.result)}\n`,
    `  Tags: ${command.tags.join(", ")}\n`,
  ].join("\n");
}

export function describeResult(result: Result<unknown>): string {
  switch (result.kind) {
    case "code":
      return "only the exit code";
    case "text":
      return result.doc;
    case "integer":
      return result.doc;
    case "list":
      return `one ${result.element} on each line`;
    case "row":
      return `a line of ${Object.keys(result.columns).join(", ")}, separated by tabs`;
    case "rows":
      return `lines of ${Object.keys(result.columns).join(", ")}, separated by tabs`;
  }
}

/** @throws UnknownCommand */
export function help(registry: CommandRegistry, words: readonly string[]): string {
  const commands = registry.all();
  const [topic] = words;
  if (topic === undefined) return helpOfAll(commands);
  const tags = [...new Set(commands.flatMap((command) => command.tags))].sort();
  if (topic === "tags") {
    const namesOf = (tag: string) =>
      commands.filter((command) => command.tags.includes(tag)).map(({ name }) => name);
    return table(tags.map((tag) => [tag, namesOf(tag).join(", ")] as const));
  }
  // For completion in shells.
  if (topic === "names") return commands.map((one) => `${synopsis(one)}\n`).join("");
  const command = registry.get(topic);
  if (command !== undefined) return helpOfCommand(command);
  if (tags.includes(topic)) return helpOfAll(commands.filter((candidate) => candidate.tags.includes(topic)));
  if (topic === "help") return helpOfAll([]);
  throw new UnknownCommand(topic, suggest(topic, [...commands.map(({ name }) => name), ...tags]));
}
