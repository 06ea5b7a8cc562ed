import { RawStream } from "./raw-stream.ts";
import { fromBase64, ScramClient, toBase64 } from "./scram-client.ts";
import { child, type Element, text } from "./stream-reader.ts";

const SASL = "urn:ietf:params:xml:ns:xmpp-sasl";

/** Where a server takes clients. */
export interface Where {
  readonly host: string;
  /** Direct TLS. */
  readonly tlsPort: number;
}

export interface LoginOptions {
  readonly password?: string;
  readonly resource?: string;
  readonly host?: string;
  /** Sends initial presence and waits until it has come back; true unless said otherwise. */
  readonly presence?: boolean | string;
}

/** A logged-in client that writes raw XML and looks at what comes. */
export class Romeo {
  readonly stream: RawStream;
  /** Full. */
  readonly jid: string;
  /** Bare. */
  readonly account: string;
  #syncs = 0;

  private constructor(stream: RawStream, jid: string) {
    this.stream = stream;
    this.jid = jid;
    this.account = jid.slice(0, jid.indexOf("/"));
  }

  /** Direct TLS, SCRAM-SHA-256, binding. */
  static async login(server: Where, user: string, options: LoginOptions = {}): Promise<Romeo> {
    const host = options.host ?? server.host;
    const stream = await RawStream.connectTls(server.tlsPort, host);
    await stream.open();
    await stream.next();
    await authenticate(stream, user, options.password ?? "secret");
    await stream.open();
    await stream.next();
    const romeo = new Romeo(stream, await bind(stream, options.resource));
    const presence = options.presence ?? true;
    if (presence === false) return romeo;
    romeo.send(presence === true ? "<presence/>" : presence);
    await stream.find(
      (one) => one.name === "presence" && one.attributes["from"] === romeo.jid,
      "own presence",
    );
    return romeo;
  }

  send(xml: string): void {
    this.stream.write(xml);
  }

  next(): Promise<Element> {
    return this.stream.next();
  }

  find(wanted: (element: Element) => boolean, what: string): Promise<Element> {
    return this.stream.find(wanted, what);
  }

  /** The next element of this name and these attributes; what is not asked for stays. */
  expect(name: string, attributes: Readonly<Record<string, string>> = {}): Promise<Element> {
    const wanted = (one: Element): boolean =>
      one.name === name && Object.entries(attributes).every(([key, value]) => one.attributes[key] === value);
    return this.stream.find(wanted, `<${name} ${JSON.stringify(attributes)}>`);
  }

  /** The answer to an iq; `content` is the payload's XML. */
  async ask(type: "get" | "set", content: string, to?: string): Promise<Element> {
    const id = `ask-${++this.#syncs}`;
    const address = to === undefined ? "" : ` to='${to}'`;
    this.send(`<iq type='${type}' id='${id}'${address}>${content}</iq>`);
    return this.stream.find(
      (one) => one.name === "iq" && one.attributes["id"] === id,
      `the answer to ${content}`,
    );
  }

  /**
   * Everything that has come and was not taken, once everything that this client has sent was handled: the server takes the stanzas of a
   * stream in order, and so it answers this question last.
   */
  async sync(): Promise<Element[]> {
    await this.ask("get", "<query xmlns='urn:test:sync'/>");
    return this.stream.takeAll();
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

/** SCRAM-SHA-256 without channel binding. */
export async function authenticate(stream: RawStream, username: string, password: string): Promise<void> {
  const scram = new ScramClient({ hash: "SHA-256", username, password });
  stream.write(`<auth xmlns='${SASL}' mechanism='SCRAM-SHA-256'>${toBase64(scram.first())}</auth>`);
  const challenge = await stream.next();
  if (challenge.name !== "challenge") throw new Error(`login: <${challenge.name}/>`);
  const final = scram.final(fromBase64(text(challenge)));
  stream.write(`<response xmlns='${SASL}'>${toBase64(final)}</response>`);
  const success = await stream.next();
  if (success.name !== "success") throw new Error(`login refused: ${JSON.stringify(success)}`);
  if (!scram.verify(fromBase64(text(success)))) throw new Error("the server does not know the password");
}

/** Binds a resource and returns the full JID. */
export async function bind(stream: RawStream, resource?: string): Promise<string> {
  const wish = resource === undefined ? "" : `<resource>${resource}</resource>`;
  stream.write(`<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>${wish}</bind></iq>`);
  const answer = await stream.find((one) => one.attributes["id"] === "bind", "the binding");
  const jid = text(child(child(answer, "bind") ?? answer, "jid"));
  if (jid === "") throw new Error(`binding refused: ${JSON.stringify(answer)}`);
  return jid;
}

/** The condition of a stanza or stream error: the first child that is not the text. */
export function condition(stanza: Element): string {
  const error = stanza.name === "error" ? stanza : child(stanza, "error");
  const found = error?.nodes.find((node) => typeof node !== "string" && node.name !== "text");
  return typeof found === "object" ? found.name : "none";
}

export { child, type Element, text };
