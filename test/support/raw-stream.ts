import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import { StringDecoder } from "node:string_decoder";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { type Element, StreamReader } from "./stream-reader.ts";

/** Milliseconds after which something that was expected counts as missing. Long: the machine may be busy. */
const PATIENCE = 20_000;

/** A TCP or TLS connection that writes what a test says and reads XML with a parser that is not ours. */
export class RawStream {
  socket: Socket | TLSSocket;
  readonly host: string;
  /** The server's last stream header. */
  header: Element | undefined;
  /** Everything received since the last restart of the stream, as text. */
  received = "";
  /** `</stream:stream>` has come. */
  finished = false;
  /** The connection is gone. */
  gone = false;
  #reader!: StreamReader;
  #decoder = new StringDecoder("utf8");
  readonly #inbox: Element[] = [];
  #failure: Error | undefined;
  #wake: () => void = () => {};

  private constructor(socket: Socket | TLSSocket, host: string) {
    this.socket = socket;
    // A test writes in small pieces and waits for answers.
    socket.setNoDelay(true);
    this.host = host;
    this.#listen();
    this.#restart();
  }

  static async connect(port: number, host: string): Promise<RawStream> {
    const socket = connectTcp({ host: "127.0.0.1", port });
    await once(socket, "connect");
    return new RawStream(socket, host);
  }

  static async connectTls(port: number, host: string, options: object = {}): Promise<RawStream> {
    const socket = connectTls({
      host: "127.0.0.1",
      port,
      servername: host,
      rejectUnauthorized: false,
      ALPNProtocols: ["xmpp-client"],
      ...options,
    });
    await once(socket, "secureConnect");
    return new RawStream(socket, host);
  }

  write(bytes: string | Uint8Array): void {
    this.socket.write(bytes);
  }

  /** `<stream:stream>`, and its header once it has come. */
  async open(attributes = `to='${this.host}' version='1.0'`): Promise<Element> {
    this.#restart();
    this.write(
      `<?xml version='1.0'?><stream:stream ${attributes} xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>`,
    );
    return this.until(() => this.header, "a stream header");
  }

  /** The next element of the stream. */
  async next(): Promise<Element> {
    return this.until(() => this.#inbox.shift(), "an element");
  }

  /** What has come so far and was not taken. */
  takeAll(): Element[] {
    return this.#inbox.splice(0);
  }

  /** The first element for which `wanted` holds, now or later; it is taken, others stay. */
  async find(wanted: (element: Element) => boolean, what: string): Promise<Element> {
    return this.until(() => {
      const index = this.#inbox.findIndex(wanted);
      return index < 0 ? undefined : this.#inbox.splice(index, 1)[0];
    }, what);
  }

  /** `behind` goes out in the clear together with the request, which no honest client does. */
  async startTls(options: object = {}, behind: Uint8Array = Buffer.alloc(0)): Promise<void> {
    this.write(Buffer.concat([Buffer.from("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"), behind]));
    const answer = await this.next();
    if (answer.name !== "proceed") throw new Error(`<${answer.name}/> instead of <proceed/>`);
    const plain = this.socket;
    plain.removeAllListeners();
    const secure = connectTls({
      socket: plain,
      servername: this.host,
      rejectUnauthorized: false,
      ...options,
    });
    this.socket = secure;
    this.#listen();
    await once(secure, "secureConnect");
  }

  /** Resolves when the server has ended the stream and the connection. */
  async end(): Promise<void> {
    await this.until(() => (this.gone ? true : undefined), "the end of the connection");
  }

  /** Cuts the connection without a word. */
  destroy(): void {
    this.socket.destroy();
  }

  #restart(): void {
    this.header = undefined;
    this.received = "";
    this.#decoder = new StringDecoder("utf8");
    this.#reader = new StreamReader({
      opened: (header) => {
        this.header = header;
      },
      element: (element) => this.#inbox.push(element),
      closed: () => {
        this.finished = true;
      },
      failed: (error) => {
        this.#failure = new Error(`the server wrote broken XML: ${error.message}\n${this.received}`);
      },
    });
  }

  #listen(): void {
    const { socket } = this;
    socket.on("data", (chunk: Buffer) => {
      const text = this.#decoder.write(chunk);
      this.received += text;
      this.#reader.write(text);
      this.#wake();
    });
    const end = (): void => {
      this.gone = true;
      this.#wake();
    };
    // A server that has said its last word closes; what a test still writes then may fail.
    socket.on("error", end);
    socket.on("close", end);
    socket.on("end", () => socket.end());
  }

  /** What `look` finds, now or once something has come. */
  async until<T>(look: () => T | undefined, what: string): Promise<T> {
    const deadline = Date.now() + PATIENCE;
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      const found = look();
      if (found !== undefined) return found;
      if (this.gone)
        throw new Error(`the connection ended, ${what} was expected; received: ${this.received}`);
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`${what} did not come; received: ${this.received.slice(-2000)}`);
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      const timer = setTimeout(resolve, left);
      await promise;
      clearTimeout(timer);
    }
  }
}
