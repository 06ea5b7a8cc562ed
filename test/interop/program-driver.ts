import { until } from "./poll.ts";
import type { Driver, Show } from "./scenario.ts";
import type { Started, Workspace } from "./workspace.ts";

/** What a program reports: an answer to a command, or something that happened. */
interface Report {
  readonly done?: string;
  readonly failed?: string;
  readonly why?: string;
  readonly seen?: string;
  readonly event?: string;
  readonly from?: string;
  readonly body?: string;
  readonly show?: string;
  readonly status?: string;
}

/**
 * A client library inside a small program that reads a command a line on standard input, as JSON `{"do": …}`, and writes a
 * report a line on standard output: `{"done": command, "seen": …}`, `{"failed": command, "why": …}`, or an event.
 */
export class ProgramDriver implements Driver {
  readonly #started: Started;

  constructor(
    workspace: Workspace,
    command: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ) {
    this.#started = workspace.spawn(command, args, { env: { ...process.env, ...environment } });
  }

  async login(): Promise<string> {
    return (await this.command("login")).seen ?? "";
  }

  async say(to: string, body: string): Promise<void> {
    await this.command("say", { to, body });
  }

  async shows(from: string, body: string): Promise<void> {
    await this.#reported(
      `the message "${body}"`,
      (report) => report.event === "message" && report.body === body && report.from?.split("/")[0] === from,
    );
  }

  async add(jid: string): Promise<void> {
    await this.command("add", { jid });
  }

  async approve(jid: string): Promise<void> {
    const asks = (report: Report): boolean => report.event === "asked" && report.from === jid;
    await this.#reported(`the request of ${jid}`, asks);
    await this.command("approve", { jid });
  }

  async showsPresence(jid: string, show: Show, status: string): Promise<void> {
    await this.#reported(
      `the presence of ${jid}`,
      (report) =>
        report.event === "presence" &&
        report.from?.split("/")[0] === jid &&
        report.show === show &&
        report.status === status,
    );
  }

  async setPresence(show: Show, status: string): Promise<void> {
    await this.command("presence", { show, status });
  }

  async changePassword(password: string): Promise<void> {
    await this.command("password", { password });
  }

  async quit(): Promise<void> {
    await this.command("quit");
    this.#started.child.stdin?.end();
    await until("end of the program", () => this.#started.child.exitCode !== null, 10_000);
  }

  async command(name: string, values: Record<string, string> = {}): Promise<Report> {
    this.#started.child.stdin?.write(`${JSON.stringify({ do: name, ...values })}\n`);
    const answer = await this.#reported(`answer to ${name}`, (it) => it.done === name || it.failed === name);
    if (answer.failed !== undefined) throw new Error(`${name} failed: ${answer.why}\n${this.#tail()}`);
    return answer;
  }

  async #reported(what: string, fits: (report: Report) => boolean): Promise<Report> {
    let found: Report | undefined;
    try {
      await until(
        what,
        () => {
          found = this.#reports().find(fits);
          if (found === undefined && this.#started.child.exitCode !== null)
            throw new Error("the program ended");
          return found !== undefined;
        },
        20_000,
      );
    } catch (error) {
      throw new Error(`${String(error)}\n${this.#tail()}`);
    }
    return found as Report;
  }

  #reports(): Report[] {
    const lines = this.#started.output().split("\n").slice(0, -1);
    return lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as Report);
  }

  #tail(): string {
    return this.#started.output().slice(-3000);
  }
}

/** For libraries that can create the account on the stream they then log in on. */
export class RegisteringProgram extends ProgramDriver {
  async register(): Promise<string> {
    return (await this.command("register")).seen ?? "";
  }
}
