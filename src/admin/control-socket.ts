import { lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { World } from "../base/world.ts";
import { owner } from "../kernel/caller.ts";
import type { CommandCalls } from "../kernel/command-calls.ts";
import {
  CONTROL_SOCKET,
  type ControlAnswer,
  type ControlRequest,
  LARGEST_REQUEST,
} from "../kernel/control-protocol.ts";
import { questionFor } from "./questions.ts";
import { run } from "./terminal.ts";

export interface ControlSocketOptions {
  readonly calls: CommandCalls;
  /** The data directory, whose lock this process holds: a socket that lies there is nobody's. */
  readonly directory: string;
  readonly world: World;
}

export interface ControlSocket {
  readonly path: string;
  /** Callers who wait for the end of the server go on. The last thing in a stop. */
  close(): void;
}

const MOST_CALLERS = 64;
/** Milliseconds in which a request has to be there. */
const REQUEST_TIMEOUT = 10_000;
/** Bytes of a socket's path; the smallest limit of the systems that we run on (macOS; Linux has 107). */
const LONGEST_PATH = 103;

/** @throws Error with a sentence when the socket cannot be made */
export async function openControlSocket(options: ControlSocketOptions): Promise<ControlSocket> {
  const directory = resolve(options.directory);
  const path = join(directory, CONTROL_SOCKET);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  clear(path);
  const callers = new Set<Socket>();
  const server = createServer((socket) => {
    callers.add(socket);
    socket.on("close", () => callers.delete(socket));
    serve(options, socket);
  });
  server.maxConnections = MOST_CALLERS;
  await withShortPath(path, directory, (short) => listen(server, short));
  server.on("error", (error) => options.calls.log.error("control socket", { error }));
  return {
    path,
    close() {
      server.close();
      for (const caller of callers) caller.destroySoon();
      rmSync(path, { force: true });
    },
  };
}

function clear(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket())
    throw new Error(`${path} is in the way: the control socket has this name. Move it away.`);
  unlinkSync(path);
}

async function listen(server: Server, path: string): Promise<void> {
  const { promise, resolve: done, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  // The socket is bound within the call, so nothing else in this process is made under this mask.
  const mask = process.umask(0o177);
  try {
    server.listen(path, done);
  } finally {
    process.umask(mask);
  }
  await promise;
  server.off("error", reject);
}

/** A path that is too long for a socket is bound through a link with a short one; the link is needed only for that moment. */
async function withShortPath(
  path: string,
  directory: string,
  bind: (path: string) => Promise<void>,
): Promise<void> {
  if (Buffer.byteLength(path) <= LONGEST_PATH) return bind(path);
  const parent = Buffer.byteLength(tmpdir()) < 64 ? tmpdir() : "/tmp";
  const folder = mkdtempSync(join(parent, "tercet-"));
  try {
    const link = join(folder, "d");
    symlinkSync(directory, link);
    await bind(join(link, CONTROL_SOCKET));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function serve(options: ControlSocketOptions, socket: Socket): void {
  let text = "";
  const cancel = options.world.after(REQUEST_TIMEOUT, () => socket.destroy());
  socket.setEncoding("utf8");
  // A caller who goes away early costs nothing: the command runs on, its answer goes nowhere.
  socket.on("error", () => {});
  socket.on("close", cancel);
  socket.on("data", (chunk: string) => {
    text += chunk;
    const end = text.indexOf("\n");
    if (end < 0 && text.length < LARGEST_REQUEST) return;
    cancel();
    socket.removeAllListeners("data");
    socket.resume();
    const request = end < 0 ? undefined : parseRequest(text.slice(0, end));
    void answer(options, socket, request);
  });
}

function send(socket: Socket, message: ControlAnswer): void {
  socket.write(`${JSON.stringify(message)}\n`);
}

async function answer(
  options: ControlSocketOptions,
  socket: Socket,
  request: ControlRequest | undefined,
): Promise<void> {
  if (request === undefined) {
    send(socket, { out: "Error: this is no request that the server understands.\n", exit: 1 });
    return void socket.end();
  }
  const ask = questionFor(options.calls.registry, request);
  if (ask !== undefined) {
    send(socket, { ask });
    return void socket.end();
  }
  let held = false;
  const printed = await run(options.calls, request, {
    caller: owner,
    directory: request.directory,
    // Who goes away has not said stop: a script that is killed must not leave half of what it began.
    signal: new AbortController().signal,
    progress: (line, goesOn = false) => send(socket, goesOn ? { line, goesOn } : { line }),
    note: (note) => send(socket, { note }),
    waitForEnd() {
      held = true;
    },
  });
  send(socket, printed);
  if (!held) socket.end();
}

function parseRequest(line: string): ControlRequest | undefined {
  try {
    const { words, json, terminal, asked, host, version, directory } = JSON.parse(
      line,
    ) as Partial<ControlRequest>;
    if (!Array.isArray(words) || words.some((word) => typeof word !== "string")) return undefined;
    return {
      words,
      json: json === true,
      terminal: terminal === true,
      asked: asked === true,
      host: typeof host === "string" ? host : undefined,
      version: typeof version === "number" ? version : undefined,
      directory: typeof directory === "string" ? directory : undefined,
    };
  } catch {
    return undefined;
  }
}
