import type { ClientSession } from "./session.ts";
import type { ClientStreamParts } from "./stream-parts.ts";

/**
 * Resolves when a session that a new stream has claimed can be resumed: everything that its client sent before is handled and durable, and what a restart has
 * taken from memory was found again. `h` is what the client has got.
 */
export async function prepareResumption(
  session: ClientSession,
  h: number,
  parts: ClientStreamParts,
): Promise<void> {
  const { router, sessions } = parts;
  const { outbound, inbound } = session.management!;
  if (outbound.interrupted) sessions.flushed(session, outbound.adopt(h));
  await router.whenSettled(session);
  await inbound.makeDurable();
  if (outbound.interrupted) await findAgain(session, parts);
}

/** What was sent before a restart and is not known to have arrived, from the log of messages. */
async function findAgain(session: ClientSession, { sessions, log }: ClientStreamParts): Promise<void> {
  const { outbound } = session.management!;
  const keys = outbound.missing;
  const found = await sessions.recall(session, keys).catch((error: unknown) => {
    log.error("messages of a resumed session could not be read", { jid: session.jid, error });
    return undefined;
  });
  // Another stream of the same client was faster, or the session is over.
  if (!outbound.interrupted) return;
  if (found === undefined) {
    outbound.complete([]);
    sessions.unflushed(session, keys);
    return;
  }
  const gone = keys.filter((key) => !found.has(key));
  outbound.complete([...found].map(([key, stanza]) => ({ stanza, key })));
  if (gone.length > 0) sessions.flushed(session, gone);
}
