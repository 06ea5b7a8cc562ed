import { RawStream } from "./raw-stream.ts";
import { authenticate, bind, child, type Element, text, type Where } from "./romeo.ts";

const SM = "urn:xmpp:sm:3";
const STANZAS: ReadonlySet<string> = new Set(["message", "presence", "iq"]);

/** What a client knows of a session that it wants to resume. */
export interface Resumable {
  readonly user: string;
  readonly jid: string;
  readonly id: string;
  /** Stanzas that it has got. */
  readonly h: number;
}

/** A client with stream management (XEP-0198) that counts by itself and acknowledges when the test says so, or always. */
export class ManagedClient {
  readonly stream: RawStream;
  readonly user: string;
  jid = "";
  /** Of the session; "" where it cannot be resumed. */
  id = "";
  /** Stanzas received since stream management was enabled. */
  h = 0;
  /** What the server says of what it has handled. */
  acknowledged = 0;
  /** Answers every request for acknowledgement. */
  answering = true;
  #syncs = 0;

  private constructor(stream: RawStream, user: string) {
    this.stream = stream;
    this.user = user;
  }

  /** Logged in, nothing bound. */
  static async enter(server: Where, user: string): Promise<ManagedClient> {
    const stream = await RawStream.connectTls(server.tlsPort, server.host);
    await stream.open();
    await stream.next();
    await authenticate(stream, user, "secret");
    await stream.open();
    await stream.next();
    return new ManagedClient(stream, user);
  }

  /** Bound, managed and available. */
  static async login(
    server: Where,
    user: string,
    options: { readonly resource?: string; readonly enable?: string; readonly presence?: string } = {},
  ): Promise<ManagedClient> {
    const { resource = "m", enable = "resume='true'", presence = "<presence/>" } = options;
    const client = await ManagedClient.enter(server, user);
    client.jid = await bind(client.stream, resource);
    const enabled = await client.enable(enable);
    if (enabled.name !== "enabled") throw new Error(`not enabled: ${JSON.stringify(enabled)}`);
    client.id = enabled.attributes["id"] ?? "";
    if (presence === "") return client;
    client.send(presence);
    await client.find((one) => one.name === "presence" && one.attributes["from"] === client.jid);
    return client;
  }

  /** The session on a new stream; throws where it is not resumed. */
  static async resume(server: Where, before: Resumable): Promise<ManagedClient> {
    const client = await ManagedClient.enter(server, before.user);
    const answer = await client.askToResume(before.id, before.h);
    if (answer.name !== "resumed") throw new Error(`not resumed: ${JSON.stringify(answer)}`);
    client.jid = before.jid;
    client.id = before.id;
    client.h = before.h;
    client.acknowledged = Number(answer.attributes["h"]);
    return client;
  }

  /** The answer to `<enable/>`. */
  async enable(attributes: string): Promise<Element> {
    this.send(`<enable xmlns='${SM}' ${attributes}/>`);
    return this.#answer();
  }

  /** The answer to `<resume/>`. */
  async askToResume(previd: string, h: number | string): Promise<Element> {
    this.send(`<resume xmlns='${SM}' previd='${previd}' h='${h}'/>`);
    return this.#answer();
  }

  #answer(): Promise<Element> {
    return this.find((one) => one.ns === SM && one.name !== "r" && one.name !== "a");
  }

  send(xml: string): void {
    this.stream.write(xml);
  }

  /** Everything that comes up to this, which is not kept. */
  async find(wanted: (element: Element) => boolean): Promise<Element> {
    for (;;) {
      const one = await this.stream.next();
      this.#note(one);
      if (wanted(one)) return one;
    }
  }

  /** The text of the next message. */
  async body(): Promise<string> {
    return text(child(await this.message(), "body"));
  }

  message(): Promise<Element> {
    return this.find((one) => one.name === "message");
  }

  acknowledge(): void {
    this.send(`<a xmlns='${SM}' h='${this.h}'/>`);
  }

  /** How many stanzas the server has handled. */
  async request(): Promise<number> {
    this.send(`<r xmlns='${SM}'/>`);
    await this.find((one) => one.name === "a");
    return this.acknowledged;
  }

  /** What has come when everything that was sent is handled. */
  async sync(): Promise<readonly Element[]> {
    const id = `sync-${++this.#syncs}`;
    this.send(`<iq type='get' id='${id}'><query xmlns='urn:test:sync'/></iq>`);
    const come: Element[] = [];
    await this.find((one) => come.push(one) > 0 && one.attributes["id"] === id);
    return come.slice(0, -1).filter((one) => STANZAS.has(one.name));
  }

  /** Cuts the connection; what is needed to come back. */
  cut(): Resumable {
    this.stream.destroy();
    return this.known();
  }

  known(): Resumable {
    const { user, jid, id, h } = this;
    return { user, jid, id, h };
  }

  async close(): Promise<void> {
    this.send("</stream:stream>");
    await this.stream.end();
  }

  #note(one: Element): void {
    if (STANZAS.has(one.name)) this.h++;
    else if (one.ns === SM && one.name === "a") this.acknowledged = Number(one.attributes["h"]);
    else if (one.ns === SM && one.name === "r" && this.answering) this.acknowledge();
  }
}
