import { sessionResumed } from "../../kernel/points.ts";
import type { Element } from "../../xml/element.ts";
import type { Frame } from "../../xml/frame.ts";
import { type StanzaCondition, StreamError } from "../../xmpp/errors.ts";
import type { Jid } from "../../xmpp/jid.ts";
import { STREAM_MANAGEMENT } from "../../xmpp/namespaces.ts";
import { bindSession } from "./binding.ts";
import { failed, readCount, resumed } from "./management-elements.ts";
import { prepareResumption } from "./resumption.ts";
import type { ClientSession } from "./session.ts";
import { offerAfterLogin } from "./stream-offer.ts";
import type { ClientStreamParts } from "./stream-parts.ts";
import type { PhasedStream, StreamPhase } from "./stream-phase.ts";

/** How often a client may ask again (RFC 6120 §7.7.3: five to ten times). */
const BINDING_RETRIES = 5;

/** A stream of an account, without a session. */
export interface AccountStream extends PhasedStream {
  /** The session has begun, or goes on. */
  bound(session: ClientSession): void;
}

/** From the end of the login to the beginning of the session, which is new (RFC 6120 §7) or resumed (XEP-0198 §5). */
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
    if (frame.ns !== STREAM_MANAGEMENT) this.#bind(frame);
    else if (frame.name === "resume")
      this.#resume(frame.attribute("previd"), readCount(frame.attribute("h")));
    else this.#fail("unexpected-request"); // XEP-0198 §3
  }

  #bind(frame: Frame): void {
    const stream = this.#stream;
    const { session, answer } = bindSession(frame, this.#account, stream, this.#parts);
    stream.session = session;
    stream.wait(answer, (stanza) => {
      if (stanza.type === "error") {
        stream.session = undefined;
        this.#refuse(stanza.bytes());
      } else {
        stream.connection.write(stanza.bytes());
        stream.bound(session!);
      }
    });
  }

  /** @throws StreamError when the client has got more than it was sent (XEP-0198 §6) */
  #resume(id: string | undefined, h: number | undefined): void {
    const stream = this.#stream;
    const { resumable, hooks, log, onCrash } = this.#parts;
    if (id === undefined || h === undefined) {
      this.#fail("bad-request");
      return;
    }
    const session = resumable.find(id, this.#account);
    if (session === undefined) {
      this.#fail("item-not-found", resumable.past(id, this.#account));
      return;
    }
    const { outbound, inbound } = session.management!;
    const restarted = outbound.interrupted;
    if (!restarted) session.acknowledged(h);
    session.claim(stream);
    stream.session = session;
    stream.wait(prepareResumption(session, h, this.#parts), () => {
      log.info("session resumed", { jid: session.jid, address: session.place.remoteAddress });
      stream.bound(session);
      session.resume(resumed(id, inbound.h));
      void hooks.run(sessionResumed, { session, restarted }, onCrash);
    });
  }

  #fail(condition: StanzaCondition, h?: number): void {
    this.#refuse(failed(condition, h));
  }

  #refuse(answer: string | Uint8Array): void {
    this.#stream.connection.write(answer);
    if (++this.#refused > BINDING_RETRIES) throw new StreamError("policy-violation");
  }
}
