// XEP-0012: Last Activity
import { when } from "../base/when.ts";
import { type AnyExtension, documentStore, extension } from "../kernel/extension.ts";
import { sessionEnded, stanzaFromAccount, stanzaToAccount } from "../kernel/points.ts";
import { presenceRules } from "../kernel/services.ts";
import type { Slot } from "../kernel/sessions.ts";
import { StanzaError } from "../xmpp/errors.ts";
import { CONTENT } from "../xmpp/namespaces.ts";
import { optionalAttribute, ownText, payload } from "../xmpp/payload.ts";

const query = payload("jabber:iq:last", "query", { seconds: optionalAttribute(), text: ownText() });

/** The end of an account's last session. */
interface Logout {
  /** Wall clock, milliseconds. */
  readonly at: number;
  /** Of the unavailable presence that it ended with; "" without one. */
  readonly status: string;
}

const LONGEST_STATUS = 1000;

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

export const last: AnyExtension = extension({
  name: "last",
  doc: "Tells contacts how long somebody has been away, and everybody how long the server has been running (XEP-0012).",
  xeps: { 12: "2.0" },
  features: [query.ns],
  stores: { last: documentStore<Logout>() },
  uses: { presence: presenceRules },
  setup({ accounts, commit, iq, on, sessions, stores, uses, world }) {
    const { presence } = uses;
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
