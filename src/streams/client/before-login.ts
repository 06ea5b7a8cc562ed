import type { Connection } from "../../kernel/connection.ts";
import type { Stranger } from "../../kernel/iq.ts";
import type { Frame } from "../../xml/frame.ts";
import { StanzaError, type StreamCondition, StreamError } from "../../xmpp/errors.ts";
import { Jid } from "../../xmpp/jid.ts";
import { Stanza } from "../../xmpp/stanza.ts";
import { earlyRequest } from "./early-request.ts";
import type { ClientStreamParts } from "./stream-parts.ts";

interface Asking {
  readonly host: string;
  readonly lang: string | undefined;
  readonly connection: Connection;
  /** A form was asked for on this stream. */
  formGiven: boolean;
  fail(condition: StreamCondition): void;
}

/**
 * The answer to an iq of somebody who has not logged in, which only registration takes (XEP-0077 §3).
 * @throws StreamError not-authorized where nothing takes it (RFC 6120 §4.9.3.12)
 */
export async function answerBeforeLogin(
  frame: Frame,
  asking: Asking,
  { iqBeforeLogin, deadlines, limits }: Pick<ClientStreamParts, "iqBeforeLogin" | "deadlines" | "limits">,
): Promise<Stanza> {
  const { host, lang, connection } = asking;
  const type = frame.attribute("type");
  if (type !== "get" && type !== "set") throw new StreamError("not-authorized");
  const { remoteAddress, loopback } = connection;
  const stranger: Stranger = { host, remoteAddress, loopback };
  const to = Jid.parse(host)!;
  const request = earlyRequest(frame, [to], lang);
  if (request instanceof StanzaError) {
    return Stanza.of("iq", { to, type, id: frame.attribute("id") }).bounce(request);
  }
  const answer = await iqBeforeLogin.answer(request.with({ to }), stranger);
  if (answer === undefined) throw new StreamError("not-authorized");
  // Whoever reads a form and thinks of a password needs longer than a program that logs in; once, or asking again would keep a stream for ever.
  if (type === "get" && answer.type === "result" && !asking.formGiven) {
    asking.formGiven = true;
    deadlines.set(asking, limits.registerWithin, () => asking.fail("connection-timeout"));
  }
  return answer;
}
