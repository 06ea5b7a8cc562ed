import type { Socket } from "node:net";
import type { Log } from "../base/log.ts";
import type { World } from "../base/world.ts";
import type { HttpSocket } from "../kernel/http.ts";
import type { Admitted } from "./admission.ts";
import type { TlsContexts } from "./tls-contexts.ts";
import { TlsHandshake } from "./tls-handshake.ts";

/** The one ALPN name, in wire form (RFC 7301 §3.1): a client that wants to speak something else gets an alert. */
const ALPN: Buffer = Buffer.from("\x08http/1.1");

export interface HandOverOptions {
  readonly world: World;
  readonly log: Log;
  readonly tls: "direct" | "starttls";
  readonly contexts: TlsContexts;
  readonly handshakeTimeout: number;
  readonly handshake?: (done: boolean) => void;
  readonly hand: (socket: HttpSocket) => void;
}

/** Gives a socket to whoever reads it themselves; of TLS only those whose handshake succeeded. */
export function handOver(raw: Socket, address: string, admitted: Admitted, options: HandOverOptions): void {
  raw.on("error", ignore);
  const place = { address, authenticated: () => admitted.authenticated() };
  if (options.tls !== "direct") {
    raw.on("close", () => admitted.leave());
    options.hand({ ...place, stream: raw, tls: false });
    return;
  }
  const { socket } = new TlsHandshake(raw, options.contexts.current, "", ALPN);
  const cancel = options.world.after(options.handshakeTimeout, () => socket.destroy());
  const failed = (error: Error): void => {
    options.log.debug("TLS handshake failed", { address, error });
    socket.destroy();
  };
  // Errors of TLS itself reach "error" only on sockets that a tls.Server has made.
  socket.on("_tlsError", failed).on("error", failed);
  let done = false;
  socket.on("close", () => {
    cancel();
    admitted.leave();
    if (!done) options.handshake?.(false);
  });
  socket.once("secure", () => {
    cancel();
    done = true;
    options.handshake?.(true);
    options.hand({ ...place, stream: socket, tls: true });
  });
}

function ignore(): void {}
