import type { Deadlines } from "../../base/deadlines.ts";
import type { World } from "../../base/world.ts";
import { element } from "../../xml/element.ts";
import { Stanza } from "../../xmpp/stanza.ts";
import type { ClientSession } from "./session.ts";

export interface SilenceParts {
  readonly world: World;
  readonly deadlines: Deadlines;
  /** Milliseconds without a byte from the client after which it is asked something, and those that it then has. */
  readonly limits: { readonly silence: number; readonly answerWithin: number };
}

/** Finds connections whose other end is gone without a word (RFC 6120 §4.6.1). */
export class Silence {
  readonly #parts: SilenceParts;
  /** Has the client say something. */
  readonly #ask: () => void;
  readonly #dead: () => void;
  /** Whether anything that the client says would be read. */
  readonly #listening: () => boolean;
  #heardAt: number;
  /** It was asked something, and nothing has come since. */
  #asked = false;

  constructor(parts: SilenceParts, ask: () => void, dead: () => void, listening: () => boolean) {
    this.#parts = parts;
    this.#ask = ask;
    this.#dead = dead;
    this.#listening = listening;
    this.#heardAt = parts.world.monotonic();
    this.#wait(parts.limits.silence);
  }

  /** Something has come. */
  broken(): void {
    this.#asked = false;
    this.#heardAt = this.#parts.world.monotonic();
  }

  /** The client was asked something. */
  expectAnswer(): void {
    if (this.#asked) return;
    this.#asked = true;
    this.#wait(this.#parts.limits.answerWithin);
  }

  over(): void {
    this.#parts.deadlines.clear(this);
  }

  #wait(milliseconds: number): void {
    this.#parts.deadlines.set(this, milliseconds, () => this.#look());
  }

  #look(): void {
    if (!this.#listening()) this.broken();
    if (this.#asked) {
      this.#dead();
      return;
    }
    const quiet = this.#parts.world.monotonic() - this.#heardAt;
    const left = this.#parts.limits.silence - quiet;
    if (left > 0) {
      this.#wait(left);
      return;
    }
    this.#ask();
    this.expectAnswer();
  }
}

/** XEP-0199 §4.1; with stream management a request for acknowledgement, which costs no stanza. */
export function askWhetherThere(session: ClientSession, world: World): void {
  if (session.management !== undefined) {
    session.management.ask(true);
    return;
  }
  const id = `ping-${world.random(6).toString("hex")}`;
  const head = { from: session.account.domainJid, to: session.jid, type: "get", id };
  session.send(Stanza.of("iq", head, element("ping", "urn:xmpp:ping")));
}
