import type { ArchivedMessage } from "../../kernel/archive.ts";
import type { Session } from "../../kernel/sessions.ts";
import { type Element, element } from "../../xml/element.ts";
import { dateTime } from "../../xmpp/date-time.ts";
import { forwarding } from "../../xmpp/forwarding.ts";
import { ARCHIVE } from "../../xmpp/namespaces.ts";
import { resultSet } from "../../xmpp/result-set.ts";
import type { ArchiveQuery } from "./archive-query.ts";
import type { ResultPage } from "./archive-reader.ts";

/** The messages of a page, as fast as the client reads (XEP-0313 §4.2). Resolves when the last one was sent. */
export async function sendResults(
  session: Session,
  { messages }: ResultPage,
  { queryId, flipped }: ArchiveQuery,
): Promise<void> {
  const head = { from: session.account, to: session.jid };
  for (const { id, stanza, at } of flipped ? messages.toReversed() : messages) {
    if (session.ended) return;
    session.send(forwarding(head, element("result", ARCHIVE, { queryid: queryId, id }), stanza, at));
    await session.writable();
  }
}

/** §4.3: the end of the results; the order in which they were sent changes nothing about it. */
export function fin({ messages, complete, count, index }: ResultPage): Element {
  const [first, last] = [messages[0]?.id, messages.at(-1)?.id];
  const set = resultSet({ first, last, index, count });
  return element("fin", ARCHIVE, { complete: complete ? "true" : undefined }, set);
}

/** §5 */
export function metadata(ends: readonly [ArchivedMessage, ArchivedMessage] | undefined): Element {
  const end = (name: string, { id, at }: ArchivedMessage): Element =>
    element(name, ARCHIVE, { id, timestamp: dateTime(at) });
  if (ends === undefined) return element("metadata", ARCHIVE);
  return element("metadata", ARCHIVE, {}, end("start", ends[0]), end("end", ends[1]));
}
