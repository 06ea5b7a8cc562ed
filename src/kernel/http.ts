import type { Duplex } from "node:stream";

/** A connection that HTTP is spoken on, whose listener has let it in and has put TLS on it where that is due. */
export interface HttpSocket {
  readonly stream: Duplex;
  /** The peer's, IPv4-mapped IPv6 as IPv4. */
  readonly address: string;
  readonly tls: boolean;
  /** It belongs to somebody who has shown who they are: no longer counted among the strangers of its address. */
  authenticated(): void;
}

/** One request, read to its end. */
export interface HttpRequest {
  /** HEAD comes as GET. */
  readonly method: string;
  /** Decoded, without query; begins with a slash, has no empty, "." or ".." part. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** From the Host field, in lower case, without port: one of the names that the server goes by, or an IP address (then of a literal, without brackets). */
  readonly host: string;
  /** What comes before the path in links to this server: "http://localhost:5280". */
  readonly origin: string;
  /** Of the peer; what it says about others (X-Forwarded-For) is not looked at. */
  readonly address: string;
  /** The peer is this machine and speaks for itself: no proxy has put anything in between. */
  readonly local: boolean;
  /** Nobody between the peer and us can read along: TLS, or a peer on this machine. */
  readonly confidential: boolean;
  /** Empty when there is none. */
  readonly body: Buffer;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** A field that may stand there once; undefined when missing. `name` in lower case. */
  header(name: string): string | undefined;
  /** The peer has shown who they are. */
  authenticated(): void;
}

export interface HttpResponse {
  readonly status: number;
  /** Beside those that every answer has (kernel/http.ts is not the place where they stand: src/http/responses.ts), which these replace. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** A text is UTF-8. What comes in pieces is sent as it comes, until `signal` aborts. */
  readonly body?: string | Uint8Array | AsyncIterable<string | Uint8Array>;
}

export type HttpMethod = "GET" | "POST" | "PUT" | "DELETE";

/** What answers under a path. Everything that concerns HTTP itself is settled before it is asked: methods, sizes, types, hosts, origins. */
export interface HttpRoute {
  /** "/metrics" is just this; "/api/" with a slash at its end is everything below, the longest such path first. */
  readonly path: string;
  /** HEAD goes with GET, OPTIONS with any. */
  readonly methods: readonly HttpMethod[];
  /** Bytes of a body; 0 where none is taken. */
  readonly largestBody: number;
  /** Of a body that is not empty: "application/json"; others get 415. None: any. */
  readonly types?: readonly string[];
  /** Only for peers that are `local`; others get 404. */
  readonly onlyLocal?: boolean;
  /** Pages of other origins may use it. */
  readonly anyOrigin?: boolean;
  /** What it throws goes into the log, and the peer gets 500 without a word about why. */
  handle(request: HttpRequest): HttpResponse | Promise<HttpResponse>;
}

/** Where front ends add what they answer. */
export interface HttpRoutes {
  /** @throws when the path is taken */
  add(route: HttpRoute): void;
}
