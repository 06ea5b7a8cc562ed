import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { extname, join } from "node:path";
import type { WebFile, WebFiles, WebPages } from "../admin/web/web-files.ts";
import type { Log } from "../base/log.ts";
import { sourcesHash } from "./web-sources.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Of what a build that failed has said. */
const LONGEST_REASON = 4000;

export interface BuiltPagesOptions {
  /** The folder `web/` of the program. */
  readonly folder: string;
  readonly log: Log;
}

/**
 * The web admin's files. A package has them; in a clone a process of low priority builds them when their sources have changed. Nothing is read
 * or built before somebody asks, or `prepare` is called.
 */
export class BuiltPages implements WebPages {
  readonly #folder: string;
  readonly #log: Log;
  #files: WebFiles | undefined = undefined;
  #child: ChildProcess | undefined = undefined;
  #closed = false;

  constructor({ folder, log }: BuiltPagesOptions) {
    this.#folder = folder;
    this.#log = log;
  }

  files(): WebFiles {
    this.#files ??= this.#begin();
    return this.#files;
  }

  /** So that nobody has to wait for them. */
  prepare(): void {
    if (!this.#closed) this.files();
  }

  close(): void {
    this.#closed = true;
    this.#child?.kill();
  }

  #begin(): WebFiles {
    const hash = sourcesHash(this.#folder);
    // A package has no sources, and what was built of them under this name.
    const built = join(this.#folder, "dist", hash ?? "package");
    const found = readBuilt(built);
    if (found !== undefined) return found;
    if (hash === undefined)
      return { state: "failed", reason: "The files of the web admin are missing here." };
    this.#build(built);
    return { state: "building" };
  }

  #build(built: string): void {
    const script = join(this.#folder, "build.ts");
    const child = spawn(process.execPath, [script, built], { stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    // Whoever chats at this moment does not notice.
    if (child.pid !== undefined) lowerPriority(child.pid);
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        said = (said + text).slice(-LONGEST_REASON);
      });
    const end = (reason: string | undefined): void => {
      if (this.#closed || this.#files?.state !== "building") return;
      const files = reason === undefined ? readBuilt(built) : undefined;
      this.#files = files ?? { state: "failed", reason: reason ?? "The build left nothing behind." };
      if (this.#files.state === "failed")
        this.#log.warn("the web admin could not be built", { reason: this.#files.reason });
      else this.#log.info("the web admin is built");
    };
    child.on("error", (error) => end(error.message));
    child.on("close", (code) => end(code === 0 ? undefined : said.trim() || `The build ended with ${code}.`));
  }
}

function lowerPriority(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended already.
  }
}

/** undefined where there is no such build. */
function readBuilt(folder: string): WebFiles | undefined {
  try {
    const page = readFile(join(folder, "index.html"));
    const names = readdirSync(join(folder, "assets"));
    const assets = new Map(names.map((name) => [name, readFile(join(folder, "assets", name))]));
    return { state: "built", page, assets };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    return { state: "failed", reason: (error as Error).message };
  }
}

function readFile(path: string): WebFile {
  return { type: TYPES[extname(path)] ?? "application/octet-stream", body: readFileSync(path) };
}
