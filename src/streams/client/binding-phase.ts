import type { Element } from "../../xml/element.ts";
import type { Frame } from "../../xml/frame.ts";
import { StreamError } from "../../xmpp/errors.ts";
import type { Jid } from "../../xmpp/jid.ts";
import { bindSession } from "./binding.ts";
import type { ClientSession } from "./session.ts";
import { offerAfterLogin } from "./stream-offer.ts";
import type { ClientStreamParts } from "./stream-parts.ts";
import type { PhasedStream, StreamPhase } from "./stream-phase.ts";

/** How often a client may ask again (RFC 6120 §7.7.3: five to ten times). */
const BINDING_RETRIES = 5;

/** A stream of an account, without a session. */
export interface AccountStream extends PhasedStream {
  /** The session has begun. */
  bound(session: ClientSession): void;
}

/** From the end of the login to the beginning of the session (RFC 6120 §7). */
export class BindingPhase implements StreamPhase {
  readonly #stream: AccountStream;
  readonly #account: Jid;
  readonly #parts: ClientStreamParts;
  #refused = 0;

  constructor(stream: AccountStream, account: Jid, parts: ClientStreamParts) {
    this.#stream = stream;
    this.#account = account;
    this.#parts = parts;
  }

  offer(): readonly Element[] {
    return offerAfterLogin(this.#stream.connection, this.#stream.host, this.#parts);
  }

  element(frame: Frame): void {
    const stream = this.#stream;
    const { session, answer } = bindSession(frame, this.#account, stream, this.#parts);
    stream.session = session;
    stream.wait(answer, (stanza) => {
      stream.connection.write(stanza.bytes());
      if (stanza.type === "error") {
        stream.session = undefined;
        if (++this.#refused > BINDING_RETRIES) throw new StreamError("policy-violation");
      } else {
        stream.bound(session!);
      }
    });
  }
}
