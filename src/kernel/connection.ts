/** What TLS agreed on; for channel binding (RFC 5929, RFC 9266) and for the log. */
export interface TlsFacts {
  /** "TLSv1.2" or "TLSv1.3". */
  readonly protocol: string;
  /** 32 bytes of the exporter `EXPORTER-Channel-Binding`, RFC 9266; undefined where it is not safe (TLS 1.2 without extended master secret). */
  exporter(): Buffer | undefined;
  /** Hash of the certificate that this side presented, RFC 5929 §4. */
  endPoint(): Buffer | undefined;
}

/** What a connection reports. A plain object with methods that every connection of a kind may share. */
export interface ConnectionHandler {
  /** The bytes are valid only during the call. */
  bytes(connection: Connection, chunk: Buffer): void;
  /** TLS is up: after `startTls`, or at the start of a direct TLS connection before the first bytes. */
  secured(connection: Connection): void;
  /** Everything written has left for the kernel. */
  drained(connection: Connection): void;
  /** Called once; nothing follows. `error` is undefined after an orderly end by the peer or by us. */
  closed(connection: Connection, error: Error | undefined): void;
}

/** How many bytes a second may come in; above it reading pauses, nothing is dropped. */
export interface Rate {
  readonly bytesPerSecond: number;
  readonly burst: number;
}

/** A byte stream with a peer: TCP, TLS, or a pair in memory in tests. */
export interface Connection {
  /** The peer's address without port, IPv4-mapped IPv6 as IPv4. */
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly loopback: boolean;
  readonly tls: TlsFacts | undefined;
  /** Bytes written that the kernel has not taken yet. */
  readonly buffered: number;
  readonly closed: boolean;
  handler: ConnectionHandler;
  /** Free for the handler: the stream that lives on this connection. */
  owner: unknown;
  /**
   * Queues bytes; all of a turn of the event loop leave in one write. Text is UTF-8. Bytes are kept by reference: whoever passes them does not change them
   * afterwards (what `bytes` was given has to be copied first). Ignored after `end` and once closed.
   */
  write(bytes: Uint8Array | string): void;
  /** Sends what is queued, then FIN (and close_notify); destroyed when the peer has not closed within 5 s. Bytes still come in until then, without rate. */
  end(): void;
  /** Drops what is queued. `closed` follows in a later turn, never inside this call. */
  destroy(): void;
  /** The peer has logged in: no longer counted among the unauthenticated connections of its address. */
  markAuthenticated(): void;
  /** Stops and resumes reading. Independent of the pauses that the rate makes. */
  pause(): void;
  resume(): void;
  /** undefined lifts the limit. */
  setRate(rate: Rate | undefined): void;
  /**
   * Server side of STARTTLS: what is queued leaves in the clear first; whatever arrives from now on is TLS. `serverName` chooses the certificate when the
   * client sends no SNI. Ends in `secured` or `closed`. Called inside `bytes`, the caller itself discards the rest of that chunk (RFC 6120 §5.4.3.3).
   */
  startTls(serverName: string): void;
}
