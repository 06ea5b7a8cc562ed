import { child, type Element, text } from "../support/romeo.ts";
import type { Chance } from "./chance.ts";
import type { Ledger } from "./ledger.ts";
import { PlainClient } from "./plain-client.ts";

/** Requests for an answer that may be on their way at once. */
const WINDOW = 3;

export interface TalkerParts {
  readonly name: string;
  /** To whom it writes. */
  readonly others: readonly string[];
  readonly ledger: Ledger;
  readonly chance: Chance;
  /** Begins the ids of what it sends. */
  readonly mark: string;
}

/** A client that writes numbered messages for as long as its connection holds, and notes what is acknowledged and what comes. */
export class Talker {
  readonly #parts: TalkerParts;
  readonly #client: PlainClient;
  /** Messages before each ping that is not answered. */
  readonly #waiting: string[][] = [];
  /** Resolves when the connection has ended. */
  readonly ended: Promise<void>;
  #quiet = false;
  #heardItself: () => void = () => {};

  private constructor(parts: TalkerParts, client: PlainClient) {
    this.#parts = parts;
    this.#client = client;
    this.ended = this.#listen();
  }

  static async login(port: number, parts: TalkerParts): Promise<Talker> {
    return new Talker(parts, await PlainClient.login(port, "h.test", parts.name, "talker"));
  }

  talk(): void {
    while (!this.#quiet && this.#waiting.length < WINDOW) this.#burst();
  }

  /** Resolves when everything that waited for this client has come: what it tells itself comes behind that. */
  async hearAll(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#heardItself = resolve;
    this.#client.send(
      `<message to='${this.#parts.name}@h.test' type='chat' id='last'><body>last</body></message>`,
    );
    await Promise.race([promise, this.ended]);
  }

  async close(): Promise<void> {
    this.#quiet = true;
    this.#client.send("</stream:stream>");
    await this.ended;
  }

  #burst(): void {
    const { name, others, ledger, chance, mark } = this.#parts;
    const ids: string[] = [];
    for (let count = chance.integer(1, 8); count > 0; count--) {
      const to = chance.pick(others);
      const { id, body } = ledger.send(name, to, mark, chance.integer(0, 5) === 0 ? 3000 : 60);
      this.#client.send(`<message to='${to}@h.test' type='chat' id='${id}'><body>${body}</body></message>`);
      ids.push(id);
    }
    this.#client.send("<iq type='get' id='ping' to='h.test'><ping xmlns='urn:xmpp:ping'/></iq>");
    this.#waiting.push(ids);
  }

  async #listen(): Promise<void> {
    const { stream } = this.#client;
    for (;;) {
      const stanza = await stream.next().catch(() => undefined);
      if (stanza === undefined) return;
      this.#take(stanza);
    }
  }

  #take(stanza: Element): void {
    const { id = "", type, from = "" } = stanza.attributes;
    if (stanza.name === "iq" && id === "ping") {
      for (const known of this.#waiting.shift() ?? []) this.#parts.ledger.acknowledge(known);
      this.talk();
      return;
    }
    if (stanza.name !== "message") return;
    const { name, ledger } = this.#parts;
    if (type === "error") ledger.fault(`${id} came back to ${name} with an error`);
    else if (id === "last") this.#heardItself();
    else {
      const sender = from.slice(0, from.indexOf("@"));
      const stanzaId = child(stanza, "stanza-id")?.attributes["id"];
      ledger.receive(name, sender, { id, stanzaId, body: text(child(stanza, "body")) });
    }
  }
}
