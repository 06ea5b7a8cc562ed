import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { type ConnectionOptions, type TLSSocket, connect as tlsConnect } from "node:tls";
import type { Log } from "../../src/base/log.ts";
import type { Connection, ConnectionHandler } from "../../src/kernel/connection.ts";
import { Admission, type ConnectionLimits, DEFAULT_LIMITS } from "../../src/net/admission.ts";
import { Listener } from "../../src/net/listener.ts";
import { TlsContexts } from "../../src/net/tls-contexts.ts";
import { silentLog } from "./silent-log.ts";
import { SteppedWorld } from "./stepped-world.ts";

/** Everything that a connection reported, and promises for what it will. */
export class Recorder implements ConnectionHandler {
  readonly events: string[] = [];
  received = "";
  chunks = 0;
  error: Error | undefined;
  onBytes: ((connection: Connection, chunk: Buffer) => void) | undefined;
  #changed: (() => void)[] = [];

  bytes(connection: Connection, chunk: Buffer): void {
    this.events.push("bytes");
    this.chunks++;
    this.received += chunk.toString();
    this.onBytes?.(connection, chunk);
    this.#change();
  }

  secured(): void {
    this.events.push("secured");
    this.#change();
  }

  drained(): void {
    this.events.push("drained");
    this.#change();
  }

  closed(_connection: Connection, error: Error | undefined): void {
    this.events.push("closed");
    this.error = error;
    this.#change();
  }

  /** Resolves when the condition holds; the test's own timeout ends it otherwise. */
  async until(condition: (recorder: this) => boolean): Promise<void> {
    while (!condition(this)) await new Promise<void>((resolve) => this.#changed.push(resolve));
  }

  has(event: string): Promise<void> {
    return this.until(({ events }) => events.includes(event));
  }

  #change(): void {
    const waiting = this.#changed;
    this.#changed = [];
    for (const resolve of waiting) resolve();
  }
}

export interface Listening {
  readonly world: SteppedWorld;
  readonly listener: Listener;
  readonly contexts: TlsContexts;
  readonly admission: Admission;
  readonly port: number;
  /** The next connection that the listener accepts, with its recorder. */
  accepted(): Promise<{ connection: Connection; recorder: Recorder }>;
  /** Connections accepted so far. */
  readonly count: number;
  /** With `allowHalfOpen` it does not answer the server's end by its own. */
  plain(options?: { readonly allowHalfOpen: boolean }): Promise<Socket>;
  /** Resolves after the handshake. */
  tls(options?: ConnectionOptions): Promise<TLSSocket>;
}

export interface ListeningOptions {
  readonly tls?: "direct" | "starttls";
  readonly hosts?: readonly string[];
  readonly files?: readonly string[];
  readonly limits?: Partial<ConnectionLimits>;
  readonly log?: Log;
  readonly onBytes?: (connection: Connection, chunk: Buffer) => void;
}

export function temporaryDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), "tercet-net-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A listener on a free loopback port; it and all its connections end with the test. */
export async function listening(t: TestContext, options: ListeningOptions = {}): Promise<Listening> {
  const world = new SteppedWorld();
  const log = options.log ?? silentLog();
  const directory = temporaryDirectory(t);
  const { hosts = ["example.org"], files = [] } = options;
  const contexts = await TlsContexts.open({ world, log, hosts, files, directory });
  const admission = new Admission(world, log, { ...DEFAULT_LIMITS, ...options.limits });
  const ready: { connection: Connection; recorder: Recorder }[] = [];
  const waiting: ((one: { connection: Connection; recorder: Recorder }) => void)[] = [];
  const ends: (() => void)[] = [];
  let count = 0;
  const listener = await Listener.open({
    world,
    log,
    address: "127.0.0.1",
    port: 0,
    tls: options.tls ?? "starttls",
    contexts,
    handshakeTimeout: 15_000,
    limits: admission,
    accept(connection) {
      count++;
      const recorder = new Recorder();
      recorder.onBytes = options.onBytes;
      connection.handler = recorder;
      ends.push(() => connection.destroy());
      const one = { connection, recorder };
      const next = waiting.shift();
      if (next === undefined) ready.push(one);
      else next(one);
    },
  });
  const keep = <S extends Socket>(socket: S): S => {
    socket.on("error", () => {});
    ends.push(() => socket.destroy());
    return socket;
  };
  t.after(async () => {
    for (const end of ends) end();
    await listener.close();
    contexts.close();
  });
  const { port } = listener;
  return {
    world,
    listener,
    contexts,
    admission,
    port,
    get count() {
      return count;
    },
    accepted() {
      const one = ready.shift();
      return one ? Promise.resolve(one) : new Promise((resolve) => waiting.push(resolve));
    },
    plain: (plainOptions) =>
      new Promise((resolve, reject) => {
        const socket = keep(connect({ port, host: "127.0.0.1", ...plainOptions }));
        socket.once("error", reject).once("connect", () => resolve(socket));
      }),
    tls: (tlsOptions) =>
      new Promise((resolve, reject) => {
        const socket = keep(
          tlsConnect({ port, host: "127.0.0.1", rejectUnauthorized: false, ...tlsOptions }),
        );
        socket.once("error", reject).once("secureConnect", () => resolve(socket));
      }),
  };
}

/** The client's side of STARTTLS, after `<proceed/>`. */
export function upgrade(socket: Socket, options: ConnectionOptions = {}): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const secure = tlsConnect({ socket, rejectUnauthorized: false, ...options });
    secure.once("secureConnect", () => resolve(secure)).once("error", reject);
    secure.on("error", () => {});
  });
}

/** What the socket receives until it has seen `text` or ended. */
export function receive(socket: Socket, text: string): Promise<string> {
  return new Promise((resolve) => {
    let received = "";
    const data = (chunk: Buffer): void => {
      received += chunk.toString();
      if (text !== "" && received.includes(text)) done();
    };
    const done = (): void => {
      socket.removeListener("data", data).removeListener("end", done).removeListener("close", done);
      resolve(received);
    };
    socket.on("data", data).once("end", done).once("close", done);
  });
}
