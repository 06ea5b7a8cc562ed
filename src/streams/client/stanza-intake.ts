import type { Router } from "../../kernel/router.ts";
import type { Frame } from "../../xml/frame.ts";
import { StanzaError, StreamError } from "../../xmpp/errors.ts";
import { Jid } from "../../xmpp/jid.ts";
import { CONTENT } from "../../xmpp/namespaces.ts";
import { Stanza, type StanzaKind } from "../../xmpp/stanza.ts";
import type { ClientSession } from "./session.ts";

export const STANZAS: ReadonlySet<string> = new Set(["message", "presence", "iq"]);

/** Stanzas of one session on their way above which its stream is not read. */
const MOST_ON_THEIR_WAY = 256;

/**
 * Hands what a bound client sent to the router. "enough": no more should be read until that is done; "no stanza": it was not taken.
 * @throws StreamError for a stanza that is none of this client
 */
export function takeStanza(
  frame: Frame,
  session: ClientSession,
  lang: string | undefined,
  router: Router,
): "enough" | "no stanza" | undefined {
  const { name, ns } = frame;
  if (!STANZAS.has(name) || ns !== CONTENT) {
    // RFC 6120 §4.8.3: a content namespace of another kind of stream.
    if (STANZAS.has(name) && ns.startsWith("jabber:")) throw new StreamError("invalid-namespace");
    return "no stanza";
  }
  checkFrom(frame, session);
  session.management?.arrived();
  return handOver(frame, session, lang, router) > MOST_ON_THEIR_WAY ? "enough" : undefined;
}

function handOver(frame: Frame, session: ClientSession, lang: string | undefined, router: Router): number {
  try {
    return router.receive(session, Stanza.fromFrame(frame, session.jid, lang));
  } catch (error) {
    if (!(error instanceof StanzaError)) throw error;
    const head = { from: session.jid, type: frame.attribute("type"), id: frame.attribute("id") };
    return router.refuse(session, Stanza.of(frame.name as StanzaKind, head), error);
  }
}

/** RFC 6120 §8.1.2.1: a client may say who it is, not that it is somebody else. */
function checkFrom(frame: Frame, session: ClientSession): void {
  const text = frame.attribute("from");
  if (text === undefined) return;
  const from = Jid.parse(text);
  if (from === undefined || !(from.equals(session.jid) || from.equals(session.account))) {
    throw new StreamError("invalid-from");
  }
}
