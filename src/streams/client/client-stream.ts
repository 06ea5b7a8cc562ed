import type { Connection } from "../../kernel/connection.ts";
import type { Frame } from "../../xml/frame.ts";
import { Scanner } from "../../xml/scanner.ts";
import type { StreamHeader } from "../../xml/stream-header.ts";
import { XmlError } from "../../xml/xml-error.ts";
import { type StreamCondition, StreamError } from "../../xmpp/errors.ts";
import type { Jid } from "../../xmpp/jid.ts";
import { STREAM } from "../../xmpp/namespaces.ts";
import { type AccountStream, BindingPhase } from "./binding-phase.ts";
import { LoginPhase, type UnknownStream } from "./login-phase.ts";
import { LoginRecord } from "./login-record.ts";
import { hostOf, type Opening, readOpening, UNOPENED } from "./opening.ts";
import type { SaslReply } from "./sasl-negotiation.ts";
import type { ClientSession } from "./session.ts";
import { SessionPhase } from "./session-phase.ts";
import { askWhetherThere, Silence } from "./silence.ts";
import type { ClientStreamParts } from "./stream-parts.ts";
import type { StreamPhase } from "./stream-phase.ts";
import { features, STREAM_END, streamError, streamHeader } from "./stream-writer.ts";

type State =
  /** Waits for a stream header. */
  | "opening"
  /** What may come depends on the phase. */
  | "open"
  /** TLS is being negotiated. */
  | "securing"
  /** The closing tag is written. */
  | "closed";

/** Milliseconds that a client which has closed its stream waits at most for answers to what it sent before. */
const FINISH_WITHIN = 5_000;

/** One client's stream, from the first byte to the last (RFC 6120 §4 to §7). */
export class ClientStream implements UnknownStream, AccountStream {
  readonly connection: Connection;
  readonly #parts: ClientStreamParts;
  readonly #scanner: Scanner;
  #state: State = "opening";
  #phase: StreamPhase;
  host = "";
  lang: string | undefined = undefined;
  opening: Opening = UNOPENED;
  formGiven = false;
  #headerSent = false;
  /** The session has begun. */
  #bound = false;
  account: Jid | undefined = undefined;
  session: ClientSession | undefined = undefined;
  #login: LoginRecord | undefined = undefined;
  /** All that arrives must wait for something; `whenDrained`: that the client reads. */
  #waiting = false;
  #whenDrained: (() => void) | undefined = undefined;
  /** Nothing is read any more. */
  #halted = false;
  #silence: Silence | undefined = undefined;
  #jid: Jid | undefined = undefined;

  constructor(connection: Connection, parts: ClientStreamParts) {
    this.connection = connection;
    this.#parts = parts;
    this.#phase = new LoginPhase(this, parts);
    this.#scanner = new Scanner(parts.limits.beforeLogin.xml, parts.workspaces);
    connection.setRate(parts.limits.beforeLogin.rate);
    parts.deadlines.set(this, parts.limits.secureWithin, () => this.fail("connection-timeout"));
  }

  bytes(chunk: Buffer): void {
    if (this.#state === "closed" || this.#state === "securing") return;
    this.#silence?.broken();
    this.#scanner.push(chunk);
    this.#work();
  }

  secured(): void {
    if (this.#state === "closed") return;
    // RFC 6120 §5.4.3.3: nothing that was said in the clear counts.
    this.host = "";
    this.#restart(new LoginPhase(this, this.#parts));
    const { deadlines, limits } = this.#parts;
    deadlines.set(this, limits.authenticateWithin, () => this.fail("connection-timeout"));
  }

  drained(): void {
    this.session?.drained();
    this.#whenDrained?.();
    this.#whenDrained = undefined;
  }

  closed(error?: Error): void {
    this.#state = "closed";
    this.#parts.deadlines.clear(this);
    this.#silence?.over();
    this.#login?.over(this.#jid ?? this.account, error);
    this.session?.lost(this);
  }

  fail(condition: StreamCondition, text?: string): void {
    this.#end(new StreamError(condition, text));
  }

  /** Ends the stream with an error that is not the client's: a session that can be resumed goes on. */
  lose(condition: StreamCondition): void {
    if (this.#state === "closed") return;
    if (this.session?.management?.resumption !== undefined) {
      this.session.lost(this);
      this.session = undefined;
    }
    this.fail(condition);
  }

  replaced(): void {
    this.session = undefined;
    // XEP-0198 §5
    this.fail("conflict", "Resumed on another stream");
  }

  expectAnswer(): void {
    this.#silence?.expectAnswer();
  }

  /** Reads nothing more; resolves when what was read is handled. */
  halt(): Promise<void> {
    this.#halted = true;
    this.connection.pause();
    return this.session === undefined ? Promise.resolve() : this.#parts.router.whenSettled(this.session);
  }

  wait<T>(done: Promise<T>, next: (value: T) => void): void {
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

  secure(): void {
    // Nothing that came behind it in the clear may be taken as said inside TLS.
    this.#scanner.discard();
    this.#scanner.reset();
    this.#state = "securing";
    this.connection.startTls(this.host);
  }

  loggedIn(account: Jid, reply: SaslReply): void {
    this.account = account;
    this.#restart(new BindingPhase(this, account, this.#parts));
    const { connection } = this;
    const { limits, log } = this.#parts;
    connection.markAuthenticated();
    connection.setRate(limits.session.rate);
    this.#scanner.reset();
    this.#scanner.setLimits(limits.session.xml);
    this.#login = new LoginRecord(log, reply, connection);
  }

  bound(session: ClientSession): void {
    this.#phase = new SessionPhase(this, session, this.#parts);
    this.#bound = true;
    this.#jid = session.jid;
    this.#parts.deadlines.clear(this);
    this.#silence = new Silence(
      this.#parts,
      () => askWhetherThere(session, this.#parts.world),
      () => this.lose("connection-timeout"),
      () => !this.#waiting && !this.#halted,
    );
  }

  close(): void {
    if (this.#state === "closed") return;
    if (!this.#headerSent) this.#sendHeader();
    this.#state = "closed";
    this.#parts.deadlines.clear(this);
    this.#silence?.over();
    this.connection.write(STREAM_END);
    this.connection.end();
    void this.session?.leave();
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
    if (this.#waiting || this.#halted || this.#state === "closed" || this.#state === "securing") return false;
    const { deadlines, limits } = this.#parts;
    const phase = this.session === undefined ? limits.beforeLogin : limits.session;
    if (this.connection.buffered <= phase.outputBytes / 4) return true;
    // What it asked for piles up: who does not read is not read (RFC 6120 §4.9.3.17 when that lasts). Before login the time for that goes on.
    const read = new Promise<void>((resolve) => (this.#whenDrained = resolve));
    this.wait(read, () => this.session && deadlines.clear(this));
    if (this.session) deadlines.set(this, limits.stanzaWithin, () => this.lose("resource-constraint"));
    return false;
  }

  /** RFC 6120 §4.9.3.4: for a stanza that has begun, not for silence between stanzas. */
  #watchPartial(): void {
    const { deadlines, limits } = this.#parts;
    if (!this.#bound || this.#waiting || this.#state === "closed") return;
    if (this.#scanner.unread === 0) deadlines.clear(this);
    else if (!deadlines.has(this))
      deadlines.set(this, limits.stanzaWithin, () => this.lose("connection-timeout"));
  }

  #failWith(error: unknown): void {
    if (error instanceof StreamError) {
      this.#end(error);
    } else if (error instanceof XmlError) {
      this.fail(error.condition, error.message === error.condition ? undefined : error.message);
    } else {
      this.#parts.log.error("a stream failed", { address: this.connection.remoteAddress, error });
      this.fail("internal-server-error");
    }
  }

  /** RFC 6120 §4.9 */
  #end(error: StreamError): void {
    if (this.#state === "closed") return;
    if (!this.#headerSent) this.#sendHeader();
    this.connection.write(streamError(error));
    this.#login?.failed(error.condition, error.text);
    this.close();
  }

  /** RFC 6120 §4.3.3: the next thing is a header. */
  #restart(next: StreamPhase): void {
    this.#phase = next;
    this.#state = "opening";
    this.opening = UNOPENED;
    this.#headerSent = false;
  }

  #sendHeader(): void {
    this.#headerSent = true;
    const id = this.#parts.world.random(16).toString("hex");
    this.connection.write(streamHeader(id, this.host || this.#parts.hosts.list[0]!, this.opening));
  }

  #open(header: StreamHeader): void {
    this.opening = readOpening(header);
    this.lang = this.opening.lang;
    this.host = hostOf(header, this.#parts.hosts, this.account);
    this.#sendHeader();
    this.#state = "open";
    this.connection.write(features(this.#phase.offer()));
  }

  #element(frame: Frame): void {
    // RFC 6120 §4.9.1.1: the client has met an error. What is left to do is to close.
    if (frame.ns === STREAM && frame.name === "error") this.close();
    else this.#phase.element(frame);
  }

  /** The client has closed its side: it gets the answers to what it has sent, then ours is closed (RFC 6120 §4.4). */
  #finish(): void {
    const end = (): void => this.close();
    this.#login?.closed();
    if (this.#bound) {
      this.#parts.deadlines.set(this, FINISH_WITHIN, end);
      this.wait(this.#parts.router.whenSettled(this.session!), end);
    } else end();
  }
}
