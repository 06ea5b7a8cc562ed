// XEP-0030: Service Discovery
import { when } from "../base/when.ts";
import { type AnyExtension, extension } from "../kernel/extension.ts";
import type { Asker } from "../kernel/iq.ts";
import { type Discovery, type DiscoveryInfo, discovery, presenceRules } from "../kernel/services.ts";
import type { Session } from "../kernel/sessions.ts";
import { StanzaError } from "../xmpp/errors.ts";
import {
  attribute,
  content,
  listOf,
  optionalAttribute,
  type PayloadValue,
  payload,
} from "../xmpp/payload.ts";

const INFO = "http://jabber.org/protocol/disco#info";
const ITEMS = "http://jabber.org/protocol/disco#items";

const identity = payload(INFO, "identity", {
  category: attribute(),
  type: attribute(),
  name: optionalAttribute(),
});
const feature = payload(INFO, "feature", { var: attribute() });
const infoFields = {
  node: optionalAttribute(),
  identities: listOf(identity),
  features: listOf(feature),
  forms: content(),
};
const info = payload(INFO, "query", infoFields);

const item = payload(ITEMS, "item", {
  jid: attribute(),
  node: optionalAttribute(),
  name: optionalAttribute(),
});
const itemFields = { node: optionalAttribute(), items: listOf(item) };
const items = payload(ITEMS, "query", itemFields);

type Info = PayloadValue<typeof infoFields>;

/** §3.2: the answer names the node that was asked for. */
function shown(node: string | undefined, { identities, features, forms }: DiscoveryInfo): Info {
  return {
    node,
    identities: identities.map(({ category, type, name }) => ({ category, type, name })),
    features: features().map((name) => ({ var: name })),
    forms: forms(),
  };
}

/** Accounts and the list of services have no nodes. */
function withoutNode(node: string | undefined): undefined {
  if (node !== undefined) throw new StanzaError("item-not-found");
}

/** Items without a node of their own. */
function plain(jids: readonly string[]): { jid: string; node: undefined; name: undefined }[] {
  return jids.map((jid) => ({ jid, node: undefined, name: undefined }));
}

function itemsOf(sessions: readonly Session[]): PayloadValue<typeof itemFields> {
  return { node: undefined, items: plain(sessions.map(({ jid }) => jid.toString())) };
}

export const disco: AnyExtension = extension({
  name: "disco",
  doc: "Service discovery: what this server is and can do (XEP-0030).",
  xeps: { 30: "2.5.0" },
  features: [INFO, ITEMS],
  accountFeatures: [INFO, ITEMS],
  uses: { presence: presenceRules },
  setup({ domains, features, iq, provide, sessions, uses }) {
    const finders: Parameters<Discovery["addNodes"]>[0][] = [];
    const listers: Parameters<Discovery["addItems"]>[0][] = [];
    const host: Discovery = {
      identities: [{ category: "server", type: "im", name: "Tercet" }],
      features: () => features(),
      forms: () => [],
      addNodes: (find) => void finders.push(find),
      addItems: (find) => void listers.push(find),
    };
    provide(discovery, host);
    const account: DiscoveryInfo = {
      identities: [{ category: "account", type: "registered" }],
      features: () => features("account"),
      forms: () => [],
    };

    const find = (node: string | undefined, asker: Asker): DiscoveryInfo => {
      if (node === undefined) return host;
      for (const finder of finders) {
        const found = finder(node, asker);
        if (found !== undefined) return found;
      }
      throw new StanzaError("item-not-found");
    };
    iq.get(info, ["host"], ({ node }, asker) => shown(node, find(node, asker)));
    iq.get(items, ["host"], ({ node }, asker) => {
      if (node === undefined) return { node, items: plain(domains.services(asker.to.domain)) };
      for (const lister of listers) {
        const found = lister(node, asker);
        if (found !== undefined)
          return { node, items: found.map((one) => ({ node: undefined, name: undefined, ...one })) };
      }
      throw new StanzaError("item-not-found");
    });

    iq.get(info, ["own-account"], ({ node }) => {
      withoutNode(node);
      return shown(node, account);
    });
    iq.get(items, ["own-account"], ({ node }, { to }) => {
      withoutNode(node);
      return itemsOf(sessions.of(to));
    });

    // §8: strangers learn no more than about an account that is missing, whatever the node.
    const asFriend = <T>(allowed: boolean, answer: () => T): T => {
      if (!allowed) throw new StanzaError("service-unavailable");
      return answer();
    };
    iq.get(info, ["other-account"], ({ node }, { from, to }) =>
      when(uses.presence.allows(to, from.bare), (allowed) =>
        asFriend(allowed, () => {
          withoutNode(node);
          return shown(node, account);
        }),
      ),
    );
    iq.get(items, ["other-account"], ({ node }, { from, to }) =>
      when(uses.presence.allows(to, from.bare), (allowed) =>
        asFriend(allowed, () => {
          withoutNode(node);
          return itemsOf(sessions.of(to).filter(({ presence }) => presence !== undefined));
        }),
      ),
    );
  },
});
