import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { ContextSet, Presented } from "./tls-contexts.ts";
import { SocketTlsFacts } from "./tls-facts.ts";

/** The server's side of one TLS handshake, with the certificates as they were at its beginning. */
export class TlsHandshake {
  readonly socket: TLSSocket;
  readonly #set: ContextSet;
  readonly #serverName: string;

  /** `serverName`: whom to present to a client without SNI. `alpn`: the only protocol, in wire form (RFC 7301 §3.1); a client that offers only others gets the alert. */
  constructor(raw: Socket, set: ContextSet, serverName: string, alpn: Uint8Array | undefined) {
    this.#set = set;
    this.#serverName = serverName;
    this.socket = new TLSSocket(raw, {
      isServer: true,
      secureContext: this.#presented("").context,
      SNICallback: set.sniCallback,
      ...(alpn === undefined ? {} : { ALPNProtocols: alpn }),
    });
    this.socket.disableRenegotiation(); // RFC 6120 §5.3.5
  }

  /** What has been agreed; once the handshake is done. */
  facts(): SocketTlsFacts {
    // Not the certificate that the socket reports: after a resumption, where OpenSSL does not ask by name, that is the one it started with.
    const name = (this.socket as TLSSocket & { readonly servername: string | false | null }).servername;
    const { identity } = this.#presented(name === false || name === null ? "" : name);
    return new SocketTlsFacts(this.socket, identity.endPoint);
  }

  #presented(name: string): Presented {
    return this.#set.select(name) ?? this.#set.select(this.#serverName) ?? this.#set.fallback;
  }
}
