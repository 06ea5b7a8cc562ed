import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { until } from "./poll.ts";

export interface Started {
  readonly child: ChildProcess;
  /** Everything written so far to standard output and standard error, in the order of arrival. */
  readonly output: () => string;
  readonly exited: Promise<number | string>;
}

/** A temporary directory and the processes that were started for one test. Disposing ends them, each by its process group. */
export class Workspace implements AsyncDisposable {
  readonly directory: string;
  readonly #started: Started[] = [];
  readonly #atEnd: (() => Promise<void>)[] = [];
  readonly #atExit: (() => void)[] = [];
  // When this process ends before its time, by Ctrl-C say, what it started ends with it.
  readonly #abandon = (): void => {
    for (const action of this.#atExit) action();
    for (const { child } of this.#started) if (isRunning(child)) signalGroup(child, "SIGKILL");
    this.#clear();
  };

  constructor(name: string) {
    this.directory = mkdtempSync(join(tmpdir(), `tercet-interop-${name.replace(/[^a-z0-9]/g, "")}-`));
    process.on("exit", this.#abandon);
  }

  path(...parts: string[]): string {
    return join(this.directory, ...parts);
  }

  /** Writes a file that only its owner reads, since most of them hold a password. */
  write(name: string, content: string): string {
    const path = this.path(name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  }

  spawn(command: string, args: readonly string[], options: SpawnOptions = {}): Started {
    const child = spawn(command, args, {
      stdio: ["pipe", "pipe", "pipe"],
      cwd: this.directory,
      ...options,
      detached: true,
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (chunk: string) => {
        output += chunk;
      });
    }
    child.stdin?.on("error", () => undefined);
    const exited = new Promise<number | string>((resolve) => {
      child.on("error", (error) => {
        output += `${error.message}\n`;
        resolve(error.message);
      });
      child.on("close", (code, signal) => resolve(code ?? signal ?? "unknown"));
    });
    const started = { child, output: () => output, exited };
    this.#started.push(started);
    return started;
  }

  /** Runs a command to its end. @throws Error with its output when it does not exit with 0 within the time */
  async run(
    command: string,
    args: readonly string[],
    {
      input = "",
      milliseconds = 20_000,
      ...options
    }: SpawnOptions & { input?: string; milliseconds?: number } = {},
  ): Promise<string> {
    const started = this.spawn(command, args, options);
    started.child.stdin?.end(input);
    const timer = setTimeout(() => signalGroup(started.child, "SIGKILL"), milliseconds);
    const code = await started.exited;
    clearTimeout(timer);
    if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}:\n${started.output()}`);
    return started.output();
  }

  atEnd(action: () => Promise<void>): void {
    this.#atEnd.push(action);
  }

  /** For what is not a child of this process; nothing asynchronous happens any more then. */
  atExit(action: () => void): void {
    this.#atExit.push(action);
  }

  async end(started: Started, milliseconds = 10_000): Promise<void> {
    if (isRunning(started.child)) signalGroup(started.child, "SIGTERM");
    const ended = (): boolean => !isRunning(started.child);
    await until("end of the process", ended, milliseconds).catch(() => signalGroup(started.child, "SIGKILL"));
    await until("end of the process", ended, milliseconds);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const action of this.#atEnd.reverse()) await action().catch(() => undefined);
    await Promise.all(
      this.#started.filter(({ child }) => isRunning(child)).map((each) => this.end(each, 5000)),
    );
    process.off("exit", this.#abandon);
    this.#clear();
  }

  #clear(): void {
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
}

function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It has ended in the meantime.
  }
}
