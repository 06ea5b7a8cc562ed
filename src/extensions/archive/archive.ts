// XEP-0313: Message Archive Management
import { when } from "../../base/when.ts";
import { messageArchive } from "../../kernel/archive.ts";
import { type AnyExtension, documentStore, extension } from "../../kernel/extension.ts";
import type { Asker } from "../../kernel/iq.ts";
import { choice, duration, effective, integer } from "../../kernel/options.ts";
import { accountRemoved, type Passage, stanzaFromAccount, stanzaToAccount } from "../../kernel/points.ts";
import { presenceRules, rosterService } from "../../kernel/services.ts";
import type { Session } from "../../kernel/sessions.ts";
import { element } from "../../xml/element.ts";
import { StanzaError } from "../../xmpp/errors.ts";
import type { Jid } from "../../xmpp/jid.ts";
import { ARCHIVE, RESULT_SET } from "../../xmpp/namespaces.ts";
import { rawPayload } from "../../xmpp/payload.ts";
import { fin, metadata, sendResults } from "./archive-answers.ts";
import { queryForm, readQuery } from "./archive-query.ts";
import { ArchiveReader } from "./archive-reader.ts";
import {
  ArchivePreferences,
  DEFAULTS,
  type Preferences,
  preferencesElement,
  readPreferences,
} from "./preferences.ts";
import { Retention } from "./retention.ts";

const HOUR = 3_600_000;

const query = rawPayload(ARCHIVE, "query");
const prefs = rawPayload(ARCHIVE, "prefs");
const meta = rawPayload(ARCHIVE, "metadata");

const config = effective("now", {
  default: choice(DEFAULTS, {
    default: "always",
    doc: "Which messages the archive of an account takes until the account says something else: all, none, or those from and to contacts in its roster.",
  }),
  keep: duration({
    default: undefined,
    min: HOUR,
    doc: "Age at which messages leave the archives, looked after every hour. Without it they stay.",
  }),
  keep_messages: integer({
    default: undefined,
    min: 1,
    doc: "Messages that the archive of one account holds, looked after every hour; the oldest leave. Without it all stay.",
  }),
  page: integer({
    default: 50,
    min: 1,
    doc: "Messages in one answer to clients that do not say how many they want.",
  }),
  page_limit: integer({
    default: 250,
    min: 1,
    doc: "Messages in one answer, whatever a client says, and ids that it may ask for at once. An answer ends at 1 MiB in any case.",
  }),
});

/** Others are of no archive (§6.1.1). */
function mayLast({ stanza }: Passage): boolean {
  const { kind, type } = stanza;
  return kind === "message" && type !== "groupchat" && type !== "headline" && type !== "error";
}

/** An account's requests come from its sessions. */
function sessionOf({ session }: Asker): Session {
  if (session === undefined) throw new StanzaError("forbidden");
  return session;
}

export const archive: AnyExtension = extension({
  name: "archive",
  doc: "Keeps the messages of accounts and gives them to their clients (XEP-0313), as each account prefers (XEP-0441).",
  xeps: { 59: "1.0", 313: "1.1.3", 441: "0.2.0" },
  features: [],
  accountFeatures: [ARCHIVE, `${ARCHIVE}#extended`, `${ARCHIVE}#groupchat-field`, RESULT_SET],
  config,
  stores: { preferences: documentStore<Preferences>() },
  uses: { archive: messageArchive, presence: presenceRules, roster: rosterService },
  setup({ commit, config, domains, iq, log, on, stores, uses, world }) {
    const preferences = new ArchivePreferences(stores.preferences, commit, uses.roster, () => config.default);
    const reader = new ArchiveReader(uses.archive, {
      get usual() {
        return config.page;
      },
      get most() {
        return config.page_limit;
      },
    });
    const limits = () => ({ age: config.keep, messages: config.keep_messages });
    new Retention(uses.archive, domains, world, log, limits).start();

    const decide = (passage: Passage, other: Jid): void | Promise<void> =>
      when(preferences.wants(passage.account, other), (wanted) => {
        passage.archived = wanted;
      });
    on(stanzaFromAccount, "archive", (passage) =>
      mayLast(passage) ? decide(passage, passage.stanza.to!) : undefined,
    );
    on(stanzaToAccount, "archive", (passage) =>
      mayLast(passage) ? decide(passage, passage.stanza.from!) : undefined,
    );
    on(accountRemoved, "data", ({ account }) => preferences.clear(account));

    iq.get(query, ["own-account"], () => element("query", ARCHIVE, {}, queryForm));
    iq.set(query, ["own-account"], async (asked, asker) => {
      const session = sessionOf(asker);
      const wanted = readQuery(asked);
      const found = await reader.read(session.account, wanted.filter, wanted.page);
      await sendResults(session, found, wanted);
      return fin(found);
    });
    iq.get(meta, ["own-account"], async (_asked, { to }) => metadata(await reader.ends(to)));
    iq.get(prefs, ["own-account"], (_asked, { to }) => when(preferences.of(to), preferencesElement));
    iq.set(prefs, ["own-account"], async (asked, { to }) => {
      const wanted = readPreferences(asked);
      await preferences.set(to, wanted);
      return preferencesElement(wanted);
    });

    // §8.1. To strangers an account looks like one that is missing (RFC 6121 §8.5.1).
    const refuse = (_asked: unknown, { from, to }: Asker): Promise<never> | never =>
      when(uses.presence.allows(to, from.bare), (known): never => {
        throw new StanzaError(known ? "forbidden" : "service-unavailable");
      });
    for (const shape of [query, prefs, meta]) {
      iq.get(shape, ["other-account"], refuse);
      if (shape !== meta) iq.set(shape, ["other-account"], refuse);
    }
  },
});
