import type { RawStream } from "../support/raw-stream.ts";
import type { Element } from "../support/romeo.ts";
import type { Chance } from "./chance.ts";
import type { Ledger } from "./ledger.ts";

const SM = "urn:xmpp:sm:3";
const STANZAS: ReadonlySet<string> = new Set(["message", "presence", "iq"]);

interface Outgoing {
  readonly xml: string;
  /** Of a message that the ledger knows. */
  readonly id: string | undefined;
}

/** A client's side of stream management (XEP-0198): it counts by itself, and holds the server to its numbers. */
export class Management {
  readonly #name: string;
  readonly #ledger: Ledger;
  readonly #chance: Chance;
  #previd = "";
  /** Not acknowledged, in order; the first one is number `#handled` + 1. */
  #unacknowledged: Outgoing[] = [];
  #handled = 0;
  /** The server has acknowledged something, so that there is no excuse for forgetting. */
  #promised = false;
  #received = 0;

  constructor(parts: { readonly name: string; readonly ledger: Ledger; readonly chance: Chance }) {
    this.#name = parts.name;
    this.#ledger = parts.ledger;
    this.#chance = parts.chance;
  }

  /** Stanzas without an acknowledgement. */
  get waiting(): number {
    return this.#unacknowledged.length;
  }

  async enable(stream: RawStream): Promise<void> {
    stream.write(`<enable xmlns='${SM}' resume='true'/>`);
    const enabled = await stream.find(({ name }) => name === "enabled", "<enabled/>");
    this.#previd = enabled.attributes["id"] ?? "";
  }

  async resume(stream: RawStream): Promise<boolean> {
    stream.write(`<resume xmlns='${SM}' previd='${this.#previd}' h='${this.#received}'/>`);
    const answer = await stream.find(
      ({ name, ns }) => ns === SM && (name === "resumed" || name === "failed"),
      "<resumed/>",
    );
    if (answer.name === "resumed") {
      this.#covers(Number(answer.attributes["h"]), "<resumed/>");
      return true;
    }
    if (this.#promised) this.#ledger.fault(`${this.#name}: the session of an acknowledgement is gone`);
    return false;
  }

  sent(xml: string, id: string | undefined): void {
    this.#unacknowledged.push({ xml, id });
  }

  sendAgain(stream: RawStream): void {
    for (const { xml } of this.#unacknowledged) stream.write(xml);
    this.ask(stream);
  }

  ask(stream: RawStream): void {
    stream.write(`<r xmlns='${SM}'/>`);
  }

  /** What has come. */
  tell(stream: RawStream): void {
    stream.write(`<a xmlns='${SM}' h='${this.#received}'/>`);
  }

  /** Counts a stanza; true for what is stream management's own. */
  take(element: Element, stream: RawStream): boolean {
    if (STANZAS.has(element.name)) this.#received++;
    if (element.ns !== SM) return false;
    if (element.name === "a") this.#covers(Number(element.attributes["h"]), "<a/>");
    else if (element.name === "r") this.#answer(stream);
    return true;
  }

  /** Not every client answers at once, and what is not acknowledged when the connection ends has to come again. */
  #answer(stream: RawStream): void {
    if (this.#chance.integer(0, 2) > 0) this.tell(stream);
    else setTimeout(() => stream.gone || this.tell(stream), this.#chance.integer(10, 100)).unref();
  }

  #covers(h: number, by: string): void {
    const most = this.#handled + this.#unacknowledged.length;
    if (!(h >= this.#handled && h <= most)) {
      this.#ledger.fault(`${this.#name}: ${by} says ${h}, it was ${this.#handled}, and ${most} were sent`);
      return;
    }
    this.#promised = true;
    for (const { id } of this.#unacknowledged.splice(0, h - this.#handled))
      if (id !== undefined) this.#ledger.acknowledge(id);
    this.#handled = h;
  }
}
