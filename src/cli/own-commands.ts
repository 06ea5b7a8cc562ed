import { spawn } from "node:child_process";
import { mkdirSync, openSync } from "node:fs";
import { join, resolve } from "node:path";
import { completion } from "./completion.ts";
import { call, type Output } from "./control-client.ts";

export interface OwnCall {
  readonly words: readonly string[];
  readonly data?: string;
  readonly config?: string;
}

/** As ejabberdctl's script: 30 looks, 2 s apart; ours come more often. */
const PATIENCE = 60_000;
const LOOK = 200;
/** What `start` writes beside the data, since nobody reads its standard output. */
const LOG = "tercet.log";

/** What `tercetctl` does itself, without the server: the commands of ejabberdctl's script, and completion. The exit code. */
export async function ownCommand(
  line: OwnCall,
  directories: readonly string[],
  output: Output,
): Promise<number> {
  const [name, ...args] = line.words;
  const expected = name === "completion" ? 1 : 0;
  if (args.length !== expected) {
    output.err(`tercetctl: ${name} takes ${expected === 1 ? "the name of a shell" : "no arguments"}.\n`);
    return 2;
  }
  switch (name) {
    case "started":
      return (await waitUntil(directories, true)) ? 0 : 1;
    case "stopped":
      return (await waitUntil(directories, false)) ? 0 : 1;
    case "completion":
      return printCompletion(args[0]!, output);
    case "start":
      return start(line, directories, output);
    default:
      return foreground(line);
  }
}

function printCompletion(shell: string, output: Output): number {
  const text = completion(shell);
  if (text === undefined) {
    output.err(`tercetctl: there is completion for bash, zsh and fish, not for '${shell}'.\n`);
    return 2;
  }
  output.out(text);
  return 0;
}

async function runs(directories: readonly string[]): Promise<boolean> {
  const silent = { out() {}, err() {} };
  const request = { words: ["status"], json: false, terminal: false, asked: true };
  for (const directory of directories) {
    const reply = await call(directory, request, silent);
    if (reply.kind === "done" && reply.exit === 0) return true;
  }
  return false;
}

async function waitUntil(directories: readonly string[], running: boolean): Promise<boolean> {
  const end = performance.now() + PATIENCE;
  while ((await runs(directories)) !== running) {
    if (performance.now() > end) return false;
    await new Promise((done) => setTimeout(done, LOOK));
  }
  return true;
}

function program({ data, config }: OwnCall): readonly [string, readonly string[]] {
  const options = [
    ...(data === undefined ? [] : ["--data", resolve(data)]),
    ...(config === undefined ? [] : ["--config", resolve(config)]),
  ];
  return [resolve(import.meta.dirname, "../../bin/tercet"), ["start", ...options]];
}

/** In the background; returns at once, as ejabberdctl does. */
async function start(line: OwnCall, directories: readonly string[], output: Output): Promise<number> {
  const base = process.cwd();
  const [command, args] = program(line);
  const [directory = base] = directories;
  if (await runs(directories)) {
    output.err("tercetctl: the server runs already.\n");
    return 4;
  }
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const log = openSync(join(directory, LOG), "a", 0o600);
  spawn(command, args, { cwd: base, detached: true, stdio: ["ignore", log, log] }).unref();
  return 0;
}

function foreground(line: OwnCall): Promise<number> {
  const [command, args] = program(line);
  const child = spawn(command, args, { stdio: "inherit" });
  // The terminal sends SIGINT to both; whoever sends SIGTERM means the server.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  return new Promise((done) => child.on("close", (code) => done(code ?? 1)));
}
