import { RawStream } from "../support/raw-stream.ts";
import { bind } from "../support/romeo.ts";
import type { Element } from "../support/stream-reader.ts";

const SASL = "urn:ietf:params:xml:ns:xmpp-sasl";

/** A stream without TLS on which a user is logged in with PLAIN, which costs little; the password is `secret`. Nothing is bound. */
export async function plainLogin(port: number, user: string): Promise<RawStream> {
  const stream = await RawStream.connect(port, "h.test");
  await stream.open();
  await stream.next();
  const token = Buffer.from(`\0${user}\0secret`).toString("base64");
  stream.write(`<auth xmlns='${SASL}' mechanism='PLAIN'>${token}</auth>`);
  const answer = await stream.next();
  if (answer.name !== "success") throw new Error(`login of ${user} refused: ${stream.received}`);
  await stream.open();
  await stream.next();
  return stream;
}

/** A client without TLS, for tests that need many of them. */
export class PlainClient {
  readonly stream: RawStream;
  /** Full. */
  readonly jid: string;
  #asked = 0;

  private constructor(stream: RawStream, jid: string) {
    this.stream = stream;
    this.jid = jid;
  }

  /** Bound; available unless `presence` says otherwise. */
  static async login(
    port: number,
    user: string,
    resource?: string,
    presence = "<presence/>",
  ): Promise<PlainClient> {
    const stream = await plainLogin(port, user);
    const client = new PlainClient(stream, await bind(stream, resource));
    client.send(presence);
    return client;
  }

  send(xml: string): void {
    this.stream.write(xml);
  }

  /** Resolves when everything that was sent before is handled: a stream's stanzas are handled in order. */
  async ping(): Promise<void> {
    await this.ask("get", "<ping xmlns='urn:xmpp:ping'/>", " to='h.test'");
  }

  /** The answer to a request. */
  ask(type: "get" | "set", content: string, to = ""): Promise<Element> {
    const id = `ask-${++this.#asked}`;
    this.send(`<iq type='${type}' id='${id}'${to}>${content}</iq>`);
    return this.stream.find((one) => one.attributes["id"] === id, `the answer to ${content}`);
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
