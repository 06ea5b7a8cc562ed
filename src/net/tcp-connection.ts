import type { Socket } from "node:net";
import { isLoopback } from "../base/address-block.ts";
import type { Connection, ConnectionHandler, Rate, TlsFacts } from "../kernel/connection.ts";
import type { Admitted } from "./admission.ts";
import type { Flushable, Loop, Timed } from "./loop.ts";
import { OutputQueue } from "./output-queue.ts";
import { adopt, listen, listenForTls, type SocketOwner, unlisten } from "./socket-events.ts";
import type { TlsContexts } from "./tls-contexts.ts";
import { TlsHandshake } from "./tls-handshake.ts";
import { TokenBucket } from "./token-bucket.ts";

/** Milliseconds between our FIN and the end by force. */
const CLOSE_TIMEOUT = 5_000;

/** What the connections of a listener have in common. */
export interface Origin {
  readonly loop: Loop;
  readonly contexts: TlsContexts;
  /** ALPN names in wire form, for direct TLS. */
  readonly alpn: Uint8Array;
  /** Milliseconds. */
  readonly handshakeTimeout: number;
  /** Told of each TLS handshake whether it was done. */
  handshake(done: boolean): void;
  /** Gets the connection when it can talk: at once, or after the handshake of direct TLS. */
  accept(connection: Connection): void;
}

// States of a connection, as bits.
const DIRTY = 1; // will be flushed at the end of this turn
const IN_FLIGHT = 2; // a write has not been confirmed
const HANDSHAKE = 4;
const ENDING = 8; // `end` was called or the peer has finished
const CLOSED = 16;
const PAUSED = 32; // by the handler
const THROTTLED = 64; // by the rate
const DIRECT = 128; // TLS from the first byte, not yet handed to `accept`
const REPORTED = 256;

/** Nobody listens yet. */
const SILENT: ConnectionHandler = { bytes() {}, secured() {}, drained() {}, closed() {} };

/** A TCP connection that somebody made to a listener, in the clear or with TLS. */
export class TcpConnection implements Connection, Flushable, Timed, SocketOwner {
  readonly remoteAddress: string;
  readonly remotePort: number;
  owner: unknown = undefined;
  handler: ConnectionHandler = SILENT;
  tls: TlsFacts | undefined = undefined;
  readonly #origin: Origin;
  readonly #admitted: Admitted;
  #socket: Socket;
  #state = 0;
  readonly #queue = new OutputQueue();
  #bucket: TokenBucket | undefined = undefined;
  #readAgainAt = 0;
  #deadline = Number.POSITIVE_INFINITY;
  #error: Error | undefined = undefined;
  #handshake: TlsHandshake | undefined = undefined;
  readonly #written = (): void => this.#confirmed();

  constructor(origin: Origin, socket: Socket, remoteAddress: string, admitted: Admitted) {
    this.#origin = origin;
    this.#socket = socket;
    this.remoteAddress = remoteAddress;
    this.remotePort = socket.remotePort ?? 0;
    this.#admitted = admitted;
    adopt(socket, this);
  }

  /** Starts to read in the clear. */
  open(): void {
    listen(this.#socket);
    this.#call(() => this.#origin.accept(this));
  }

  /** Starts with the handshake. */
  openTls(): void {
    this.#state |= DIRECT;
    this.#wrap("");
  }

  get loopback(): boolean {
    return isLoopback(this.remoteAddress);
  }

  get buffered(): number {
    return this.#queue.size + (this.#is(IN_FLIGHT) ? this.#socket.writableLength : 0);
  }

  get closed(): boolean {
    return this.#is(CLOSED);
  }

  write(bytes: Uint8Array | string): void {
    if (this.#is(ENDING | CLOSED)) return;
    this.#queue.push(bytes);
    this.#flushSoon();
  }

  end(): void {
    if (this.#is(ENDING | CLOSED)) return;
    this.#state = (this.#state | ENDING) & ~PAUSED;
    this.setRate(undefined); // else the peer's own end might not be read in time
    this.#waitUntil(CLOSE_TIMEOUT);
    this.#flushSoon();
  }

  destroy(): void {
    if (this.#is(CLOSED)) return;
    this.#state |= CLOSED;
    this.#queue.clear();
    this.#socket.destroy();
  }

  markAuthenticated(): void {
    this.#admitted.authenticated();
  }

  pause(): void {
    this.#state |= PAUSED;
    this.#socket.pause();
  }

  resume(): void {
    this.#state &= ~PAUSED;
    this.#readOn();
  }

  setRate(rate: Rate | undefined): void {
    this.#bucket = rate && new TokenBucket(rate, this.#origin.loop.world.monotonic());
    this.#state &= ~THROTTLED;
    this.#readOn();
  }

  startTls(serverName: string): void {
    if (this.#is(ENDING | CLOSED)) return;
    if (this.tls !== undefined || this.#is(HANDSHAKE)) throw new Error("this connection has TLS already");
    const pending = this.#queue.take(Number.POSITIVE_INFINITY);
    if (pending !== undefined) this.#socket.write(pending);
    this.#wrap(serverName);
  }

  // What follows is called by the shared listeners and by the loop.

  received(chunk: Buffer): void {
    if (this.#is(CLOSED)) return;
    if (this.#bucket !== undefined) {
      const now = this.#origin.loop.world.monotonic();
      const wait = this.#bucket.take(chunk.length, now);
      if (wait > 0) {
        this.#state |= THROTTLED;
        this.#readAgainAt = now + wait;
        this.#socket.pause();
        this.#origin.loop.watch(this);
      }
    }
    try {
      this.handler.bytes(this, chunk);
    } catch (error) {
      this.#failed(error as Error);
    }
  }

  peerEnded(): void {
    if (this.#is(HANDSHAKE)) this.fail(new Error("the peer closed the connection during the TLS handshake"));
    else this.end();
  }

  fail(error: Error): void {
    // After our own end a reset by the peer is an end like another.
    if (!this.#is(ENDING | CLOSED)) this.#error ??= error;
    this.destroy();
  }

  flush(): void {
    this.#state &= ~DIRTY;
    if (this.#is(IN_FLIGHT | HANDSHAKE | CLOSED)) return;
    const bytes = this.#queue.take();
    if (bytes !== undefined) {
      this.#state |= IN_FLIGHT;
      this.#socket.write(bytes, this.#written);
    } else if (this.#is(ENDING)) {
      this.#socket.end();
    }
  }

  tick(now: number): boolean {
    if (this.#is(CLOSED)) return false;
    if (this.#is(THROTTLED) && now >= this.#readAgainAt) {
      this.#state &= ~THROTTLED;
      this.#readOn();
    }
    if (now >= this.#deadline) {
      if (this.#is(HANDSHAKE)) this.fail(new Error("the TLS handshake was not finished in time"));
      else this.destroy();
      return false;
    }
    return this.#is(THROTTLED) || this.#deadline !== Number.POSITIVE_INFINITY;
  }

  handshakeDone(): void {
    if (!this.#is(HANDSHAKE) || this.#is(CLOSED)) return;
    this.tls = this.#handshake?.facts();
    this.#handshake = undefined;
    const direct = this.#is(DIRECT);
    this.#origin.handshake(true);
    this.#state &= ~(HANDSHAKE | DIRECT);
    if (!this.#is(ENDING)) this.#deadline = Number.POSITIVE_INFINITY;
    this.#call(() => {
      if (direct) this.#origin.accept(this);
      if (!this.#is(CLOSED)) this.handler.secured(this);
    });
    this.#flushSoon();
  }

  finished(): void {
    if (this.#is(REPORTED)) return;
    if (this.#is(HANDSHAKE)) {
      this.#origin.handshake(false);
      if (!this.#is(CLOSED)) this.#error ??= new Error("the connection ended during the TLS handshake");
      this.#origin.loop.log.debug("TLS handshake failed", {
        address: this.remoteAddress,
        error: this.#error,
      });
    }
    this.#state |= CLOSED | REPORTED;
    this.#queue.clear();
    this.#admitted.leave();
    this.#call(() => this.handler.closed(this, this.#error));
  }

  #is(bits: number): boolean {
    return (this.#state & bits) !== 0;
  }

  /** Puts TLS on the socket. What has come in behind `<starttls/>` in the clear goes into the handshake, which fails on it (RFC 6120 §5.4.3.1). */
  #wrap(serverName: string): void {
    const { contexts, alpn, handshakeTimeout } = this.#origin;
    const raw = this.#socket;
    unlisten(raw);
    this.#state |= HANDSHAKE;
    const direct = this.#is(DIRECT);
    this.#handshake = new TlsHandshake(raw, contexts.current, serverName, direct ? alpn : undefined);
    const { socket } = this.#handshake;
    this.#socket = socket;
    adopt(socket, this);
    listenForTls(socket);
    listen(socket);
    if (this.#is(PAUSED | THROTTLED)) socket.pause();
    this.#waitUntil(handshakeTimeout);
  }

  #readOn(): void {
    if (!this.#is(PAUSED | THROTTLED | CLOSED)) this.#socket.resume();
  }

  #waitUntil(milliseconds: number): void {
    const { loop } = this.#origin;
    this.#deadline = loop.world.monotonic() + milliseconds;
    loop.watch(this);
  }

  #flushSoon(): void {
    if (this.#is(DIRTY | IN_FLIGHT | HANDSHAKE)) return;
    this.#state |= DIRTY;
    this.#origin.loop.flushSoon(this);
  }

  /** The kernel has taken what was written. */
  #confirmed(): void {
    this.#state &= ~IN_FLIGHT;
    if (this.#is(CLOSED | HANDSHAKE)) return;
    if (this.#queue.size > 0 || this.#is(ENDING)) this.#flushSoon();
    else this.#call(() => this.handler.drained(this));
  }

  #call(report: () => void): void {
    try {
      report();
    } catch (error) {
      this.#failed(error as Error);
    }
  }

  /** The last net below the handlers: one that throws costs its connection, not the process. */
  #failed(error: Error): void {
    this.#origin.loop.log.error("connection handler failed", { error, address: this.remoteAddress });
    this.fail(error);
  }
}
