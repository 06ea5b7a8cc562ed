import type { Element } from "../../xml/element.ts";
import type { Frame } from "../../xml/frame.ts";
import type { ClientSession } from "./session.ts";
import { takeStanza } from "./stanza-intake.ts";
import type { ClientStreamParts } from "./stream-parts.ts";
import type { PhasedStream, StreamPhase } from "./stream-phase.ts";

/** While a resource is bound (RFC 6120 §8). */
export class SessionPhase implements StreamPhase {
  readonly #stream: PhasedStream;
  readonly #session: ClientSession;
  readonly #parts: ClientStreamParts;

  constructor(stream: PhasedStream, session: ClientSession, parts: ClientStreamParts) {
    this.#stream = stream;
    this.#session = session;
    this.#parts = parts;
  }

  offer(): readonly Element[] {
    return [];
  }

  element(frame: Frame): void {
    const { router } = this.#parts;
    if (takeStanza(frame, this.#session, this.#stream.lang, router) === "enough") {
      this.#stream.wait(router.whenSettled(this.#session), () => {});
    }
  }
}
