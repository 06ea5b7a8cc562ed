// XEP-0030: Service Discovery
import { when } from "../base/when.ts";
import { type AnyExtension, extension } from "../kernel/extension.ts";
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

const item = payload(ITEMS, "item", { jid: attribute() });
const items = payload(ITEMS, "query", { node: optionalAttribute(), items: listOf(item) });

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

function itemsOf(sessions: readonly Session[]): { node: undefined; items: { jid: string }[] } {
  return { node: undefined, items: sessions.map(({ jid }) => ({ jid: jid.toString() })) };
}

export const disco: AnyExtension = extension({
  name: "disco",
  doc: "Service discovery: what this server is and can do (XEP-0030).",
  xeps: { 30: "2.5.0" },
  features: [INFO, ITEMS],
  accountFeatures: [INFO, ITEMS],
  uses: { presence: presenceRules },
  setup({ domains, features, iq, provide, sessions, uses }) {
    const finders: ((node: string) => DiscoveryInfo | undefined)[] = [];
    const host: Discovery = {
      identities: [{ category: "server", type: "im", name: "Tercet" }],
      features: () => features(),
      forms: () => [],
      addNodes: (find) => void finders.push(find),
    };
    provide(discovery, host);
    const account: DiscoveryInfo = {
      identities: [{ category: "account", type: "registered" }],
      features: () => features("account"),
      forms: () => [],
    };

    const find = (node: string | undefined): DiscoveryInfo => {
      if (node === undefined) return host;
      for (const finder of finders) {
        const found = finder(node);
        if (found !== undefined) return found;
      }
      throw new StanzaError("item-not-found");
    };
    iq.get(info, ["host"], ({ node }) => shown(node, find(node)));
    iq.get(items, ["host"], ({ node }, { to }) => {
      withoutNode(node);
      return { node, items: domains.services(to.domain).map((jid) => ({ jid })) };
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
