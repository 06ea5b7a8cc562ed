import type { RawStream } from "../support/raw-stream.ts";
import { bind, child, type Element, text } from "../support/romeo.ts";
import type { Chance } from "./chance.ts";
import type { Ledger } from "./ledger.ts";
import { Management } from "./management.ts";
import { plainLogin } from "./plain-client.ts";

/** Bursts that may be on their way without an acknowledgement. */
const WINDOW = 3;

export interface TalkerParts {
  readonly name: string;
  /** To whom it writes. */
  readonly others: readonly string[];
  readonly ledger: Ledger;
  readonly chance: Chance;
}

/**
 * A client that writes numbered messages for as long as its connection holds, and notes what is acknowledged and what comes. With stream management the
 * acknowledgement is `<a/>`, without it the answer to a ping that was sent behind.
 */
export class Talker {
  readonly #parts: TalkerParts;
  readonly #management: Management | undefined;
  #stream!: RawStream;
  /** Resolves when the connection has ended. */
  ended!: Promise<void>;
  /** Messages before each ping that is not answered. */
  #pinged: string[][] = [];
  #bursts = 0;
  #quiet = true;
  #heardItself: () => void = () => {};

  constructor(parts: TalkerParts, managed: boolean) {
    this.#parts = parts;
    this.#management = managed ? new Management(parts) : undefined;
  }

  get managed(): boolean {
    return this.#management !== undefined;
  }

  async login(port: number): Promise<this> {
    const stream = await plainLogin(port, this.#parts.name);
    await bind(stream, "talker");
    await this.#management?.enable(stream);
    this.#begin(stream);
    this.#send("<presence/>");
    return this;
  }

  /** The session on a new connection. False when it is gone, which it may be as long as nothing of it was acknowledged. */
  async resume(port: number): Promise<boolean> {
    const stream = await plainLogin(port, this.#parts.name);
    if (!(await this.#management!.resume(stream))) {
      stream.destroy();
      return false;
    }
    this.#begin(stream);
    this.#management!.sendAgain(stream);
    return true;
  }

  talk(): void {
    this.#quiet = false;
    this.#goOn();
  }

  /** Resolves when everything that waited for this client has come: what it tells itself comes behind that. */
  async hearAll(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#heardItself = resolve;
    this.#send(`<message to='${this.#parts.name}@h.test' type='chat' id='last'><body>last</body></message>`);
    await Promise.race([promise, this.ended]);
  }

  /** The connection is gone, the session is not. */
  async cut(): Promise<void> {
    this.#stream.destroy();
    await this.ended;
  }

  async close(): Promise<void> {
    this.#quiet = true;
    this.#management?.tell(this.#stream);
    this.#stream.write("</stream:stream>");
    await this.ended;
  }

  #begin(stream: RawStream): void {
    this.#stream = stream;
    this.#pinged = [];
    this.#bursts = 0;
    this.#quiet = true;
    this.ended = this.#listen(stream);
  }

  #send(xml: string, id?: string): void {
    this.#management?.sent(xml, id);
    this.#stream.write(xml);
  }

  #goOn(): void {
    while (!this.#quiet && this.#bursts < WINDOW) this.#burst();
  }

  #burst(): void {
    const { name, others, ledger, chance } = this.#parts;
    const ids: string[] = [];
    this.#bursts++;
    for (let count = chance.integer(1, 8); count > 0; count--) {
      const to = chance.pick(others);
      const { id, body } = ledger.send(name, to, chance.integer(0, 5) === 0 ? 3000 : 60);
      this.#send(`<message to='${to}@h.test' type='chat' id='${id}'><body>${body}</body></message>`, id);
      ids.push(id);
    }
    if (this.#management !== undefined) this.#management.ask(this.#stream);
    else {
      this.#send("<iq type='get' id='ping' to='h.test'><ping xmlns='urn:xmpp:ping'/></iq>");
      this.#pinged.push(ids);
    }
  }

  async #listen(stream: RawStream): Promise<void> {
    for (;;) {
      const stanza = await stream.next().catch(() => undefined);
      if (stanza === undefined) return;
      this.#take(stanza, stream);
    }
  }

  #take(stanza: Element, stream: RawStream): void {
    const { id = "", type, from = "" } = stanza.attributes;
    const { name, ledger } = this.#parts;
    if (this.#management?.take(stanza, stream)) {
      // An answer that covers less than was asked for is followed by one that covers it.
      if (stanza.name === "a" && this.#management.waiting === 0) this.#acknowledged();
      return;
    }
    if (stanza.name === "iq" && id === "ping") {
      for (const known of this.#pinged.shift() ?? []) ledger.acknowledge(known);
      this.#acknowledged(1);
      return;
    }
    if (stanza.name === "error" && !stream.gone) return;
    if (stanza.name !== "message") return;
    if (type === "error") ledger.fault(`${id} came back to ${name} with an error`);
    else if (id === "last") this.#heardItself();
    else {
      const sender = from.slice(0, from.indexOf("@"));
      const stanzaId = child(stanza, "stanza-id")?.attributes["id"];
      ledger.receive(name, sender, { id, stanzaId, body: text(child(stanza, "body")) });
    }
  }

  #acknowledged(bursts = this.#bursts): void {
    this.#bursts -= bursts;
    this.#goOn();
  }
}
