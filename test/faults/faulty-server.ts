import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { callControl } from "../support/control.ts";
import { type Ended, makeDirectory, Program, type ServerProcess, startProcess } from "../support/process.ts";
import { PlainClient } from "./plain-client.ts";

/** What a server of these tests is told: clients without TLS, and no limit on how fast they come and how much waits. `client` is more of `limits.client`. */
const configuration = (client: string): string => `allow_unencrypted_loopback: true
limits:
  new_connections_at_once: 10000
  new_connections_per_second: 10000
  connections_per_address: 10000
  before_login: {connections_per_address: 10000}
  client: {rate: 100 MB, burst: 100 MB, pending_messages: 100000${client && `, ${client}`}}
`;

/** A server as a process on a directory of its own, which a test stops, kills and starts again. */
export class FaultyServer {
  readonly directory: string;
  readonly data: string;
  #process: ServerProcess | undefined;

  private constructor(directory: string, data: string) {
    this.directory = directory;
    this.data = data;
  }

  /** `data` is where its data lies unless that is the directory's own. */
  static make(more = "", data?: string, client = ""): FaultyServer {
    const directory = makeDirectory(`${configuration(client)}${more}`);
    if (data !== undefined) mkdirSync(data, { recursive: true });
    return new FaultyServer(directory, data ?? join(directory, "data"));
  }

  get process(): ServerProcess {
    if (this.#process === undefined) throw new Error("the server does not run");
    return this.#process;
  }

  get pid(): number {
    return this.process.program.child.pid!;
  }

  /** Everything that it has printed since its start. */
  get out(): string {
    return this.process.program.out;
  }

  async start(variables?: NodeJS.ProcessEnv): Promise<this> {
    this.#process = await startProcess(this.directory, variables, ["--data", this.data]);
    return this;
  }

  /** A start that is refused: what it prints, and its exit code. */
  async refusal(): Promise<Ended> {
    const words = ["start", "--config", join(this.directory, "tercet.yml"), "--data", this.data];
    const program = new Program("tercet", words);
    const started = await program.says(/ is ready in /).catch(() => undefined);
    if (started !== undefined) {
      program.kill("SIGKILL");
      throw new Error(`it starts: ${program.out}`);
    }
    return program.ended;
  }

  async register(...users: readonly string[]): Promise<void> {
    for (const user of users) {
      const { exit, out } = await this.command("register", user, "h.test", "secret");
      if (exit !== 0) throw new Error(out);
    }
  }

  /** As tercetctl, without the time that a process takes to start. */
  command(...words: readonly string[]): Promise<{ readonly out: string; readonly exit: number }> {
    return callControl(this.data, words);
  }

  login(user: string, resource?: string): Promise<PlainClient> {
    return PlainClient.login(this.process.port, user, resource);
  }

  /** Resolves with the exit code, null after a kill. */
  async end(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    const { program } = this.process;
    program.kill(signal);
    const { code } = await program.ended;
    this.#process = undefined;
    return code;
  }

  /** At the end of a test: nothing is left running, nothing is left on the disk. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process !== undefined) await this.end("SIGKILL");
    rmSync(this.directory, { recursive: true, force: true });
  }
}
