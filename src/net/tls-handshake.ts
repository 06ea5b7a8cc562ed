import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { Identity } from "./identities.ts";
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
      // One certificate is presented whatever name is asked for.
      ...(set.identities.length > 1 ? { SNICallback: set.sniCallback } : {}),
      ...(alpn === undefined ? {} : { ALPNProtocols: alpn }),
    });
    this.socket.disableRenegotiation(); // RFC 6120 §5.3.5
  }

  /** What has been agreed; once the handshake is done. */
  facts(): SocketTlsFacts {
    return new SocketTlsFacts(this.socket, this.#identity()?.endPoint);
  }

  /**
   * Whose certificate the client holds. Not the one that the socket reports: after a resumption, where no certificate is sent and OpenSSL does not ask by
   * name, that is the one it started with. A session resumed with TLS 1.2 does not even tell the name; with several certificates it stays open then.
   */
  #identity(): Identity | undefined {
    const socket = this.socket as TLSSocket & { readonly servername: string | false | null };
    if (socket.servername) return this.#presented(socket.servername).identity;
    const uncertain = socket.isSessionReused() && socket.getProtocol() !== "TLSv1.3";
    return uncertain && this.#set.identities.length > 1 ? undefined : this.#presented("").identity;
  }

  #presented(name: string): Presented {
    return this.#set.select(name) ?? this.#set.select(this.#serverName) ?? this.#set.fallback;
  }
}
