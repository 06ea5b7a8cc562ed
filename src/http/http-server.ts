import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { isLoopback } from "../base/address-block.ts";
import type { Deadlines } from "../base/deadlines.ts";
import type { Log } from "../base/log.ts";
import type { HttpMethod, HttpRequest, HttpResponse, HttpRoute, HttpSocket } from "../kernel/http.ts";
import { ConnectionLost, discardBody, readBody } from "./body.ts";
import { checkFields, isForwarded, mediaType } from "./fields.ts";
import { checkOrigin } from "./origin.ts";
import { errorResponse, HttpError, rawResponse } from "./responses.ts";
import type { RouteTable } from "./route-table.ts";
import { isOurName, parseAuthority, parseTarget } from "./target.ts";
import { writeResponse } from "./writing.ts";

/** Milliseconds. */
export interface HttpTimeouts {
  /** From the connection, or the first byte after a pause, to the end of the header. */
  readonly head: number;
  /** From there to the end of the body. */
  readonly body: number;
  /** Between two requests. */
  readonly idle: number;
  /** In which some of the answer has to leave. */
  readonly write: number;
}

export const HTTP_TIMEOUTS: HttpTimeouts = { head: 10_000, body: 30_000, idle: 75_000, write: 30_000 };

/** Bytes of one request's header. */
const LARGEST_HEAD = 16 * 1024;
/** Requests that a peer may have sent on one connection before it has read the answer to the first. */
const MOST_WAITING = 16;

export interface HttpServerOptions {
  readonly log: Log;
  readonly deadlines: Deadlines;
  readonly routes: RouteTable;
  /** The domains of the server and what else it is called, in lower case; asked at each request. */
  readonly names: () => ReadonlySet<string>;
  readonly timeouts?: HttpTimeouts;
  /** Told of each answer: the path of its route, or "" where there was none. */
  readonly answered?: (route: string, status: number) => void;
}

interface Peer {
  readonly socket: HttpSocket;
  /** Requests without an answer. */
  waiting: number;
  /** Ends when the answers before have left: one request at a time runs. */
  turn: Promise<void>;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly expectsContinue: boolean;
}

/** A request without its body, and the Host field as links have it. */
type Head = Omit<HttpRequest, "body"> & { readonly authority: string };

/** HTTP/1.1 on connections that others have accepted. */
export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly #timeouts: HttpTimeouts;
  readonly #deadlines: Deadlines;
  readonly #server: Server;
  readonly #peers = new Map<Duplex, Peer>();
  #closing = false;
  #emptied: (() => void) | undefined = undefined;

  constructor(options: HttpServerOptions) {
    this.#options = options;
    this.#timeouts = options.timeouts ?? HTTP_TIMEOUTS;
    this.#deadlines = options.deadlines;
    // Node's own timers stay off: time comes with the deadlines.
    const off = { keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0 };
    this.#server = createServer({ ...off, maxHeaderSize: LARGEST_HEAD, requireHostHeader: false });
    // Node would drop what is beyond a number of fields in silence.
    this.#server.maxHeadersCount = 0;
    this.#server.on("request", (request, response) => this.#enqueue(request, response, false));
    this.#server.on("checkContinue", (request, response) => this.#enqueue(request, response, true));
    this.#server.on("clientError", (error, stream) => this.#malformed(error, stream));
  }

  /** Speaks HTTP on this connection to its end. */
  accept(socket: HttpSocket): void {
    const { stream } = socket;
    if (this.#closing || stream.destroyed) return void stream.destroy();
    this.#peers.set(stream, { socket, waiting: 0, turn: Promise.resolve() });
    this.#deadlines.set(stream, this.#timeouts.head, () => this.#tooSlow(stream));
    stream.on("close", () => {
      this.#deadlines.clear(stream);
      this.#peers.delete(stream);
      if (this.#peers.size === 0) this.#emptied?.();
    });
    this.#server.emit("connection", stream);
  }

  /** Connections without a request end at once, the others with their answer; resolves when all have ended. */
  async close(): Promise<void> {
    this.#closing = true;
    for (const [stream, { waiting }] of this.#peers) if (waiting === 0) stream.destroy();
    if (this.#peers.size > 0) await new Promise<void>((resolve) => (this.#emptied = resolve));
  }

  #enqueue(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    const peer = this.#peers.get(request.socket);
    if (peer === undefined || ++peer.waiting > MOST_WAITING) return void request.socket.destroy();
    this.#deadlines.set(request.socket, this.#timeouts.body, () => this.#tooSlow(request.socket));
    // Seen from the start, so that a peer which goes away is noticed while its request waits for its turn.
    const gone = new AbortController();
    response.on("close", () => gone.abort());
    peer.turn = peer.turn.then(() => this.#serve(peer, request, response, expectsContinue, gone.signal));
  }

  async #serve(
    peer: Peer,
    request: IncomingMessage,
    response: ServerResponse,
    expectsContinue: boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const { stream } = peer.socket;
    let route: HttpRoute | undefined;
    try {
      let answer: HttpResponse;
      try {
        const read = this.#read(peer, request, signal);
        route = this.#route(read);
        answer = await this.#answer(peer, route, read, { request, response, expectsContinue });
      } catch (error) {
        if (error instanceof ConnectionLost) return;
        answer = this.#failure(error, route);
        if (!expectsContinue) await discardBody(request);
      }
      this.#options.answered?.(route?.path ?? "", answer.status);
      if (this.#closing) response.shouldKeepAlive = false;
      // Who sends what cannot be understood may mean several things by it.
      if (answer.status === 400 && route === undefined) response.shouldKeepAlive = false;
      // A body that nobody has read would be taken for the next request.
      if (!request.complete) response.shouldKeepAlive = false;
      await writeResponse(response, answer, signal, (waits) => this.#stalled(stream, waits));
    } catch (error) {
      this.#options.log.error("an HTTP answer could not be sent", { route: route?.path, error });
      stream.destroy();
    } finally {
      peer.waiting--;
      const limit = peer.waiting === 0 ? this.#timeouts.idle : this.#timeouts.body;
      if (!stream.destroyed) this.#deadlines.set(stream, limit, () => void stream.destroy());
    }
  }

  #stalled(stream: Duplex, waits: boolean): void {
    if (waits) this.#deadlines.set(stream, this.#timeouts.write, () => void stream.destroy());
    else this.#deadlines.clear(stream);
  }

  /** @throws HttpError */
  #route({ path, local }: Head): HttpRoute {
    const route = this.#options.routes.find(path);
    if (route === undefined || (route.onlyLocal === true && !local))
      throw new HttpError(404, "There is nothing here.");
    return route;
  }

  async #answer(
    peer: Peer,
    route: HttpRoute,
    read: Head,
    { request, response, expectsContinue }: Exchange,
  ): Promise<HttpResponse> {
    if (route.anyOrigin !== true) checkOrigin(read.method, read.authority, read.header);
    const allowed = { Allow: allow(route) };
    if (request.method === "OPTIONS") return { status: 204, headers: allowed };
    if (!route.methods.includes(read.method as HttpMethod))
      throw new HttpError(405, `${request.method} is not for this.`, allowed);
    const body = await readBody(request, response, route.largestBody, expectsContinue);
    if (body.length > 0 && route.types !== undefined && !route.types.includes(mediaType(request)))
      throw new HttpError(415, `A body has to be ${route.types.join(" or ")}.`, {
        Accept: route.types.join(", "),
      });
    // How long an answer may take is for who makes it.
    this.#deadlines.clear(peer.socket.stream);
    return route.handle({ ...read, body });
  }

  /** @throws HttpError */
  #read({ socket }: Peer, request: IncomingMessage, signal: AbortSignal): Head {
    checkFields(request);
    const { path, query, authority: named } = parseTarget(request.url ?? "");
    const { host, written } = parseAuthority(named ?? request.headers.host ?? "");
    if (!isOurName(host, this.#options.names()))
      throw new HttpError(421, `This server does not go by the name ${host}. See the option http.names.`);
    const loopback = isLoopback(socket.address);
    return {
      method: request.method === "HEAD" ? "GET" : (request.method ?? ""),
      path,
      query,
      host,
      authority: written,
      origin: `${socket.tls ? "https" : "http"}://${written}`,
      address: socket.address,
      local: loopback && !isForwarded(request),
      confidential: socket.tls || loopback,
      signal,
      header(name) {
        const value = request.headers[name];
        return typeof value === "object" ? value.join(", ") : value;
      },
      authenticated: () => socket.authenticated(),
    };
  }

  #failure(error: unknown, route: HttpRoute | undefined): HttpResponse {
    if (error instanceof HttpError) return errorResponse(error);
    this.#options.log.error("an HTTP request could not be answered", { route: route?.path, error });
    return errorResponse(new HttpError(500, "The server failed; its log says why."));
  }

  #tooSlow(stream: Duplex): void {
    const waiting = this.#peers.get(stream)?.waiting ?? 0;
    // Browsers open connections before they have anything to ask.
    if ((stream as Duplex & { bytesRead?: number }).bytesRead === 0) return void stream.destroy();
    this.#refuse(stream, 408, waiting > 0 ? "The body took too long." : "The header took too long.");
  }

  #malformed(error: Error & { code?: string }, stream: Duplex): void {
    const code = error.code ?? "";
    if (!code.startsWith("HPE_")) return void stream.destroy();
    if (code === "HPE_HEADER_OVERFLOW") this.#refuse(stream, 431, "The header is too large.");
    else this.#refuse(stream, 400, "This is no HTTP/1.1 request.");
  }

  /** Not where an answer is on its way already: the peer would take this for its end. */
  #refuse(stream: Duplex, status: number, message: string): void {
    const begun = stream.writableNeedDrain || (this.#peers.get(stream)?.waiting ?? 0) > 1;
    if (!begun && stream.writable) stream.write(rawResponse(status, message));
    (stream as Duplex & { destroySoon?: () => void }).destroySoon?.();
  }
}

function allow({ methods }: HttpRoute): string {
  return [...methods, ...(methods.includes("GET") ? ["HEAD"] : []), "OPTIONS"].join(", ");
}
