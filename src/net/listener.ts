import { createServer, isIP, type Server, type Socket } from "node:net";
import type { Log } from "../base/log.ts";
import type { World } from "../base/world.ts";
import type { Connection } from "../kernel/connection.ts";
import type { HttpSocket } from "../kernel/http.ts";
import type { Admission } from "./admission.ts";
import { handOver } from "./hand-over.ts";
import { ListenError } from "./listen-error.ts";
import { Loop } from "./loop.ts";
import { type Origin, TcpConnection } from "./tcp-connection.ts";
import type { TlsContexts } from "./tls-contexts.ts";

/** Connections that the kernel keeps ready for us. */
const BACKLOG = 4096;
/** The one ALPN name of direct TLS (XEP-0368 §3), in wire form (RFC 7301 §3.1). */
const ALPN: Buffer = Buffer.from("\x0bxmpp-client");
/** Milliseconds of silence before the kernel asks whether the peer is still there. */
const KEEP_ALIVE = 120_000;

export interface ListenOptions {
  readonly world: World;
  readonly log: Log;
  /** An IPv4 or IPv6 address; `::` takes IPv4 too, unless `ipv6Only`. */
  readonly address: string;
  /** 0: a free one. */
  readonly port: number;
  readonly ipv6Only?: boolean;
  /** `direct`: TLS from the first byte, with ALPN (XEP-0368). `starttls`: in the clear until the handler calls `startTls`. */
  readonly tls: "direct" | "starttls";
  readonly contexts: TlsContexts;
  /** Milliseconds that a TLS handshake may take. */
  readonly handshakeTimeout: number;
  /** Told of each TLS handshake whether it was done. */
  readonly handshake?: (done: boolean) => void;
  /** Shared by all listeners whose connections count together. */
  readonly limits: Admission;
  /**
   * Gets every connection that is within the limits and sets its handler; of direct TLS only those whose handshake succeeded, and `secured` follows at once.
   */
  accept(connection: Connection): void;
  /**
   * For HTTP, in place of `accept`: gets the socket itself, inside TLS when `tls` is `direct` and in the clear otherwise.
   */
  readonly hand?: (socket: HttpSocket) => void;
}

/** A port that is open. */
export class Listener {
  readonly #server: Server;
  readonly port: number;
  readonly address: string;
  #serve: (socket: Socket) => void;
  /** Sockets that nobody has looked at yet; undefined once connections are taken. */
  #held: Socket[] | undefined;

  private constructor(server: Server, options: ListenOptions, hold: boolean) {
    this.#server = server;
    this.#serve = welcomeFor(options);
    this.#held = hold ? [] : undefined;
    server.on("connection", (socket) => {
      if (this.#held === undefined) this.#serve(socket);
      else this.#held.push(socket.on("error", ignore));
    });
    const bound = server.address() as { address: string; port: number };
    this.port = bound.port;
    this.address = bound.address;
  }

  /** With `hold` nobody who connects is spoken to before `begin`. Throws ListenError. */
  static async open(options: ListenOptions, hold = false): Promise<Listener> {
    const { address, port } = options;
    if (isIP(address) === 0) throw new ListenError(address, port, "EINVAL");
    const server = createServer({
      allowHalfOpen: true, // what is queued still leaves after the peer's FIN
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE,
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", (error: NodeJS.ErrnoException) =>
        reject(new ListenError(address, port, error.code ?? error.message)),
      );
      server.listen(
        {
          host: address,
          port,
          backlog: BACKLOG,
          exclusive: true,
          ipv6Only: options.ipv6Only ?? false,
        },
        resolve,
      );
    });
    server.removeAllListeners("error");
    server.on("error", (error) =>
      options.log.error("accepting connections failed", { error, address, port }),
    );
    return new Listener(server, options, hold);
  }

  /** Connections that are made from now on are taken with these options; address and port stay. */
  use(options: Omit<ListenOptions, "address" | "port">): void {
    this.#serve = welcomeFor(options);
  }

  /** The end of `hold`. */
  begin(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const socket of held) if (!socket.destroyed) this.#serve(socket.off("error", ignore));
  }

  /** The port is free again when this resolves. Connections live on; whoever accepted them ends them. */
  async close(): Promise<void> {
    if (this.#server.listening) this.#server.close();
    for (const socket of this.#held?.splice(0) ?? []) socket.destroy();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function originOf(options: Omit<ListenOptions, "address" | "port">): Origin {
  const { world, log, contexts, handshakeTimeout, accept, handshake = ignore } = options;
  return { loop: new Loop(world, log), contexts, alpn: ALPN, handshakeTimeout, handshake, accept };
}

function welcomeFor(options: Omit<ListenOptions, "address" | "port">): (socket: Socket) => void {
  const origin = originOf(options);
  return (socket) => welcome(socket, origin, options);
}

function welcome(socket: Socket, origin: Origin, options: Omit<ListenOptions, "address" | "port">): void {
  const address = plainAddress(socket.remoteAddress);
  const admitted = address === undefined ? undefined : options.limits.admit(address);
  if (address === undefined || admitted === undefined) {
    socket.on("error", ignore);
    socket.destroy();
    return;
  }
  if (options.hand !== undefined) {
    handOver(socket, address, admitted, { ...options, hand: options.hand });
    return;
  }
  const connection = new TcpConnection(origin, socket, address, admitted);
  if (options.tls === "direct") connection.openTls();
  else connection.open();
}

function ignore(): void {}

/** IPv4 that came in over an IPv6 socket as IPv4; undefined when the peer is gone already. */
function plainAddress(address: string | undefined): string | undefined {
  return address?.replace(/^::ffff:(?=\d+\.)/i, "");
}
