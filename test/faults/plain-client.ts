import { RawStream } from "../support/raw-stream.ts";
import { bind } from "../support/romeo.ts";
import type { Element } from "../support/stream-reader.ts";

const PLAIN = "urn:ietf:params:xml:ns:xmpp-sasl";

/** A client without TLS whose login costs little, for tests that need many of them. */
export class PlainClient {
  readonly stream: RawStream;
  /** Full. */
  readonly jid: string;
  #asked = 0;

  private constructor(stream: RawStream, jid: string) {
    this.stream = stream;
    this.jid = jid;
  }

  /** PLAIN, binding, presence; the password is `secret`. */
  static async login(port: number, host: string, user: string, resource?: string): Promise<PlainClient> {
    const stream = await RawStream.connect(port, host);
    await stream.open();
    await stream.next();
    const token = Buffer.from(`\0${user}\0secret`).toString("base64");
    stream.write(`<auth xmlns='${PLAIN}' mechanism='PLAIN'>${token}</auth>`);
    const answer = await stream.next();
    if (answer.name !== "success") throw new Error(`login of ${user} refused: ${stream.received}`);
    await stream.open();
    await stream.next();
    const client = new PlainClient(stream, await bind(stream, resource));
    client.send("<presence/>");
    return client;
  }

  send(xml: string): void {
    this.stream.write(xml);
  }

  /** Resolves when everything that was sent before is handled: a stream's stanzas are handled in order. */
  async ping(): Promise<void> {
    const id = `ping-${++this.#asked}`;
    this.send(`<iq type='get' id='${id}' to='h.test'><ping xmlns='urn:xmpp:ping'/></iq>`);
    await this.stream.find((one) => one.attributes["id"] === id, "the answer to a ping");
  }

  find(wanted: (element: Element) => boolean, what: string): Promise<Element> {
    return this.stream.find(wanted, what);
  }

  /** Closes the stream and waits for the end of the connection. */
  async close(): Promise<void> {
    this.send("</stream:stream>");
    await this.stream.end();
  }

  /** Cuts the connection. */
  destroy(): void {
    this.stream.destroy();
  }
}
