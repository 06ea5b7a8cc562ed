import type { Cancel, World } from "../../src/base/world.ts";
import type { Connection, ConnectionHandler, Rate, TlsFacts } from "../../src/kernel/connection.ts";
import { OutputQueue } from "../../src/net/output-queue.ts";
import { TokenBucket } from "../../src/net/token-bucket.ts";

const SILENT: ConnectionHandler = { bytes() {}, secured() {}, drained() {}, closed() {} };
const CLOSE_TIMEOUT = 5_000;

export interface MemoryOptions {
  /** Of both ends; 127.0.0.1 if not given. */
  readonly remoteAddress?: string;
  /** Bytes that a "kernel" holds for an end that does not read; 65,536 if not given. */
  readonly window?: number;
}

/**
 * One end of a connection without sockets. Nothing happens but through the world's `soon` and `after`, so that with a world that a test moves by hand every run
 * is the same. TLS is only pretended: both ends call `startTls`, the facts agree, the bytes stay as they are.
 */
export class MemoryConnection implements Connection {
  readonly remoteAddress: string;
  readonly remotePort = 50_000;
  owner: unknown = undefined;
  handler: ConnectionHandler = SILENT;
  tls: TlsFacts | undefined = undefined;
  authenticated = false;
  /** What `startTls` was called with. */
  serverName: string | undefined = undefined;
  readonly #world: World;
  readonly #window: number;
  #peer: MemoryConnection | undefined = undefined;
  readonly #queue = new OutputQueue();
  /** What the peer has sent and this end has not read. */
  #inbox: Uint8Array[] = [];
  #unread = 0;
  #scheduled = false;
  #written = false;
  #handshake = false;
  #ending = false;
  #peerDone = false;
  #finSent = false;
  #closed = false;
  #paused = false;
  #throttled = false;
  #bucket: TokenBucket | undefined = undefined;
  #cancel: Cancel | undefined = undefined;

  private constructor(world: World, options: MemoryOptions) {
    this.#world = world;
    this.#window = options.window ?? 65_536;
    this.remoteAddress = options.remoteAddress ?? "127.0.0.1";
  }

  /** The server's end and the client's. */
  static pair(world: World, options: MemoryOptions = {}): [MemoryConnection, MemoryConnection] {
    const near = new MemoryConnection(world, options);
    const far = new MemoryConnection(world, options);
    near.#peer = far;
    far.#peer = near;
    return [near, far];
  }

  get loopback(): boolean {
    return this.remoteAddress === "::1" || this.remoteAddress.startsWith("127.");
  }

  get buffered(): number {
    return this.#queue.size;
  }

  get closed(): boolean {
    return this.#closed;
  }

  write(bytes: Uint8Array | string): void {
    if (this.#ending || this.#closed) return;
    this.#queue.push(bytes);
    this.#written = true;
    this.#soon();
  }

  end(): void {
    if (this.#ending || this.#closed) return;
    this.#ending = true;
    this.setRate(undefined);
    this.#cancel = this.#world.after(CLOSE_TIMEOUT, () => this.destroy());
    this.#soon();
  }

  destroy(): void {
    if (this.#closed) return;
    const reset = Object.assign(new Error("the peer reset the connection"), { code: "ECONNRESET" });
    this.#peer!.#close(this.#peer!.#ending ? undefined : reset);
    this.#close(undefined);
  }

  markAuthenticated(): void {
    this.authenticated = true;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#soon();
  }

  setRate(rate: Rate | undefined): void {
    this.#bucket = rate && new TokenBucket(rate, this.#world.monotonic());
    this.#throttled = false;
    this.#soon();
  }

  startTls(serverName: string): void {
    if (this.#ending || this.#closed) return;
    if (this.tls !== undefined || this.#handshake) throw new Error("this connection has TLS already");
    while (this.#queue.size > 0) this.#send(Number.POSITIVE_INFINITY);
    this.#written = false;
    this.serverName = serverName;
    this.#handshake = true;
    this.#soon();
  }

  #soon(): void {
    if (this.#scheduled || this.#closed) return;
    this.#scheduled = true;
    this.#world.soon(() => {
      this.#scheduled = false;
      this.#turn();
    });
  }

  #turn(): void {
    if (this.#closed) return;
    if (this.#handshake) this.#shakeHands();
    else this.#work();
  }

  #work(): void {
    this.#read();
    if (this.#closed || this.#handshake) return;
    while (this.#queue.size > 0 && this.#peer!.#unread < this.#window) this.#send(this.#window);
    if (this.#queue.size > 0) return;
    if (this.#written) {
      this.#written = false;
      this.handler.drained(this);
    }
    if (this.#ending && !this.#finSent) {
      this.#finSent = true;
      this.#peer!.#peerDone = true;
      this.#peer!.#soon();
    }
    if (this.#finSent && this.#peer!.#finSent && this.#unread === 0) {
      this.#close(undefined);
      this.#peer!.#soon();
    }
  }

  #send(limit: number): void {
    const bytes = this.#queue.take(limit)!;
    this.#peer!.#inbox.push(bytes);
    this.#peer!.#unread += bytes.length;
    this.#peer!.#soon();
  }

  #read(): void {
    if (this.#paused || this.#throttled) return;
    if (this.#unread > 0) {
      const chunk = Buffer.concat(this.#inbox); // a copy of its own, as from a socket
      this.#inbox = [];
      this.#unread = 0;
      this.#count(chunk.length);
      this.#peer!.#soon();
      if (this.#peerDone) this.#soon();
      this.handler.bytes(this, chunk);
    } else if (this.#peerDone && !this.#closed) this.end();
  }

  #count(bytes: number): void {
    const wait = this.#bucket?.take(bytes, this.#world.monotonic()) ?? 0;
    if (wait <= 0) return;
    this.#throttled = true;
    const bucket = this.#bucket;
    this.#world.after(wait, () => {
      if (this.#bucket !== bucket) return;
      this.#throttled = false;
      this.#soon();
    });
  }

  #shakeHands(): void {
    const peer = this.#peer!;
    const plain = this.#unread > 0 ? "bytes in the clear in place of a TLS handshake" : undefined;
    const problem = peer.#closed ? "the connection ended during the TLS handshake" : plain;
    if (problem !== undefined) {
      peer.#close(new Error(problem));
      this.#close(new Error(problem));
      return;
    }
    if (!peer.#handshake || peer.#unread > 0) return;
    const exporter = this.#world.random(32);
    const endPoint = this.#world.random(32);
    for (const one of [this, peer]) {
      one.#handshake = false;
      one.tls = {
        protocol: "TLSv1.3",
        exporter: () => exporter,
        endPoint: () => endPoint,
      };
      this.#world.soon(() => {
        if (!one.#closed) one.handler.secured(one);
      });
      one.#soon();
    }
  }

  #close(error: Error | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancel?.();
    this.#queue.clear();
    this.#inbox = [];
    this.#unread = 0;
    this.#world.soon(() => this.handler.closed(this, error));
  }
}
