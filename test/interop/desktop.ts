import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { until } from "./poll.ts";
import type { Started, Workspace } from "./workspace.ts";

const run = promisify(execFile);

/** A screen nobody sees, with a window manager, for clients with windows: keys and clicks go in, pictures come out. */
export class Desktop {
  readonly #environment: NodeJS.ProcessEnv;
  readonly #workspace: Workspace;
  readonly #pictures: string;

  private constructor(workspace: Workspace, environment: NodeJS.ProcessEnv, pictures: string) {
    this.#workspace = workspace;
    this.#environment = environment;
    this.#pictures = pictures;
  }

  /** Pictures go to this directory, numbered by the order that their names give. */
  static async start(workspace: Workspace, pictures: string): Promise<Desktop> {
    // -displayfd: the X server takes a free display and says which.
    const screen = workspace.spawn(
      "Xvfb",
      ["-displayfd", "3", "-screen", "0", "1024x768x24", "-nolisten", "tcp"],
      {
        stdio: ["ignore", "pipe", "pipe", "pipe"],
      },
    );
    const [display] = (await once(screen.child.stdio[3] as Readable, "data")) as [Buffer];
    for (const folder of ["run", "config", "share", "cache"])
      mkdirSync(workspace.path(folder), { mode: 0o700 });
    mkdirSync(pictures, { recursive: true });
    const environment = {
      PATH: process.env.PATH,
      DISPLAY: `:${String(display).trim()}`,
      HOME: workspace.directory,
      XDG_RUNTIME_DIR: workspace.path("run"),
      XDG_CONFIG_HOME: workspace.path("config"),
      XDG_DATA_HOME: workspace.path("share"),
      XDG_CACHE_HOME: workspace.path("cache"),
      LANG: "C.UTF-8",
      LC_ALL: "C.UTF-8",
      TZ: "UTC",
    };
    const desktop = new Desktop(workspace, environment, pictures);
    desktop.spawn("openbox", ["--sm-disable"]);
    await until(
      "window manager",
      () =>
        desktop.#xdotool("get_desktop").then(
          () => true,
          () => false,
        ),
      10_000,
      100,
    );
    return desktop;
  }

  spawn(command: string, args: readonly string[]): Started {
    return this.#workspace.spawn(command, args, { env: this.#environment });
  }

  /** Waits for a window by its title, gives it the keys and returns its number. */
  async window(title: string, milliseconds = 20_000): Promise<string> {
    let found = "";
    await until(
      `window "${title}"`,
      async () => {
        found = (await this.#windows(title))[0] ?? "";
        if (found === "") return false;
        await this.#xdotool("windowactivate", found).catch(() => "");
        return (await this.#xdotool("getactivewindow").catch(() => "")).trim() === found;
      },
      milliseconds,
      100,
    );
    return found;
  }

  async gone(title: string): Promise<void> {
    await until(
      `end of the window "${title}"`,
      async () => (await this.#windows(title)).length === 0,
      10_000,
      100,
    );
  }

  async keys(...names: readonly string[]): Promise<void> {
    for (const name of names) await this.#xdotool("key", "--clearmodifiers", "--delay", "30", name);
  }

  /** Characters of a plain keyboard. */
  async type(text: string): Promise<void> {
    await this.#xdotool("type", "--clearmodifiers", "--delay", "15", "--", text);
  }

  /** Any text, by way of the clipboard. */
  async paste(text: string): Promise<void> {
    // Serves the selection until the next one takes it; the workspace ends the last.
    const clipboard = this.spawn("xclip", ["-quiet", "-selection", "clipboard", "-in"]);
    clipboard.child.stdin?.end(text);
    const holds = async (): Promise<boolean> => {
      const { stdout } = await run("xclip", ["-selection", "clipboard", "-out"], {
        env: this.#environment,
      }).catch(() => ({
        stdout: "",
      }));
      return stdout === text;
    };
    await until("text in the clipboard", holds, 10_000, 50);
    await this.keys("ctrl+v");
  }

  /** Waits until the window looks the same for more than half a second. */
  async settled(window: string): Promise<void> {
    const looks: string[] = [];
    const same = async (): Promise<boolean> => {
      const { stdout } = await run("import", ["-window", window, "rgb:-"], {
        env: this.#environment,
        encoding: "buffer",
        maxBuffer: 32 * 1024 * 1024,
      });
      looks.push(createHash("sha256").update(stdout).digest("hex"));
      return looks.length >= 4 && new Set(looks.slice(-4)).size === 1;
    };
    await until("rest in the window", same, 20_000, 200);
  }

  /** A click at a distance from the left and the lower edge of a window. */
  async clickFromBottom(window: string, left: number, up: number): Promise<void> {
    const geometry = await this.#xdotool("getwindowgeometry", "--shell", window);
    const height = Number(/HEIGHT=(\d+)/.exec(geometry)?.[1]);
    await this.#xdotool("mousemove", "--window", window, String(left), String(height - up), "click", "1");
  }

  /** Clicks there and waits for the menu that opens; a menu is a window without a title. */
  async openMenu(window: string, left: number, up: number): Promise<void> {
    const count = async (): Promise<number> => (await this.#search("--class", ".")).length;
    const before = await count();
    await this.clickFromBottom(window, left, up);
    await until("menu", async () => (await count()) > before, 10_000, 50);
  }

  /** The titles of the windows that are there, for messages. */
  async titles(): Promise<string> {
    const windows = await this.#windows("");
    const titles = await Promise.all(
      windows.map((each) => this.#xdotool("getwindowname", each).catch(() => "")),
    );
    return titles.map((title) => `"${title.trim()}"`).join(", ");
  }

  async picture(name: string): Promise<void> {
    await run("import", ["-window", "root", `${this.#pictures}/${name}.png`], { env: this.#environment });
  }

  #windows(title: string): Promise<string[]> {
    return this.#search("--name", title === "" ? "." : `^${title}$`);
  }

  async #search(...what: readonly string[]): Promise<string[]> {
    // xdotool fails where it finds nothing.
    const output = await this.#xdotool("search", "--onlyvisible", ...what).catch(() => "");
    return output.split("\n").filter((line) => line !== "");
  }

  async #xdotool(...args: string[]): Promise<string> {
    return (await run("xdotool", args, { env: this.#environment, timeout: 10_000 })).stdout;
  }
}
