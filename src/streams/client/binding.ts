import type { Connection } from "../../kernel/connection.ts";
import { element } from "../../xml/element.ts";
import type { Frame } from "../../xml/frame.ts";
import { StanzaError, type StreamCondition, StreamError } from "../../xmpp/errors.ts";
import type { Jid } from "../../xmpp/jid.ts";
import { BIND, CONTENT } from "../../xmpp/namespaces.ts";
import { childText, payload } from "../../xmpp/payload.ts";
import { Stanza } from "../../xmpp/stanza.ts";
import { ClientSession } from "./session.ts";
import type { ClientStreamParts } from "./stream-parts.ts";

const bindRequest = payload(BIND, "bind", { resource: childText() });

interface Bound {
  /** For the client. */
  readonly answer: Stanza;
  /** undefined when the request was refused; it may be repeated (RFC 6120 §7.6.2). */
  readonly session: ClientSession | undefined;
}

/**
 * Binds a resource (RFC 6120 §7).
 * @throws StreamError not-authorized for anything but a binding request (RFC 6120 §7.1)
 */
export async function bindSession(
  frame: Frame,
  account: Jid,
  lang: string | undefined,
  connection: Connection,
  parts: ClientStreamParts,
  endStream: (condition: StreamCondition, text?: string) => void,
): Promise<Bound> {
  const isRequest = frame.ns === CONTENT && frame.name === "iq" && frame.attribute("type") === "set";
  if (!isRequest || frame.children.length !== 1 || frame.children[0]!.ns !== BIND) {
    throw new StreamError("not-authorized");
  }
  const request = Stanza.fromFrame(frame, account, lang).with({ to: undefined, from: undefined });
  try {
    if (request.id === undefined || request.id === "") throw new StanzaError("bad-request");
    const { resource } = bindRequest.read(request.elements()[0]!);
    const jid = account.withResource(
      resource === undefined || resource === "" ? parts.world.random(8).toString("hex") : resource,
    );
    // RFC 6120 §7.7.2.1
    if (jid === undefined) throw new StanzaError("bad-request", { text: "This is no valid resource" });
    const facts = { jid, since: parts.world.now(), lang };
    const session = new ClientSession(facts, connection, parts.sessions, parts.limits.outputBytes, endStream);
    await parts.sessions.add(session);
    const result = element("bind", BIND, {}, element("jid", BIND, {}, jid.toString()));
    return { answer: request.reply("result", result), session };
  } catch (error) {
    if (!(error instanceof StanzaError)) throw error;
    return { answer: request.bounce(error), session: undefined };
  }
}
