import type { TLSSocket } from "node:tls";
import type { TlsFacts } from "../kernel/connection.ts";

const EXPORTER_LABEL = "EXPORTER-Channel-Binding"; // RFC 9266 §4.1
const EXPORTER_BYTES = 32;

/** The facts of a TLS connection whose handshake is done; asked of OpenSSL when somebody wants them. */
export class SocketTlsFacts implements TlsFacts {
  readonly #socket: TLSSocket;
  readonly #endPoint: Buffer | undefined;
  #exporter: Buffer | undefined = undefined;

  constructor(socket: TLSSocket, endPoint: Buffer | undefined) {
    this.#socket = socket;
    this.#endPoint = endPoint;
  }

  get protocol(): string {
    return this.#socket.getProtocol() ?? "unknown";
  }

  exporter(): Buffer | undefined {
    // RFC 9266 §4.2: with TLS 1.2 only after an extended master secret, and Node does not tell whether there was one.
    if (this.#socket.destroyed || this.#socket.getProtocol() !== "TLSv1.3") return undefined;
    // A login asks several times, and each answer takes OpenSSL some 40 µs.
    this.#exporter ??= this.#socket.exportKeyingMaterial(EXPORTER_BYTES, EXPORTER_LABEL, Buffer.alloc(0));
    return this.#exporter;
  }

  endPoint(): Buffer | undefined {
    return this.#endPoint;
  }
}
