// XEP-0359 §3: what others may not say in our name
import { type AnyExtension, extension } from "../kernel/extension.ts";
import { stanzaToAccount } from "../kernel/points.ts";
import { Jid } from "../xmpp/jid.ts";
import { STANZA_ID } from "../xmpp/namespaces.ts";

export const stanzaIds: AnyExtension = extension({
  name: "stanza-ids",
  doc: "Removes stanza ids that pretend to be given by the receiving account or this server (XEP-0359).",
  // Not XEP-0359 itself: no ids are given.
  xeps: {},
  features: [],
  setup({ domains, on }) {
    on(stanzaToAccount, "rewrite", (passage) => {
      const { stanza, account } = passage;
      if (stanza.kind !== "message" || !stanza.has("stanza-id", STANZA_ID)) return;
      passage.stanza = stanza.without((child) => {
        if (child.name !== "stanza-id" || child.ns !== STANZA_ID) return false;
        // Compared as addresses: clients compare them so too.
        const by = Jid.parse(child.attr("by") ?? "");
        return by !== undefined && (by.equals(account) || (by.isDomain && domains.isHost(by.domain)));
      });
    });
  },
});
