import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import { StringDecoder } from "node:string_decoder";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { child, type Element, escapeXml, StreamReader, serialize, text } from "../support/stream-reader.ts";
import { until } from "./poll.ts";

const saslNamespace = "urn:ietf:params:xml:ns:xmpp-sasl";
const tlsNamespace = "urn:ietf:params:xml:ns:xmpp-tls";

export interface Endpoint {
  readonly domain: string;
  readonly port: number;
  /** The server's certificate, PEM; nothing else is trusted. */
  readonly certificate: string;
}

export interface Account {
  readonly user: string;
  readonly domain: string;
  readonly password: string;
  readonly jid: string;
}

/** The server's answer to a wrong login, by its SASL condition. */
export class LoginRefused extends Error {
  readonly condition: string;
  constructor(condition: string) {
    super(`login refused: ${condition}`);
    this.condition = condition;
  }
}

/**
 * The other side of every conversation: a client that does only what a test says, on raw XML, so that what it sees is what the
 * server sent. Logs in with PLAIN inside STARTTLS and answers every request with service-unavailable (RFC 6120 §8.2.3).
 */
export class ReferencePeer {
  readonly account: Account;
  #socket: Socket | TLSSocket;
  #inbox: Element[] = [];
  #ended: string | undefined;
  #ids = 0;
  readonly #streamTo: string;

  private constructor(account: Account, socket: Socket) {
    this.account = account;
    this.#socket = socket;
    this.#streamTo = account.domain;
  }

  static async login(endpoint: Endpoint, account: Account): Promise<ReferencePeer> {
    const socket = connectTcp({ host: "127.0.0.1", port: endpoint.port });
    await once(socket, "connect");
    const peer = new ReferencePeer(account, socket);
    try {
      await peer.#negotiate(endpoint);
    } catch (error) {
      socket.destroy();
      throw error;
    }
    return peer;
  }

  send(xml: string): void {
    this.#socket.write(xml);
  }

  message(to: string, body: string): void {
    this.send(
      `<message to="${escapeXml(to)}" type="chat" id="m${++this.#ids}"><body>${escapeXml(body)}</body></message>`,
    );
  }

  /** Takes the first stanza, arrived already or still to come, that fits. Others stay for later expectations. */
  async expect(what: string, fits: (stanza: Element) => boolean, milliseconds = 20_000): Promise<Element> {
    const find = (): number => this.#inbox.findIndex(fits);
    try {
      await until(what, () => find() >= 0 || this.#ended !== undefined, milliseconds);
    } catch {
      throw new Error(`${this.account.jid} did not receive ${what}; it has ${this.#summary()}`);
    }
    const [found] = this.#inbox.splice(find(), find() >= 0 ? 1 : 0);
    if (found === undefined)
      throw new Error(`${this.account.jid}: stream ended (${this.#ended}) before ${what}`);
    return found;
  }

  expectMessage(from: string, body: string): Promise<Element> {
    return this.expect(
      `the message "${body}" from ${from}`,
      (stanza) =>
        stanza.name === "message" &&
        bare(stanza.attributes.from) === from &&
        text(child(stanza, "body")) === body,
    );
  }

  expectPresence(
    from: string,
    type: string | undefined,
    more: (stanza: Element) => boolean = () => true,
  ): Promise<Element> {
    return this.expect(
      `presence ${type ?? "available"} from ${from}`,
      (stanza) =>
        stanza.name === "presence" &&
        bare(stanza.attributes.from) === from &&
        stanza.attributes.type === type &&
        more(stanza),
    );
  }

  async close(): Promise<void> {
    if (this.#ended === undefined) {
      this.send("</stream:stream>");
      await until("the end of the stream", () => this.#ended !== undefined, 5000).catch(() => undefined);
    }
    this.#socket.destroy();
  }

  async #negotiate({ domain, certificate }: Endpoint): Promise<void> {
    this.#restart();
    await this.#next("features");
    this.send(`<starttls xmlns="${tlsNamespace}"/>`);
    await this.#next("proceed");
    this.#socket.removeAllListeners("data");
    const secure = connectTls({ socket: this.#socket, servername: domain, ca: certificate });
    this.#socket = secure;
    await once(secure, "secureConnect");
    this.#restart();
    await this.#next("features");
    const token = Buffer.from(`\0${this.account.user}\0${this.account.password}`).toString("base64");
    this.send(`<auth xmlns="${saslNamespace}" mechanism="PLAIN">${token}</auth>`);
    const answer = await this.expect("an answer to the login", (stanza) => stanza.ns === saslNamespace);
    if (answer.name !== "success") {
      const condition = answer.nodes.find((node) => typeof node !== "string");
      throw new LoginRefused(condition === undefined ? answer.name : (condition as Element).name);
    }
    this.#socket.removeAllListeners("data");
    this.#restart();
    await this.#next("features");
    this.send(
      '<iq type="set" id="bind"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><resource>reference</resource></bind></iq>',
    );
    await this.#next("iq");
    // Only a resource that asked for the roster is told about subscriptions (RFC 6121 §2.1.1).
    this.send('<iq type="get" id="roster"><query xmlns="jabber:iq:roster"/></iq>');
    await this.#next("iq");
  }

  #next(name: string): Promise<Element> {
    return this.expect(`<${name}/>`, (stanza) => stanza.name === name);
  }

  #restart(): void {
    const reader = new StreamReader({
      opened: () => undefined,
      element: (element) => this.#accept(element),
      closed: () => this.#end("closed by the server"),
      failed: (error) => this.#end(error.message),
    });
    const decoder = new StringDecoder("utf8");
    this.#socket.on("data", (chunk: Buffer) => reader.write(decoder.write(chunk)));
    this.#socket.on("error", (error) => this.#end(error.message));
    this.#socket.on("close", () => this.#end("connection closed"));
    this.send(
      `<stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams" to="${this.#streamTo}" version="1.0">`,
    );
  }

  #accept(stanza: Element): void {
    const { type, id, from } = stanza.attributes;
    if (stanza.name === "iq" && (type === "get" || type === "set")) {
      const to = from === undefined ? "" : ` to="${escapeXml(from)}"`;
      const error =
        '<error type="cancel"><service-unavailable xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error>';
      // A roster push is acknowledged (RFC 6121 §2.1.6), anything else is refused.
      this.send(
        child(stanza, "query", "jabber:iq:roster") !== undefined
          ? `<iq type="result" id="${escapeXml(id ?? "")}"${to}/>`
          : `<iq type="error" id="${escapeXml(id ?? "")}"${to}>${error}</iq>`,
      );
      return;
    }
    this.#inbox.push(stanza);
  }

  #end(reason: string): void {
    this.#ended ??= reason;
  }

  #summary(): string {
    if (this.#inbox.length === 0) return `received nothing else${this.#ended ? `, and ${this.#ended}` : ""}`;
    return this.#inbox
      .slice(-8)
      .map((stanza) => serialize(stanza).slice(0, 300))
      .join("\n    ");
  }
}

function bare(jid: string | undefined): string {
  return jid?.split("/", 1)[0] ?? "";
}
