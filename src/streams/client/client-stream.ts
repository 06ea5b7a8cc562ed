import type { Connection } from "../../kernel/connection.ts";
import { type Element, element } from "../../xml/element.ts";
import type { Frame } from "../../xml/frame.ts";
import { Scanner } from "../../xml/scanner.ts";
import type { StreamHeader } from "../../xml/stream-header.ts";
import { XmlError } from "../../xml/xml-error.ts";
import { type StreamCondition, StreamError } from "../../xmpp/errors.ts";
import type { Jid } from "../../xmpp/jid.ts";
import { CONTENT, SASL, STREAM, TLS } from "../../xmpp/namespaces.ts";
import { answerBeforeLogin } from "./before-login.ts";
import { BINDING_RETRIES, bindSession, sessionRate } from "./binding.ts";
import { LoginRecord } from "./login-record.ts";
import { checkIdentity, hostOf, type Opening, readOpening, UNOPENED } from "./opening.ts";
import { encryptionRequired, type SaslNegotiation, type SaslReply } from "./sasl-negotiation.ts";
import type { ClientSession } from "./session.ts";
import { STANZAS, takeStanza } from "./stanza-intake.ts";
import { loginOn, streamOffer } from "./stream-offer.ts";
import type { ClientStreamParts } from "./stream-parts.ts";
import { features, nonza, STREAM_END, streamError, streamHeader } from "./stream-writer.ts";

type State =
  /** Waits for a stream header. */
  | "opening"
  /** Waits for what may come before login. */
  | "negotiating"
  /** TLS is being negotiated. */
  | "securing"
  /** Logged in, waits for the binding. */
  | "authenticated"
  | "bound"
  /** The closing tag is written. */
  | "closed";

/** Milliseconds that a client which has closed its stream waits at most for answers to what it sent before. */
const FINISH_WITHIN = 5_000;

/** One client's stream, from the first byte to the last (RFC 6120 §4 to §7). */
export class ClientStream {
  readonly connection: Connection;
  readonly #parts: ClientStreamParts;
  readonly #scanner: Scanner;
  #state: State = "opening";
  /** What the client asked for, once it has. */
  host = "";
  lang: string | undefined = undefined;
  #opening: Opening = UNOPENED;
  formGiven = false;
  #headerSent = false;
  #sasl: SaslNegotiation | undefined = undefined;
  account: Jid | undefined = undefined;
  #session: ClientSession | undefined = undefined;
  #login: LoginRecord | undefined = undefined;
  #refusedBindings = 0;
  /** All that arrives must wait for something; `whenDrained`: that the client reads. */
  #waiting = false;
  #whenDrained: (() => void) | undefined = undefined;

  constructor(connection: Connection, parts: ClientStreamParts) {
    this.connection = connection;
    this.#parts = parts;
    this.#scanner = new Scanner(parts.limits.beforeLogin.xml, parts.workspaces);
    connection.setRate(parts.limits.beforeLogin.rate);
    parts.deadlines.set(this, parts.limits.secureWithin, () => this.fail("connection-timeout"));
  }

  bytes(chunk: Buffer): void {
    if (this.#state === "closed" || this.#state === "securing") return;
    this.#scanner.push(chunk);
    this.#work();
  }

  secured(): void {
    if (this.#state === "closed") return;
    // RFC 6120 §5.4.3.3: nothing that was said in the clear counts.
    this.host = "";
    this.#restart();
    const { deadlines, limits } = this.#parts;
    deadlines.set(this, limits.authenticateWithin, () => this.fail("connection-timeout"));
  }

  drained(): void {
    this.#session?.drained();
    this.#whenDrained?.();
    this.#whenDrained = undefined;
  }

  closed(error?: Error): void {
    this.#state = "closed";
    this.#parts.deadlines.clear(this);
    this.#login?.over(this.#session?.jid ?? this.account, error);
    void this.#session?.leave();
    this.#session?.closed();
  }

  /** Ends the stream with an error (RFC 6120 §4.9). */
  fail(condition: StreamCondition, text?: string): void {
    if (this.#state === "closed") return;
    if (!this.#headerSent) this.#sendHeader();
    this.connection.write(streamError(new StreamError(condition, text)));
    this.#login?.failed(condition, text);
    this.#close();
  }

  #work(): void {
    try {
      while (this.#mayRead()) {
        const event = this.#scanner.next();
        if (event === undefined) break;
        if (event.kind === "element") this.#element(event.frame);
        else if (event.kind === "open") this.#open(event.header);
        else this.#finish();
      }
      this.#watchPartial();
    } catch (error) {
      this.#failWith(error);
    }
  }

  /** Reading goes on; if not, whoever is waited for calls `work` again. */
  #mayRead(): boolean {
    if (this.#waiting || this.#state === "closed" || this.#state === "securing") return false;
    const { deadlines, limits } = this.#parts;
    const phase = this.#session === undefined ? limits.beforeLogin : limits.session;
    if (this.connection.buffered <= phase.outputBytes / 4) return true;
    // What it asked for piles up: who does not read is not read (RFC 6120 §4.9.3.17 when that lasts). Before login the time for that goes on.
    const read = new Promise<void>((resolve) => (this.#whenDrained = resolve));
    this.#await(read, () => this.#session && deadlines.clear(this));
    if (this.#session) deadlines.set(this, limits.stanzaWithin, () => this.fail("resource-constraint"));
    return false;
  }

  /** RFC 6120 §4.9.3.4: for a stanza that has begun, not for silence between stanzas. */
  #watchPartial(): void {
    const { deadlines, limits } = this.#parts;
    if (this.#state !== "bound" || this.#waiting) return;
    if (this.#scanner.unread === 0) deadlines.clear(this);
    else if (!deadlines.has(this))
      deadlines.set(this, limits.stanzaWithin, () => this.fail("connection-timeout"));
  }

  #failWith(error: unknown): void {
    if (error instanceof XmlError || error instanceof StreamError) {
      this.fail(error.condition, error.message === error.condition ? undefined : error.message);
    } else {
      this.#parts.log.error("a stream failed", { address: this.connection.remoteAddress, error });
      this.fail("internal-server-error");
    }
  }

  /** Holds everything that arrives until `done` is there. */
  #await<T>(done: Promise<T>, next: (value: T) => void): void {
    this.#waiting = true;
    this.#scanner.hold();
    this.connection.pause();
    const go = (value: T): void => {
      this.#waiting = false;
      if (this.#state === "closed") return;
      this.connection.resume();
      next(value);
      this.#work();
    };
    done.then(go).catch((error: unknown) => this.#failWith(error));
  }

  /** RFC 6120 §4.3.3: the next thing is a header. */
  #restart(): void {
    this.#state = "opening";
    this.#opening = UNOPENED;
    this.#headerSent = false;
  }

  #sendHeader(): void {
    this.#headerSent = true;
    const id = this.#parts.world.random(16).toString("hex");
    this.connection.write(streamHeader(id, this.host || this.#parts.hosts.list[0]!, this.#opening));
  }

  #open(header: StreamHeader): void {
    this.#opening = readOpening(header);
    this.lang = this.#opening.lang;
    this.host = hostOf(header, this.#parts.hosts, this.account);
    this.#sendHeader();
    const { account, connection, host } = this;
    this.#state = account === undefined ? "negotiating" : "authenticated";
    if (account === undefined) this.#sasl ??= loginOn(connection, host, this.#parts);
    const phase = account === undefined ? "before-login" : "after-login";
    connection.write(features(streamOffer(connection, host, phase, this.#sasl, this.#parts)));
  }

  #element(frame: Frame): void {
    // RFC 6120 §4.9.1.1: the client has met an error. What is left to do is to close.
    if (frame.ns === STREAM && frame.name === "error") this.#close();
    else if (this.#state === "negotiating") this.#negotiate(frame);
    else if (this.#state === "authenticated") this.#bind(frame);
    else this.#stanza(frame);
  }

  #negotiate(frame: Frame): void {
    const { ns, name } = frame;
    if (ns === TLS && name === "starttls") {
      this.#startTls();
      return;
    }
    if (ns === SASL) {
      this.#authenticate(frame.element());
      return;
    }
    if (ns === CONTENT && name === "iq" && this.#sasl !== undefined) {
      const answer = answerBeforeLogin(frame, this, this.#parts);
      this.#await(answer, (stanza) => this.connection.write(stanza.bytes()));
      return;
    }
    if (ns === CONTENT && STANZAS.has(name)) throw new StreamError("not-authorized"); // RFC 6120 §4.9.3.12
    throw new StreamError("unsupported-stanza-type");
  }

  #startTls(): void {
    if (this.connection.tls !== undefined) {
      this.connection.write(nonza(element("failure", TLS))); // RFC 6120 §5.4.2.2
      this.#close();
      return;
    }
    this.connection.write(nonza(element("proceed", TLS)));
    // Nothing that came behind it in the clear may be taken as said inside TLS.
    this.#scanner.discard();
    this.#scanner.reset();
    this.#sasl = undefined;
    this.#state = "securing";
    this.connection.startTls(this.host);
  }

  #authenticate(nonzaReceived: Element): void {
    if (this.#sasl === undefined) {
      this.connection.write(nonza(encryptionRequired));
      return;
    }
    const reply = this.#sasl.receive(nonzaReceived);
    if (reply instanceof Promise) this.#await(reply, (late) => this.#saslReply(late));
    else this.#saslReply(reply);
  }

  #saslReply(reply: SaslReply): void {
    if (reply.account !== undefined && this.connection.tls) checkIdentity(this.#opening, reply.account);
    this.connection.write(nonza(reply.write));
    if (reply.over) throw new StreamError("policy-violation", "Too many failed attempts");
    if (reply.account === undefined) return;
    this.account = reply.account;
    this.#sasl = undefined;
    this.#restart();
    const { connection } = this;
    const { limits, log } = this.#parts;
    connection.markAuthenticated();
    connection.setRate(sessionRate(this.account, connection, this.#parts));
    this.#scanner.reset();
    this.#scanner.setLimits(limits.session.xml);
    this.#login = new LoginRecord(log, reply, connection);
  }

  #bind(frame: Frame): void {
    const bound = bindSession(frame, this.account!, this, this.#parts, (...error) => this.fail(...error));
    this.#session = bound.session;
    this.#await(bound.answer, (answer) => {
      this.connection.write(answer.bytes());
      if (answer.type === "error") {
        this.#session = undefined;
        if (++this.#refusedBindings > BINDING_RETRIES) throw new StreamError("policy-violation");
        return;
      }
      this.#state = "bound";
      this.#parts.deadlines.clear(this);
    });
  }

  #stanza(frame: Frame): void {
    const session = this.#session!;
    if (takeStanza(frame, session, this.lang, this.#parts.router) === "enough") {
      this.#await(this.#parts.router.whenSettled(session), () => {});
    }
  }

  /** The client has closed its side: it gets the answers to what it has sent, then ours is closed (RFC 6120 §4.4). */
  #finish(): void {
    const end = (): void => this.#close();
    this.#login?.closed();
    if (this.#state === "bound") {
      this.#parts.deadlines.set(this, FINISH_WITHIN, end);
      this.#await(this.#parts.router.whenSettled(this.#session!), end);
    } else end();
  }

  #close(): void {
    if (this.#state === "closed") return;
    if (!this.#headerSent) this.#sendHeader();
    this.#state = "closed";
    this.#parts.deadlines.clear(this);
    this.connection.write(STREAM_END);
    this.connection.end();
    void this.#session?.leave();
  }
}
