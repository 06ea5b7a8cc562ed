import { when } from "../../base/when.ts";
import type { ExtensionContext } from "../../kernel/extension.ts";
import type { Options } from "../../kernel/options.ts";
import type { Outcome } from "../../kernel/outcomes.ts";
import { sessionAvailable } from "../../kernel/points.ts";
import type { Session } from "../../kernel/sessions.ts";
import { Stanza } from "../../xmpp/stanza.ts";
import { directedPresence } from "./directed.ts";
import { priorityOf } from "./priority.ts";

export type Parts = Pick<ExtensionContext<Options, never, never>, "run" | "router" | "sessions">;

/** What a session says of itself (RFC 6121 §4.2, §4.4, §4.5). */
export class OwnPresence {
  private readonly parts: Parts;

  constructor(parts: Parts) {
    this.parts = parts;
  }

  /** Initial and subsequent presence. @throws StanzaError bad-request */
  available(session: Session, stanza: Stanza): Outcome | Promise<Outcome> {
    const priority = priorityOf(stanza);
    const before = session.presence;
    const tookMessages = before !== undefined && session.priority >= 0;
    session.presence = stanza;
    session.priority = priority;
    this.toOwnResources(session, stanza);
    if (before === undefined) this.catchUp(session);
    if (tookMessages || priority < 0) return "processed";
    return when(this.parts.run(sessionAvailable, { session }), () => "processed" as const);
  }

  /** The session takes part no longer; `stanza` is its unavailable presence. */
  unavailable(session: Session, stanza: Stanza): Outcome | Promise<Outcome> {
    const wasAvailable = session.presence !== undefined;
    session.presence = undefined;
    session.priority = 0;
    const others = directedPresence(session).take();
    if (!wasAvailable && others.length === 0) return "dropped:no-effect";
    if (wasAvailable) {
      this.toOwnResources(session, stanza);
      // RFC 6121 §4.5.2: also to the resource that has become unavailable.
      session.send(stanza.with({ to: session.account }));
    }
    for (const to of others) void this.parts.router.send(stanza.with({ to }));
    return "processed";
  }

  /** RFC 6121 §4.5.2: a session that ends without a word has become unavailable all the same. */
  ended(session: Session): unknown {
    return this.unavailable(session, Stanza.of("presence", { from: session.jid, type: "unavailable" }));
  }

  /** RFC 6121 §4.2.2: an account is subscribed to itself. */
  private toOwnResources(session: Session, stanza: Stanza): void {
    const copy = stanza.with({ to: session.account });
    for (const own of this.parts.sessions.of(session.account)) {
      if (own.presence !== undefined) own.send(copy);
    }
  }

  /** What the account's other resources said before this one could hear it. */
  private catchUp(session: Session): void {
    for (const own of this.parts.sessions.of(session.account)) {
      if (own !== session && own.presence !== undefined)
        session.send(own.presence.with({ to: session.account }));
    }
  }
}
