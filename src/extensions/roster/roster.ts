// RFC 6121 §2: Managing the Roster
import { when } from "../../base/when.ts";
import {
  type AnyExtension,
  documentStore,
  type ExtensionContext,
  extension,
  mapStore,
} from "../../kernel/extension.ts";
import { integer, type Options, size, effective as withEffect } from "../../kernel/options.ts";
import { accountRemoved, presenceFlow, streamFeatures } from "../../kernel/points.ts";
import { rosterService, type Token } from "../../kernel/services.ts";
import type { SharedChange, SharedContact } from "../../kernel/shared-contacts.ts";
import { stanzaCodec } from "../../kernel/storage.ts";
import { element } from "../../xml/element.ts";
import { StanzaError } from "../../xmpp/errors.ts";
import type { Jid } from "../../xmpp/jid.ts";
import { rawPayload } from "../../xmpp/payload.ts";
import type { Stanza } from "../../xmpp/stanza.ts";
import { RosterAdministration } from "./roster-administration.ts";
import { RosterChanges } from "./roster-changes.ts";
import { rosterCommands } from "./roster-commands.ts";
import type { StoredHistory } from "./roster-history.ts";
import { ROSTER, type StoredItem } from "./roster-item.ts";
import { RosterPushes } from "./roster-pushes.ts";
import { readRosterSet } from "./roster-set.ts";
import { Rosters } from "./rosters.ts";
import { effective, isSubscribed } from "./shared-items.ts";

const request = rawPayload(ROSTER, "query");

/** For the commands of this extension. */
const rosterAdministration: Token<RosterAdministration> = { name: "roster administration" };

/** RFC 6121 §2.6.1. */
const versioning = element("ver", "urn:xmpp:features:rosterver");

const config = withEffect("now", {
  contacts: integer({
    default: 2000,
    min: 1,
    doc: "Contacts in the roster of one account; above it adding another is refused.",
  }),
  size: size({
    default: 512 * 1024,
    min: 1024,
    doc: "Size of the addresses, names and groups in one roster, which is sent as a whole at each login; above it sets are refused.",
  }),
  requests: integer({
    default: 200,
    min: 1,
    doc: "Subscription requests that wait for the answer of one account; above it further ones are dropped.",
  }),
});

type Running = Pick<
  ExtensionContext<Options, Record<never, never>, Record<never, never>>,
  "run" | "sessions"
>;

async function shareChanges(
  { run, sessions }: Running,
  rosters: Rosters,
  pushes: RosterPushes,
  account: Jid,
  changes: readonly SharedChange[],
): Promise<void> {
  // Who is not here reads it with the next roster.
  if (sessions.of(account).length === 0) return;
  const found = await rosters.of(account);
  const seen = changes.filter(({ before, after }) => groupsOf(before) !== groupsOf(after));
  pushes.sendShared(
    found,
    seen.map(({ contact }) => contact),
  );
  for (const { contact, before, after } of changes) {
    const own = found.own(contact);
    const flowed = isSubscribed(effective(own, before));
    const flows = isSubscribed(effective(own, after));
    if (flowed !== flows) await run(presenceFlow, { from: contact, to: account, flows });
  }
}

/** What a client sees of it, as text to compare. */
function groupsOf(shared: SharedContact | undefined): string {
  return shared === undefined || shared.groups.length === 0
    ? ""
    : JSON.stringify([shared.subscription, shared.groups]);
}

export const roster: AnyExtension = extension({
  name: "roster",
  doc: "Rosters: the contacts of each account.",
  xeps: { 237: "1.3" },
  features: [ROSTER],
  config,
  stores: {
    roster: mapStore<StoredItem>(),
    requests: mapStore<Stanza>(stanzaCodec),
    history: documentStore<StoredHistory>(),
  },
  commands({ accounts, domains, find }) {
    const administration = (): RosterAdministration => find(rosterAdministration)!;
    return rosterCommands({
      accounts,
      domains,
      of: (account) => administration().of(account),
      put: (account, contact, wish) => administration().put(account, contact, wish),
      remove: (account, contact) => administration().remove(account, contact),
    });
  },
  setup(context) {
    const { config: limits, stores, world, sessions, iq } = context;
    const rosters = new Rosters(stores, (account) => sessions.of(account).length > 0);
    const pushes = new RosterPushes(world, sessions);
    const epoch = (): string => `${world.random(4).toString("hex")}-`;
    const commit = context.commit;
    const changes = new RosterChanges({ rosters, stores, pushes, limits, epoch, commit });

    const administration = new RosterAdministration(context, rosters, changes);

    iq.get(request, ["own-account"], (query, { from, session }) => {
      // RFC 6121 §2.1.3
      if (query.elements().length > 0) throw new StanzaError("bad-request");
      return when(rosters.of(from.bare), (found) => {
        const ver = query.attr("ver");
        const known = ver === undefined ? undefined : found.read(ver);
        // RFC 6121 §2.6.3: what is shorter, the roster or what has changed in it.
        const whole =
          known === undefined ||
          (known < found.history.version && found.since(known).length > found.size / 2);
        if (session !== undefined) pushes.begin(session, found, whole ? found.history.version : known);
        return whole ? found.result() : undefined;
      });
    });
    iq.set(request, ["own-account"], async (query, { from }) => {
      const account = from.bare;
      const wish = readRosterSet(query, account);
      const { contact } = wish;
      const removed = await changes.set(account, wish);
      if (removed !== undefined) await administration.removed(account, contact, removed);
    });
    // RFC 6121 §2.1.5, §2.3.3
    iq.set(request, ["other-account"], () => {
      throw new StanzaError("forbidden");
    });

    context.on(streamFeatures, "collect", ({ phase, features }) => {
      if (phase === "after-login") features.push(versioning);
    });
    context.on(accountRemoved, "data", ({ account }) => rosters.clear(account));
    context.provide(rosterAdministration, administration);
    context.provide(rosterService, {
      of: (account) => rosters.of(account),
      change: (account, contact, decide) => changes.change(account, contact, decide),
      isInterested: (session) => pushes.isInterested(session),
      share: (source) => rosters.share(source),
      sharedChanged: (account, changed) => shareChanges(context, rosters, pushes, account, changed),
    });
  },
});
