import { relative, resolve } from "node:path";
import { isatty } from "node:tty";
import { call, type Output, type Reply } from "./control-client.ts";
import { dataDirectories } from "./data-directory.ts";

// Every module that is loaded here is waited for at every call: nothing but what a call needs.

const USAGE = `Usage: tercetctl [OPTION ...] COMMAND [ARGUMENT ...]

Administers a running Tercet. Commands and their arguments: tercetctl help

Options, before the command:
  --data DIRECTORY  where the server has its data
  --config FILE     the server's configuration, which names that directory
  --json            print results and errors as JSON
  --host HOST       the host of a command that takes one
  --version N       mean the command as in ejabberd's API version N
  --version         print the version
  --help            print this

Besides the server's commands:
  started, stopped  wait until the server runs or has ended, a minute at most
  completion SHELL  print what bash, zsh or fish needs to complete commands

Without --data and --config the server is looked for in ./data, then in /var/lib/tercet.
`;

/** Options that work before the command only: behind it anything may be an argument, a password say. */
const OPTIONS = /^--(?:data|config|json|host)(?:=|$)/;

interface CommandLine {
  data?: string;
  config?: string;
  json: boolean;
  host?: string;
  version?: number;
  show?: "help" | "version";
  words: readonly string[];
}

/** Commands that need no server; the last three as ejabberdctl alone, whose script has them. */
const OWN = ["started", "stopped", "completion", "start", "foreground", "live"];

function isOwn(name: string | undefined): boolean {
  if (name === undefined || !OWN.includes(name)) return false;
  return OWN.indexOf(name) < 3 || process.env["TERCETCTL_NAME"] === "ejabberdctl";
}

/** @throws Error with a sentence */
function parse(argv: readonly string[]): CommandLine {
  const line: CommandLine = { json: false, words: [] };
  let at = 0;
  for (; at < argv.length && argv[at]!.startsWith("-"); at++) {
    const [name, joined] = split(argv[at]!);
    if (name === "--") {
      at++;
      break;
    }
    if (name === "--json") line.json = true;
    else if (name === "--help" || name === "-h") line.show = "help";
    else if (name === "--version" && /^\d$/.test(joined ?? argv[at + 1] ?? ""))
      line.version = Number(joined ?? argv[++at]);
    else if (name === "--version") line.show = "version";
    else if (name === "--data" || name === "--config" || name === "--host") {
      const value = joined ?? argv[++at];
      if (value === undefined || value === "") throw new Error(`${name} needs a value.`);
      line[name.slice(2) as "data" | "config" | "host"] = value;
    } else throw new Error(`there is no option ${name}. See tercetctl --help.`);
  }
  line.words = argv.slice(at);
  return line;
}

function split(word: string): readonly [string, string | undefined] {
  const equals = word.indexOf("=");
  return equals < 0 ? [word, undefined] : [word.slice(0, equals), word.slice(equals + 1)];
}

const output: Output = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
};

async function main(argv: readonly string[]): Promise<number> {
  let line: CommandLine;
  try {
    line = parse(argv);
  } catch (error) {
    output.err(`tercetctl: ${(error as Error).message}\n`);
    return 2;
  }
  if (line.show === "help") return print(USAGE);
  if (line.show === "version") {
    const { readVersion } = await import("../server/version.ts");
    return print(`tercetctl ${readVersion()}\n`);
  }
  try {
    const directories = await dataDirectories(line);
    if (isOwn(line.words[0])) {
      const { ownCommand } = await import("./own-commands.ts");
      return await ownCommand(line, directories, output);
    }
    return await run(line, directories);
  } catch (error) {
    output.err(`tercetctl: ${(error as Error).message}\n`);
    return 1;
  }
}

function print(text: string): number {
  output.out(text);
  return 0;
}

async function run(line: CommandLine, directories: readonly string[]): Promise<number> {
  const base = process.cwd();
  const { words, json, host, version } = line;
  const request = { words, json, host, version, terminal: isatty(0), asked: false, directory: base };
  let reply: Reply = { kind: "cut" };
  for (const directory of directories) {
    reply = await call(directory, request, output);
    if (reply.kind === "ask") {
      const { getPassword } = await import("./password.ts");
      const password = await getPassword(reply.ask);
      if (password === undefined) return complain("no password was given.", 1);
      const words = request.words.toSpliced(reply.ask.word, 1, password);
      reply = await call(directory, { ...request, words, asked: true }, output);
    }
    if (reply.kind !== "unreachable" || reply.code === "EACCES") return conclude(reply, line, directory);
  }
  return notRunning(line, directories, base);
}

function complain(sentence: string, exit: number): number {
  output.err(`tercetctl: ${sentence}\n`);
  return exit;
}

function conclude(reply: Reply, line: CommandLine, directory: string): number {
  if (reply.kind === "unreachable") {
    return complain(
      `this user may not talk to the server in ${directory}. Run it as the server's user, or as root.`,
      1,
    );
  }
  if (reply.kind === "cut") return complain("the server ended before it answered.", 1);
  if (reply.kind === "ask") return complain("the server asks twice for a password.", 1);
  // As ejabberdctl without a command.
  if (line.words.length === 0) return 3;
  const option = reply.exit === 2 ? line.words.slice(1).find((word) => OPTIONS.test(word)) : undefined;
  if (option !== undefined) {
    const [name] = split(option);
    output.err(`tercetctl: ${name} belongs before the command: tercetctl ${option} ${line.words[0]}\n`);
  }
  return reply.exit;
}

async function notRunning(line: CommandLine, directories: readonly string[], base: string): Promise<number> {
  const { shellWord } = await import("./shell-word.ts");
  const launcher = relative(base, resolve(import.meta.dirname, "../../bin/tercet"));
  const option =
    line.config !== undefined
      ? ` --config ${shellWord(line.config)}`
      : line.data !== undefined
        ? ` --data ${shellWord(line.data)}`
        : "";
  complain(`no server is running with its data in ${directories.join(" or ")}.`, 3);
  output.err(
    `Start it with: ${shellWord(launcher)} start${option}\nor say where it has its data: tercetctl --data DIRECTORY\n`,
  );
  return 3;
}

// `tercetctl registered_users | head` closes the pipe early.
process.stdout.on("error", () => process.exit(1));
process.exitCode = await main(process.argv.slice(2));
