import type { Connection, Rate } from "../../kernel/connection.ts";
import { element } from "../../xml/element.ts";
import type { Frame } from "../../xml/frame.ts";
import { StanzaError, StreamError } from "../../xmpp/errors.ts";
import type { Jid } from "../../xmpp/jid.ts";
import { BIND, CONTENT } from "../../xmpp/namespaces.ts";
import { childText, payload } from "../../xmpp/payload.ts";
import { Stanza } from "../../xmpp/stanza.ts";
import { earlyRequest } from "./early-request.ts";
import { type Line, placeOf } from "./line.ts";
import { ClientSession } from "./session.ts";
import type { ClientStreamParts } from "./stream-parts.ts";

const bindRequest = payload(BIND, "bind", { resource: childText() });

interface Binding {
  /** There from the beginning, so that it ends with the stream whatever happens meanwhile; undefined when nothing can be bound. */
  readonly session: ClientSession | undefined;
  /** For the client. After an error it may ask again (RFC 6120 §7.6.2). */
  readonly answer: Promise<Stanza>;
}

interface Asking extends Line {
  readonly lang: string | undefined;
}

function mayBind(
  jid: Jid,
  { remoteAddress }: Connection,
  { hostRules, rights, rules }: Pick<ClientStreamParts, "hostRules" | "rights" | "rules">,
): boolean {
  const who = { account: jid, address: remoteAddress };
  return rights.allows(rules.access, who) && rights.allows(hostRules(jid.domain).access ?? "all", who);
}

/** How fast somebody who has logged in may send. */
export function sessionRate(
  account: Jid,
  { remoteAddress }: Connection,
  { hostRules, limits, rights, rules }: Pick<ClientStreamParts, "hostRules" | "limits" | "rights" | "rules">,
): Rate | undefined {
  const rule = hostRules(account.domain).shaper ?? rules.shaper;
  const said = rule && rights.shaper(rule, { account, address: remoteAddress });
  if (!said) return limits.session.rate;
  return said === "none" ? undefined : said;
}

/**
 * Binds a resource (RFC 6120 §7).
 * @throws StreamError not-authorized for anything but a binding request (RFC 6120 §7.1)
 */
export function bindSession(frame: Frame, account: Jid, stream: Asking, parts: ClientStreamParts): Binding {
  const { lang, connection } = stream;
  const isRequest = frame.ns === CONTENT && frame.name === "iq" && frame.attribute("type") === "set";
  if (!isRequest || frame.children.length !== 1 || frame.children[0]!.ns !== BIND) {
    throw new StreamError("not-authorized");
  }
  const request = earlyRequest(frame, [account, account.domainJid], lang);
  if (request instanceof StanzaError) {
    const head = { type: "set", id: frame.attribute("id") };
    return { session: undefined, answer: Promise.resolve(Stanza.of("iq", head).bounce(request)) };
  }
  const { resource } = bindRequest.read(request.elements()[0]!);
  // RFC 6120 §7.6.1: without one, the server makes one.
  const jid = account.withResource(resource || parts.world.random(8).toString("hex"));
  if (jid === undefined || !request.id) {
    return { session: undefined, answer: Promise.resolve(request.bounce(new StanzaError("bad-request"))) };
  }
  if (!mayBind(jid, connection, parts)) {
    const refused = new StanzaError("not-allowed", { text: "Access denied by service policy" });
    return { session: undefined, answer: Promise.resolve(request.bounce(refused)) };
  }
  const binding = { jid, since: parts.world.now(), lang, place: placeOf(connection) };
  const session = new ClientSession(binding, stream, parts);
  const result = element("bind", BIND, {}, element("jid", BIND, {}, jid.toString()));
  const answer = parts.sessions.add(session).then(
    () => request.reply("result", result),
    (error: unknown) => {
      if (error instanceof StanzaError) return request.bounce(error);
      throw error;
    },
  );
  return { session, answer };
}
