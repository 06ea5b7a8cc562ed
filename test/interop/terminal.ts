import { execFile, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { until } from "./poll.ts";
import type { Workspace } from "./workspace.ts";

const run = promisify(execFile);
const columns = 150;

/** A program on a terminal of its own: keys go in, the screen is read back. The terminal is a tmux server of this test alone. */
export class Terminal {
  readonly #tmux: readonly string[];
  #closed = false;

  private constructor(tmux: readonly string[]) {
    this.#tmux = tmux;
  }

  /** One at a time in a workspace; the files of the program that ran before are there. */
  static async start(
    workspace: Workspace,
    command: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Terminal> {
    const settings = ["set -g remain-on-exit on", "set -sg escape-time 0", "set -g history-limit 5000"];
    const file = workspace.write("tmux.conf", `${settings.join("\n")}\n`);
    // A socket of its own: the server of the terminal before may still be on its way out.
    const socket = workspace.path(`tmux-${randomBytes(3).toString("hex")}`);
    const terminal = new Terminal(["-S", socket, "-f", file]);
    const values = {
      HOME: workspace.directory,
      XDG_CONFIG_HOME: workspace.path("config"),
      XDG_DATA_HOME: workspace.path("share"),
      XDG_CACHE_HOME: workspace.path("cache"),
      LANG: "C.UTF-8",
      LC_ALL: "C.UTF-8",
      TZ: "UTC",
      PATH: process.env.PATH ?? "",
      TERM: "screen-256color",
      ...environment,
    };
    const assignments = Object.entries(values).map(([name, value]) => `${name}=${value}`);
    const size = ["-x", String(columns), "-y", "45"];
    workspace.atEnd(() => terminal.close());
    workspace.atExit(() => spawnSync("tmux", [...terminal.#tmux, "kill-server"]));
    await terminal.#run(
      "-u",
      "new-session",
      "-d",
      ...size,
      "-c",
      workspace.directory,
      "env",
      "-i",
      ...assignments,
      ...command,
    );
    return terminal;
  }

  /** Types a line and Enter. */
  async line(text: string): Promise<void> {
    await this.type(text);
    await this.key("Enter");
  }

  async type(text: string): Promise<void> {
    // A semicolon at the end of an argument would end tmux's own command.
    await this.#run("send-keys", "-l", "--", text.replace(/;$/, "\\;"));
  }

  /** A key by tmux's name for it, as `Enter`, `C-x`, `M-j`. */
  async key(name: string): Promise<void> {
    await this.#run("send-keys", name);
  }

  /** The text on the screen, line by line, without trailing blanks. */
  screen(): Promise<string> {
    return this.#run("capture-pane", "-p");
  }

  /** Waits until the screen shows it. @throws Error with the screen as it is at the end of the time */
  async shows(what: string | RegExp, milliseconds = 20_000): Promise<string> {
    let screen = "";
    try {
      await until(
        String(what),
        async () => {
          screen = await this.screen();
          return typeof what === "string" ? screen.includes(what) : what.test(screen);
        },
        milliseconds,
        50,
      );
    } catch (error) {
      throw new Error(
        `${error instanceof Error ? error.message : error} on the screen:\n${screen.trimEnd()}`,
      );
    }
    return screen;
  }

  async exited(milliseconds = 10_000): Promise<void> {
    const isDead = async (): Promise<boolean> =>
      (await this.#run("display-message", "-p", "#{pane_dead}")).trim() === "1";
    await until("end of the program", isDead, milliseconds, 50).catch(async (error: unknown) => {
      throw new Error(`${error} on the screen:\n${await this.screen()}`);
    });
  }

  async #run(...args: string[]): Promise<string> {
    return (await run("tmux", [...this.#tmux, ...args])).stdout;
  }

  /** Ends the terminal, and the program with it when it still runs. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const pid = Number(await this.#run("display-message", "-p", "#{pane_pid}"));
    await this.#run("kill-server").catch(() => undefined);
    await until("end of the program on the terminal", () => !exists(pid), 5000).catch(() =>
      process.kill(pid, "SIGKILL"),
    );
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
