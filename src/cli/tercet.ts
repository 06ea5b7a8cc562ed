import { existsSync, fstatSync } from "node:fs";
import { resolve } from "node:path";
import { isatty } from "node:tty";
import { parseArgs } from "node:util";
import { createLog, type Log, type LogThreshold } from "../base/log.ts";
import { sparingLog } from "../base/sparing-log.ts";
import { suggest } from "../base/suggest.ts";
import { systemWorld, type World } from "../base/world.ts";
import { ConfigurationError } from "../kernel/configuration-control.ts";
import { type Configuration, readConfiguration } from "../server/configuration.ts";
import { explainOption } from "../server/configuration-explain.ts";
import { extensions } from "../server/extensions.ts";
import { readVersion } from "../server/version.ts";
import { banner } from "./banner.ts";
import { CONFIGURATION } from "./data-directory.ts";

const USAGE = `Usage: tercet COMMAND [OPTION ...]

  tercet start [--config FILE] [--data DIRECTORY]
      Start the server; it runs until SIGTERM, Ctrl-C or \`tercetctl stop\`
  tercet check [--config FILE] [--data DIRECTORY] [--diff] [--explain OPTION]
      Read the configuration without starting; say all that is wrong with it,
      with --diff also what the running server would do if it took it, or what
      an option does and where its value comes from
  tercet restore FILE [--config FILE] [--data DIRECTORY] [--replace]
      Put a file that \`tercetctl backup\` has written into the data directory;
      the server must not run. With --replace where there is a database already,
      which is kept in a folder beside
  tercet help
      Print this
  tercet --version
      Print the version

Without --config the file tercet.yml of the working directory is taken; without
that everything has its default, the server is called localhost and listens on
loopback addresses only. --data stands above the configuration.

Exit codes: 0 done, 1 failed, 2 wrong arguments, 65 the database is damaged
`;

/** Milliseconds between the end of the server and that of the process, at most. */
const LINGERING = 1000;
/** Milliseconds after the start when the pages of the web admin are built, if they are not. */
const PAGES_AFTER = 5000;

const COMMANDS = ["start", "check", "restore", "help"];

interface CommandLine {
  readonly config?: string;
  readonly data?: string;
  readonly explain?: string;
  readonly diff?: boolean;
  readonly replace?: boolean;
  readonly help?: boolean;
  readonly version?: boolean;
}

async function main(argv: readonly string[]): Promise<number> {
  let values: CommandLine;
  let words: readonly string[];
  try {
    const options = {
      config: { type: "string" },
      data: { type: "string" },
      explain: { type: "string" },
      diff: { type: "boolean" },
      replace: { type: "boolean" },
      help: { type: "boolean", short: "h" },
      version: { type: "boolean" },
    } as const;
    const parsed = parseArgs({ args: [...argv], options, allowPositionals: true });
    values = parsed.values;
    words = parsed.positionals;
  } catch (error) {
    return complain((error as Error).message.split(". ")[0]!, 2);
  }
  const [command, ...rest] = words;
  if (values.version) return print(`tercet ${readVersion()}\n`);
  if (values.help || command === "help") return print(USAGE);
  if (command === undefined) return print(USAGE, 2);
  if (!COMMANDS.includes(command)) {
    const near = suggest(command, COMMANDS);
    return complain(
      `there is no command '${command}'${near === undefined ? "" : `; did you mean '${near}'?`}`,
      2,
    );
  }
  const tooMuch = rest[command === "restore" ? 1 : 0];
  if (tooMuch !== undefined) return complain(`'${tooMuch}' is too much`, 2);
  // An empty directory would be the one that this is called in: a variable of a script that is not set.
  for (const name of ["config", "data", "explain"] as const) {
    if (values[name] === "") return complain(`--${name} needs a value`, 2);
  }
  if (command !== "check" && values.explain !== undefined) return complain("--explain is for check", 2);
  if (command !== "check" && values.diff) return complain("--diff is for check", 2);
  if (command !== "restore" && values.replace) return complain("--replace is for restore", 2);
  if (command === "restore") return restore(values, rest[0]);
  return command === "start" ? start(values) : check(values);
}

function print(text: string, exit = 0): number {
  process.stdout.write(text);
  return exit;
}

function complain(sentence: string, exit: number): number {
  process.stderr.write(`tercet: ${sentence}${sentence.endsWith("?") ? "" : "."} See tercet help.\n`);
  return exit;
}

async function configurationOf(line: CommandLine): Promise<Configuration> {
  const { config, data } = line;
  const file = config ?? (existsSync(CONFIGURATION) ? CONFIGURATION : undefined);
  const read = await readConfiguration({
    extensions,
    ...(file === undefined ? {} : { file }),
    ...(data === undefined ? {} : { data }),
  });
  // The file of the working directory may come while the server runs.
  return file === undefined ? { ...read, readAgain: () => configurationOf(line) } : read;
}

async function check(line: CommandLine): Promise<number> {
  let configuration: Configuration;
  try {
    configuration = await configurationOf(line);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
  if (line.explain !== undefined) {
    const answer = explainOption(configuration, line.explain);
    if ("text" in answer) return print(`${answer.text}\n`);
    process.stderr.write(`${answer.unknown}\n`);
    return 1;
  }
  // Loaded only here: the start does its own reading of certificates.
  const { checkCertificates } = await import("../server/check-certificates.ts");
  const { problems, warnings } = checkCertificates(configuration, Date.now());
  for (const text of [...problems, ...configuration.warnings, ...warnings]) process.stderr.write(`${text}\n`);
  if (problems.length > 0) return 1;
  const name =
    configuration.file === undefined
      ? "There is no configuration file; the defaults are"
      : `${configuration.file} is`;
  print(`${name} in order: ${configuration.hosts.join(", ")}, data in ${configuration.data}\n`);
  return line.diff ? diff(configuration) : 0;
}

/** What the running server says to its file as it is now. */
async function diff({ data, file }: Configuration): Promise<number> {
  const { call } = await import("./control-client.ts");
  let said = "";
  const output = { out: (text: string) => (said += text), err: (text: string) => (said += text) };
  const request = { words: ["config_diff"], json: false, terminal: false, asked: true };
  const reply = await call(data, request, output);
  if (reply.kind !== "done") {
    process.stderr.write(`No server runs on ${data}: there is nothing to compare with.\n`);
    return 1;
  }
  if (reply.exit === 0 && file !== undefined && !said.startsWith(`${file} `)) {
    process.stderr.write(`The running server has another configuration file than ${file}.\n`);
    return 1;
  }
  return print(said, reply.exit);
}

async function start(line: CommandLine): Promise<number> {
  const world = systemWorld();
  try {
    const configuration = await configurationOf(line);
    const logThreshold: LogThreshold = { level: configuration.log.level };
    const log = logOf(configuration, logThreshold, world);
    for (const warning of configuration.warnings) log.warn(warning);
    const { startServer } = await import("../server/server.ts");
    const server = await startServer({ configuration, world, log, logThreshold });
    const uncaught = guard(server, log);
    announce(configuration, server, log);
    // XMPP is served first; whoever opens the page earlier begins this themselves.
    setTimeout(() => server.preparePages(), PAGES_AFTER).unref();
    const ending = await server.stopped;
    if (ending === "restart" && !uncaught()) beginAnew(log);
    const code = ending === "asked" && !uncaught() ? 0 : 1;
    // Nothing should be left that keeps the process; whatever is, must not keep a restart waiting.
    setTimeout(() => process.exit(code), LINGERING).unref();
    return code;
  } catch (error) {
    return fail(error);
  }
}

async function restore(line: CommandLine, file: string | undefined): Promise<number> {
  if (file === undefined || file === "") return complain("restore needs the file of a backup", 2);
  try {
    const configuration = await configurationOf(line);
    const { restore: put } = await import("../server/restore.ts");
    const aside = put({ configuration, file, replace: line.replace ?? false, now: Date.now() });
    const kept = aside === undefined ? "" : `What was there is in ${aside}\n`;
    return print(`${configuration.data} has the database of ${file}\n${kept}`);
  } catch (error) {
    return fail(error);
  }
}

async function fail(error: unknown): Promise<number> {
  process.stderr.write(`${(error as Error).message.replace(/^/gm, "tercet: ")}\n`);
  const { exitCodeOf } = await import("../server/exit-codes.ts");
  return exitCodeOf(error);
}

function logOf({ log: { format } }: Configuration, level: LogThreshold, world: World): Log {
  // The server goes on when nobody reads its log any more.
  process.stdout.on("error", () => {});
  const log = createLog({
    level,
    format: format === "auto" ? (readByJournald() ? "json" : "text") : format,
    now: world.now,
    write: (text) => void process.stdout.write(text),
  });
  return sparingLog(log, world);
}

/** systemd says which stream it reads (systemd.exec(5), JOURNAL_STREAM); ours may lead elsewhere. */
function readByJournald(): boolean {
  const stream = process.env["JOURNAL_STREAM"];
  if (stream === undefined) return false;
  const { dev, ino } = fstatSync(1);
  return stream === `${dev}:${ino}`;
}

/** The program as it was called, in this same process: whoever watches over it sees no end. Comes back only where that cannot be done. */
function beginAnew(log: Log): void {
  const { execPath, execArgv, argv, env } = process;
  try {
    process.execve!(execPath, [execPath, ...execArgv, ...argv.slice(1)], env as Record<string, string>);
  } catch (error) {
    log.error("the restart failed; start it again", { error });
  }
}

interface Server {
  readonly hosts: readonly string[];
  readonly dataDirectory: string;
  readonly listeners: readonly { readonly service: string; readonly port: number }[];
  readonly firstLogin: string | undefined;
  readonly stopped: Promise<"asked" | "failed" | "restart">;
  readonly configuration: { reload(): Promise<unknown> };
  preparePages(): void;
  stop(reason: string): Promise<void>;
}

function announce(configuration: Configuration, server: Server, log: Log): void {
  const { hosts, dataDirectory, listeners, firstLogin } = server;
  const version = readVersion();
  // Since the start of the process: what a person waited for.
  const startedMs = performance.now();
  const { format } = configuration.log;
  if (format === "json" || (format === "auto" && readByJournald())) {
    log.info("ready", { version, hosts, dataDirectory, listeners, startedMs: Math.round(startedMs) });
    // The link itself is a secret, and a log is read by many.
    if (firstLogin !== undefined) log.info("nobody administers the server: tercetctl setup_link");
    return;
  }
  const ready = {
    version,
    hosts,
    dataDirectory,
    listeners,
    firstLogin,
    startedMs,
    configurationFile: configuration.file,
  };
  process.stdout.write(banner(ready, resolve(import.meta.dirname, "../../bin")));
}

/** From now on signals and exceptions that nobody caught end the server in order. Says whether there was any of the latter. */
function guard(server: Server, log: Log): () => boolean {
  let uncaught = false;
  let asked = false;
  const terminal = isatty(1);
  process.on("SIGHUP", () => {
    // A terminal that has gone is none any more: then nobody is there who could have meant the other thing.
    if (terminal && !isatty(1)) void server.stop("SIGHUP");
    // The log says what was wrong.
    else server.configuration.reload().catch(() => {});
  });
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      // Whoever presses Ctrl-C twice does not want to wait.
      if (asked && signal === "SIGINT") process.exit(1);
      asked = true;
      void server.stop(signal);
    });
  }
  const caught = (error: unknown): void => {
    uncaught = true;
    log.error("uncaught", { error });
    void server.stop("something uncaught");
  };
  process.on("uncaughtException", caught);
  // What was thrown in the middle of something may have left it half done; a promise that nobody waits for has ended what it was to do.
  process.on("unhandledRejection", (error) =>
    log.error("something failed that nobody waited for", { error }),
  );
  return () => uncaught;
}

process.exitCode = await main(process.argv.slice(2));
