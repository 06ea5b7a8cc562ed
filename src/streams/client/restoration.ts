import { Stanza } from "../../xmpp/stanza.ts";
import { ClientSession } from "./session.ts";
import type { StoredSession } from "./session-records.ts";
import { SessionState } from "./session-state.ts";
import { StreamManagement } from "./stream-management.ts";
import type { ClientStreamParts } from "./stream-parts.ts";

type RestorationParts = Omit<ClientStreamParts, "rules">;

/** Brings back the sessions of before a restart: they are available as they were, and wait for their clients (durability: sessions that survive a restart). */
export async function restoreSessions(parts: RestorationParts): Promise<void> {
  const { accounts, records, log, hosts } = parts;
  const restored: ClientSession[] = [];
  for (const host of hosts.list) {
    for await (const stored of records.stored(host)) {
      const session = (await accounts.exists(stored.account)) ? attempt(stored, parts) : undefined;
      if (session === undefined)
        await records.commit(records.removalOf(stored.account, stored.id), "a record could not be removed");
      else restored.push(session);
    }
  }
  // Their time begins when all of them are there.
  for (const session of restored) session.hibernate(session.management!.resumption!.max);
  if (restored.length > 0) log.info("sessions wait to be resumed", { sessions: restored.length });
}

/** undefined where the record makes no sense. */
function attempt(stored: StoredSession, parts: RestorationParts): ClientSession | undefined {
  try {
    return restore(stored, parts);
  } catch (error) {
    parts.log.error("a stored session could not be read", { account: stored.account, error });
    return undefined;
  }
}

function restore(
  { account, id, facts, handled, references }: StoredSession,
  parts: RestorationParts,
): ClientSession {
  const { world, records, limits, sessions, resumable } = parts;
  const jid = account.withResource(facts.resource);
  if (jid === undefined) throw new Error(`"${facts.resource}" is no resource`);
  const { since, lang, place, max, presence, priority, slots } = facts;
  const binding = { jid, since, lang, place };
  const session = new ClientSession(binding, undefined, parts, SessionState.restored(slots));
  if (presence !== undefined) session.presence = Stanza.decode(Buffer.from(presence));
  session.priority = priority;
  const management = { world, records, unacknowledged: limits.unacknowledged };
  session.management = new StreamManagement(session, management, { id, max }, { handled, references });
  sessions.restore(
    session,
    references.map(([, key]) => key),
  );
  resumable.add(id, session);
  return session;
}
