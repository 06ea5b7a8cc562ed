// XEP-0012: Last Activity
import { when } from "../base/when.ts";
import { host, requireAccount, user } from "../kernel/command-addresses.ts";
import * as argument from "../kernel/command-arguments.ts";
import * as result from "../kernel/command-results.ts";
import { type Command, CommandError, command } from "../kernel/commands.ts";
import { type AnyExtension, documentStore, type ExtensionContext, extension } from "../kernel/extension.ts";
import { type LastActivity, lastActivityService } from "../kernel/last-activity.ts";
import type { Options } from "../kernel/options.ts";
import { accountCreated, sessionEnded, stanzaFromAccount, stanzaToAccount } from "../kernel/points.ts";
import { presenceRules } from "../kernel/services.ts";
import type { Slot } from "../kernel/sessions.ts";
import type { DocumentStore } from "../kernel/storage.ts";
import { StanzaError } from "../xmpp/errors.ts";
import { CONTENT } from "../xmpp/namespaces.ts";
import { optionalAttribute, ownText, payload } from "../xmpp/payload.ts";

const query = payload("jabber:iq:last", "query", { seconds: optionalAttribute(), text: ownText() });

/** ejabberd's status of an account that had no session yet. */
const REGISTERED = "Registered but didn't login";

const LONGEST_STATUS = 1000;

/** Milliseconds; what a date can hold. */
const LATEST = 8.64e15;

/** The status of a session's unavailable presence, "" while it is available. */
const parting: Slot<{ status: string }> = {
  name: "last",
  create: () => ({ status: "" }),
  save: ({ status }) => status || undefined,
  load: (status) => ({ status: String(status) }),
};

function answer(milliseconds: number, text = ""): { seconds: string; text: string | undefined } {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  return { seconds: String(seconds), text: text === "" ? undefined : text };
}

type Context = Pick<
  ExtensionContext<Options, Record<never, never>, Record<never, never>>,
  "accounts" | "commit" | "domains" | "sessions" | "world"
> & {
  readonly stores: { readonly last: DocumentStore<LastActivity> };
};

function lastCommands({ accounts, commit, domains, sessions, stores, world }: Context): readonly Command[] {
  return [
    command({
      name: "get_last",
      tags: ["last"],
      summary: "Get the last activity of a user",
      doc: "When the last session ended and with which status; ONLINE while there is one. The time is UTC.",
      args: { user, host },
      result: result.row({ timestamp: "string", status: "string" }),
      permission: "read",
      async run(args) {
        const account = await requireAccount({ accounts, hosts: domains.hosts }, args.user, args.host);
        const shown = (at: number, status: string) => ({ timestamp: new Date(at).toISOString(), status });
        if (sessions.of(account).length > 0) return shown(world.now(), "ONLINE");
        const known = await stores.last.get(account);
        if (known === undefined) throw new CommandError("not_found", `${account} was never here.`);
        return shown(known.at, known.status);
      },
    }),
    command({
      name: "set_last",
      tags: ["last"],
      summary: "Set the last activity of a user",
      doc: "The next session replaces it when it ends.",
      args: {
        user,
        host,
        timestamp: argument.integer("Seconds since 1970."),
        status: argument.content("The status text; may be empty."),
      },
      result: result.code(),
      permission: "change",
      async run(args) {
        const account = await requireAccount({ accounts, hosts: domains.hosts }, args.user, args.host);
        const at = args.timestamp * 1000;
        if (at < 0 || at > LATEST) throw new CommandError("bad_argument", "There is no such time.");
        await commit([stores.last.set(account, { at, status: args.status.slice(0, LONGEST_STATUS) })]);
      },
    }),
  ];
}

export const last: AnyExtension = extension({
  name: "last",
  doc: "Tells contacts how long somebody has been away, and everybody how long the server has been running (XEP-0012).",
  xeps: { 12: "2.0" },
  features: [query.ns],
  stores: { last: documentStore<LastActivity>() },
  uses: { presence: presenceRules },
  commands: lastCommands,
  setup({ accounts, commit, iq, on, provide, sessions, stores, uses, world }) {
    const { presence } = uses;
    provide(lastActivityService, { of: (account) => stores.last.get(account) });
    on(accountCreated, "data", ({ account, changes }) => {
      changes.push(stores.last.set(account, { at: world.now(), status: REGISTERED }));
    });
    const start = world.monotonic();
    // §5
    iq.get(query, ["host"], () => answer(world.monotonic() - start));
    // §3: somebody who asks is there.
    iq.get(query, ["own-account"], () => answer(0));
    iq.get(query, ["other-account"], async (_value, { from, to }) => {
      // The condition of a missing account instead of §3's `forbidden`, which would tell that it exists (RFC 6121 §8.5.1).
      if (!(await presence.allows(to, from.bare))) throw new StanzaError("service-unavailable");
      if (sessions.of(to).length > 0) return answer(0);
      const logout = await stores.last.get(to);
      if (logout === undefined) throw new StanzaError("item-not-found");
      return answer(world.now() - logout.at, logout.status);
    });

    // §4: a resource is asked by those only who may see its presence; to others it is as good as absent.
    on(stanzaToAccount, "guard", ({ stanza, account }) => {
      if (stanza.kind !== "iq" || stanza.type !== "get" || !stanza.to!.isFull) return;
      if (!stanza.has(query.name, query.ns)) return;
      return when(presence.allows(account, stanza.from!.bare), (allowed) => {
        if (!allowed) throw new StanzaError("service-unavailable");
        return undefined;
      });
    });

    on(stanzaFromAccount, "copy", ({ stanza }) => {
      if (stanza.kind !== "presence" || stanza.to !== undefined) return;
      const status = stanza.type === "unavailable" ? stanza.child("status", CONTENT)?.text : undefined;
      const session = sessions.find(stanza.from!);
      if (session !== undefined) session.state(parting).status = (status ?? "").slice(0, LONGEST_STATUS);
    });
    on(sessionEnded, "cleanup", async ({ session }) => {
      const { account } = session;
      // What is written for an account that is being removed would outlive it.
      if (sessions.of(account).length > 0 || !(await accounts.exists(account))) return;
      const { status } = session.state(parting);
      await commit([stores.last.set(account, { at: world.now(), status: status.toWellFormed() })]);
    });
  },
});
