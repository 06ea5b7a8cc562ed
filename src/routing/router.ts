import type { Log } from "../base/log.ts";
import { when } from "../base/when.ts";
import type { Accounts } from "../kernel/accounts.ts";
import { Drop, type Hooks, type Verdict } from "../kernel/hooks.ts";
import type { IqTarget } from "../kernel/iq.ts";
import type { Outcome, Outcomes } from "../kernel/outcomes.ts";
import { type Passage, stanzaFromAccount, stanzaToAccount } from "../kernel/points.ts";
import type { Domains, Router } from "../kernel/router.ts";
import type { PresenceRules } from "../kernel/services.ts";
import type { Session, Sessions } from "../kernel/sessions.ts";
import { StanzaError } from "../xmpp/errors.ts";
import type { Jid } from "../xmpp/jid.ts";
import type { Stanza } from "../xmpp/stanza.ts";
import { sendAnswer } from "./answers.ts";
import { crashVerdict } from "./crash-verdict.ts";
import type { Homes } from "./homes.ts";
import { InputQueue, type Prepared, type Release, Submitted } from "./input-queue.ts";
import { iqForm } from "./iq-form.ts";
import type { IqRouteTable } from "./iq-routes.ts";
import type { Ending, MessageDelivery } from "./message-delivery.ts";

/** A session of ours that has sent the stanza at hand, and whether its account's archive takes that. */
interface Sender {
  readonly session: Session;
  readonly archived: boolean;
}

export interface RouterParts {
  readonly accounts: Accounts;
  readonly domains: Domains;
  readonly homes: Homes;
  readonly hooks: Hooks;
  readonly iqRoutes: IqRouteTable;
  readonly log: Log;
  readonly messages: MessageDelivery;
  readonly outcomes: Outcomes;
  readonly sessions: Sessions;
  /** Known once the extensions are loaded. */
  presence(): PresenceRules;
}

/** How far a stanza goes before its turn has come. */
type Stage = Ending | Submitted<Ending>;
type Way = Stage | Promise<Stage>;

/** The delivery tree (architecture, RFC 6120 §10): each stanza gets its place and ends in one outcome. */
export class DeliveryTree implements Router {
  readonly #parts: RouterParts;
  readonly #queues = new WeakMap<Session, InputQueue>();

  constructor(parts: RouterParts) {
    this.#parts = parts;
  }

  receive(session: Session, stanza: Stanza): number {
    this.#parts.outcomes.enter();
    const queue = this.#queue(session);
    queue.add(stanza.kind === "message", () => this.#begin(stanza, session));
    return queue.length;
  }

  refuse(session: Session, stanza: Stanza, error: StanzaError): number {
    this.#parts.outcomes.enter();
    const queue = this.#queue(session);
    queue.add(false, () => {
      session.began();
      return () => this.#fail(stanza, error, session);
    });
    return queue.length;
  }

  whenSettled(session: Session): Promise<void> {
    return this.#queues.get(session)?.settled() ?? Promise.resolve();
  }

  send(stanza: Stanza): Outcome | Promise<Outcome> {
    return this.#outcome(stanza, () => this.#toDomain(stanza, undefined));
  }

  sendFor(session: Session, stanza: Stanza): Outcome | Promise<Outcome> {
    return this.#outcome(stanza, () => this.#fromSession(stanza, session));
  }

  /** Answers with an error unless that is forbidden (RFC 6120 §8.2.3, §8.3.1). */
  bounce(stanza: Stanza, error: StanzaError): Outcome {
    if (stanza.type === "error" || (stanza.kind === "iq" && stanza.type === "result"))
      return "dropped:unanswerable";
    sendAnswer(stanza.bounce(error), this.#parts);
    return `bounced:${error.condition}`;
  }

  /** What it means that a handler has thrown. */
  onCrash(error: unknown, stage: string, extension: string): Verdict {
    return crashVerdict(error, stage, extension, this.#parts.log);
  }

  #queue(session: Session): InputQueue {
    let queue = this.#queues.get(session);
    if (queue === undefined) {
      queue = new InputQueue();
      this.#queues.set(session, queue);
    }
    return queue;
  }

  #outcome(stanza: Stanza, begin: () => Way): Outcome | Promise<Outcome> {
    const failed = (error: unknown): Outcome => this.bounce(stanza, this.#asStanzaError(error));
    try {
      const outcome = when(begin(), (stage) =>
        stage instanceof Submitted ? stage.rest.then((ending) => ending()) : stage(),
      );
      return outcome instanceof Promise ? outcome.catch(failed) : outcome;
    } catch (error) {
      return failed(error);
    }
  }

  #begin(stanza: Stanza, session: Session): Prepared | Promise<Prepared> {
    const failed =
      (error: unknown): Release =>
      () =>
        this.#fail(stanza, error, session);
    session.began();
    try {
      const way = this.#fromSession(stanza, session);
      if (!(way instanceof Promise)) return this.#prepared(stanza, way, session);
      return way.then((stage) => this.#prepared(stanza, stage, session)).catch(failed);
    } catch (error) {
      return failed(error);
    }
  }

  #prepared(stanza: Stanza, stage: Stage, session: Session): Prepared {
    if (!(stage instanceof Submitted)) return () => this.#finish(stanza, stage, session);
    return new Submitted(stage.rest.then((ending) => () => this.#finish(stanza, ending, session)));
  }

  #finish(stanza: Stanza, ending: Ending, session: Session): void | Promise<void> {
    try {
      const outcome = ending();
      if (!(outcome instanceof Promise)) return this.#ended(stanza, outcome, session);
      return outcome.then(
        (late) => this.#ended(stanza, late, session),
        (error: unknown) => this.#fail(stanza, error, session),
      );
    } catch (error) {
      this.#fail(stanza, error, session);
    }
  }

  #fail(stanza: Stanza, error: unknown, session: Session): void {
    this.#ended(stanza, this.bounce(stanza, this.#asStanzaError(error)), session);
  }

  #ended(stanza: Stanza, outcome: Outcome, session: Session): void {
    this.#parts.outcomes.end(outcome, stanza.kind);
    session.handled(stanza.kind);
  }

  #asStanzaError(error: unknown): StanzaError {
    if (error instanceof StanzaError) return error;
    this.#parts.log.error("a stanza could not be handled", { error });
    return new StanzaError("internal-server-error");
  }

  /** Step 1: the sender's side. */
  #fromSession(stanza: Stanza, session: Session): Way {
    if (stanza.kind === "iq") iqForm(stanza);
    // RFC 6120 §10.3: without `to` it is for the sender's own account.
    const to = stanza.to ?? session.account;
    const broadcast = stanza.kind === "presence" && stanza.to === undefined;
    if (!broadcast && to.equals(session.account))
      return this.#toDomain(stanza.to === undefined ? stanza.with({ to }) : stanza, {
        session,
        archived: false,
      });
    const passage: Passage = { stanza, account: session.account, archived: false };
    const verdict = this.#parts.hooks.run(stanzaFromAccount, passage, this.#crash);
    return when(verdict, (decided) =>
      this.#past(decided, () => {
        if (stanza.kind !== "presence")
          return this.#toDomain(passage.stanza, { session, archived: passage.archived });
        return () => this.#parts.presence().fromSession(session, passage.stanza);
      }),
    );
  }

  /** Steps 2 to 4: whose domain it is. */
  #toDomain(stanza: Stanza, sender: Sender | undefined): Way {
    const to = stanza.to!;
    if (!this.#parts.domains.isHost(to.domain)) return () => this.#toElsewhere(stanza, to, sender);
    switch (stanza.kind) {
      case "message":
        return this.#messageToHost(stanza, to, sender);
      case "iq":
        return this.#iqToHost(stanza, to, sender?.session);
      default:
        return this.#presenceToHost(stanza, to);
    }
  }

  #toElsewhere(stanza: Stanza, to: Jid, sender: Sender | undefined): Outcome | Promise<Outcome> {
    const outcome = this.#parts.domains.owner(to).deliver(stanza);
    if (stanza.kind !== "message" || sender === undefined) return outcome;
    return when(outcome, (done) => {
      if (done === "delivered") this.#parts.messages.left(stanza, sender.session);
      return done;
    });
  }

  #messageToHost(stanza: Stanza, to: Jid, sender: Sender | undefined): Way {
    // RFC 6120 §10.5.1: the host itself takes no messages.
    if (to.local === "") throw new StanzaError("service-unavailable");
    return when(this.#parts.accounts.exists(to.bare), (exists) => {
      // RFC 6121 §8.5.1
      if (!exists) throw new StanzaError("service-unavailable");
      return this.#pastAccount(stanza, (passed, archivedByReceiver) =>
        this.#parts.messages.prepare(passed, this.#parts.homes.of(to.bare), {
          sender: sender?.session,
          archivedBySender: sender?.archived ?? false,
          archivedByReceiver,
        }),
      );
    });
  }

  #presenceToHost(stanza: Stanza, to: Jid): Way {
    // RFC 6120 §10.5.1: presence for the host itself concerns nobody.
    if (to.local === "") return () => "dropped:no-effect";
    return when(this.#parts.accounts.exists(to.bare), (exists) => {
      const next = (passed: Stanza) => () => this.#parts.presence().toAccount(passed, exists);
      return exists ? this.#pastAccount(stanza, next) : next(stanza);
    });
  }

  #iqToHost(stanza: Stanza, to: Jid, session: Session | undefined): Way {
    const form = iqForm(stanza);
    const from = stanza.from!;
    if (to.isFull) return this.#iqToResource(stanza, to);
    // RFC 6120 §8.2.3: an answer to nobody's question has no effect, and none to one of ours needs more.
    if (form === "response") return () => "dropped:no-effect";
    if (to.local === "") return this.#respond("host", stanza, to, session);
    if (to.equals(from.bare)) return this.#respond("own-account", stanza, to, session);
    return when(this.#parts.accounts.exists(to), (exists) => {
      // RFC 6121 §8.5.1, and the same answer as from an account where nobody handles the request (§8.5.3.1 against directory harvesting).
      if (!exists) throw new StanzaError("service-unavailable");
      return this.#pastAccount(stanza, (passed) => this.#respond("other-account", passed, to, session));
    });
  }

  /** RFC 6121 §8.5.3. */
  #iqToResource(stanza: Stanza, to: Jid): Way {
    const receiver = to.local === "" ? undefined : this.#parts.sessions.find(to);
    if (receiver === undefined) throw new StanzaError("service-unavailable");
    return when(this.#mayAsk(stanza, to), (may) => {
      if (!may) throw new StanzaError("service-unavailable");
      return this.#pastAccount(stanza, (passed) => () => {
        receiver.send(passed);
        return "delivered";
      });
    });
  }

  /** RFC 6121 §8.5.3.1: strangers from elsewhere learn nothing, not even that somebody is there; accounts here may ask each other. */
  #mayAsk(stanza: Stanza, to: Jid): boolean | Promise<boolean> {
    const from = stanza.from!;
    if (this.#parts.domains.isHost(from.domain) || (stanza.type !== "get" && stanza.type !== "set"))
      return true;
    return this.#parts.presence().allows(to.bare, from.bare);
  }

  #respond(target: IqTarget, stanza: Stanza, to: Jid, session: Session | undefined): Ending {
    return () =>
      when(this.#parts.iqRoutes.respond(target, { from: stanza.from!, to, session, stanza }), (answer) => {
        sendAnswer(answer, this.#parts);
        return "answered" as const;
      });
  }

  /** The receiver's side: what the account's extensions say comes before RFC 6121 §8. */
  #pastAccount(stanza: Stanza, next: (stanza: Stanza, archived: boolean) => Way): Way {
    const passage: Passage = { stanza, account: stanza.to!.bare, archived: false };
    const verdict = this.#parts.hooks.run(stanzaToAccount, passage, this.#crash);
    if (verdict === undefined) return next(passage.stanza, passage.archived);
    return when(verdict, (decided) => this.#past(decided, () => next(passage.stanza, passage.archived)));
  }

  #past(verdict: Verdict, next: () => Way): Way {
    if (verdict === undefined) return next();
    if (verdict instanceof Drop) return () => verdict.outcome;
    throw verdict;
  }

  readonly #crash = (error: unknown, stage: string, extension: string): Verdict =>
    this.onCrash(error, stage, extension);
}
