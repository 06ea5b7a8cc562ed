import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = new URL("../..", import.meta.url).pathname;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
}

/** A command of this project in a process of its own, as a user runs it. */
export class Program {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Standard output and standard error as they came. */
  out = "";
  #wake: () => void = () => {};

  constructor(
    name: "tercet" | "tercetctl" | "ejabberdctl",
    args: readonly string[],
    input?: string,
    variables: NodeJS.ProcessEnv = {},
  ) {
    const env = { ...process.env, ...variables };
    this.child = spawn(join(ROOT, "bin", name), args, { stdio: ["pipe", "pipe", "pipe"], env });
    this.child.stdin?.end(input ?? "");
    const { promise, resolve } = Promise.withResolvers<Ended>();
    this.ended = promise;
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.out += text;
        this.#wake();
      });
    }
    this.child.on("close", (code, signal) => {
      resolve({ code, signal, out: this.out });
      this.#wake();
    });
  }

  /** Resolves with the match once the output has it; rejects when the program ends before. */
  async says(pattern: RegExp): Promise<RegExpMatchArray> {
    for (;;) {
      const found = pattern.exec(this.out);
      if (found !== null) return found;
      if (this.child.exitCode !== null) throw new Error(`ended with ${this.child.exitCode}: ${this.out}`);
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}

/** Runs a command to its end. */
export function run(
  name: "tercet" | "tercetctl" | "ejabberdctl",
  ...args: readonly string[]
): Promise<Ended> {
  return new Program(name, args).ended;
}

export interface ServerProcess {
  readonly program: Program;
  readonly directory: string;
  readonly port: number;
  readonly tlsPort: number;
  readonly host: string;
}

/** A data directory with a configuration on free loopback ports. */
export function makeDirectory(more = ""): string {
  const directory = mkdtempSync(join(tmpdir(), "tercet-process-"));
  const listen = "listen: {addresses: [127.0.0.1], client: 0, client_tls: 0, http: 0}";
  writeFileSync(join(directory, "tercet.yml"), `hosts: [h.test]\ndata: data\n${listen}\n${more}\n`);
  return directory;
}

/** `tercet start` on such a directory, with more arguments; resolves when it is ready. */
export async function startProcess(
  directory: string,
  variables?: NodeJS.ProcessEnv,
  more: readonly string[] = [],
): Promise<ServerProcess> {
  const args = ["start", "--config", join(directory, "tercet.yml"), ...more];
  const program = new Program("tercet", args, undefined, variables);
  const [, port, tlsPort] = await program.says(/:(\d+) \(STARTTLS\).*:(\d+) \(TLS\)/);
  return { program, directory, port: Number(port), tlsPort: Number(tlsPort), host: "h.test" };
}
