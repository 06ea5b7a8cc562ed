import { type Element, element } from "../../xml/element.ts";
import type { Frame } from "../../xml/frame.ts";
import { StreamError } from "../../xmpp/errors.ts";
import type { Jid } from "../../xmpp/jid.ts";
import { CONTENT, SASL, STREAM_MANAGEMENT, TLS } from "../../xmpp/namespaces.ts";
import { answerBeforeLogin } from "./before-login.ts";
import { failed } from "./management-elements.ts";
import { checkIdentity, type Opening } from "./opening.ts";
import { encryptionRequired, type SaslNegotiation, type SaslReply } from "./sasl-negotiation.ts";
import { STANZAS } from "./stanza-intake.ts";
import { loginOn, offerBeforeLogin } from "./stream-offer.ts";
import type { ClientStreamParts } from "./stream-parts.ts";
import type { PhasedStream, StreamPhase } from "./stream-phase.ts";
import { nonza } from "./stream-writer.ts";

/** A stream on which nobody has logged in. */
export interface UnknownStream extends PhasedStream {
  readonly opening: Opening;
  /** A form for a new account was asked for. */
  formGiven: boolean;
  /** What follows is TLS. */
  secure(): void;
  /** The login has succeeded and its answer is written. */
  loggedIn(account: Jid, reply: SaslReply): void;
}

/** From the first header to the end of the login (RFC 6120 §5, §6). */
export class LoginPhase implements StreamPhase {
  readonly #stream: UnknownStream;
  readonly #parts: ClientStreamParts;
  /** undefined where nobody can log in: before TLS. */
  #sasl: SaslNegotiation | undefined = undefined;

  constructor(stream: UnknownStream, parts: ClientStreamParts) {
    this.#stream = stream;
    this.#parts = parts;
  }

  offer(): readonly Element[] {
    const { connection, host } = this.#stream;
    this.#sasl ??= loginOn(connection, host, this.#parts);
    return offerBeforeLogin(connection, host, this.#sasl, this.#parts);
  }

  element(frame: Frame): void {
    const { ns, name } = frame;
    if (ns === TLS && name === "starttls") this.#startTls();
    else if (ns === SASL) this.#authenticate(frame.element());
    else if (ns === CONTENT && name === "iq" && this.#sasl !== undefined) {
      const answer = answerBeforeLogin(frame, this.#stream, this.#parts);
      this.#stream.wait(answer, (stanza) => this.#stream.connection.write(stanza.bytes()));
    } else if (ns === STREAM_MANAGEMENT) {
      this.#stream.connection.write(failed("unexpected-request")); // XEP-0198 §3
    } else {
      // RFC 6120 §4.9.3.12
      throw new StreamError(
        ns === CONTENT && STANZAS.has(name) ? "not-authorized" : "unsupported-stanza-type",
      );
    }
  }

  #startTls(): void {
    const { connection } = this.#stream;
    if (connection.tls === undefined) {
      connection.write(nonza(element("proceed", TLS)));
      this.#stream.secure();
      return;
    }
    connection.write(nonza(element("failure", TLS))); // RFC 6120 §5.4.2.2
    this.#stream.close();
  }

  #authenticate(nonzaReceived: Element): void {
    if (this.#sasl === undefined) {
      this.#stream.connection.write(nonza(encryptionRequired));
      return;
    }
    const reply = this.#sasl.receive(nonzaReceived);
    if (reply instanceof Promise) this.#stream.wait(reply, (late) => this.#saslReply(late));
    else this.#saslReply(reply);
  }

  #saslReply(reply: SaslReply): void {
    const { connection, opening } = this.#stream;
    if (reply.account !== undefined && connection.tls) checkIdentity(opening, reply.account);
    connection.write(nonza(reply.write));
    if (reply.over) throw new StreamError("policy-violation", "Too many failed attempts");
    if (reply.account !== undefined) this.#stream.loggedIn(reply.account, reply);
  }
}
