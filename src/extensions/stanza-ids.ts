// XEP-0359: Unique and Stable Stanza IDs
import { type AnyExtension, extension } from "../kernel/extension.ts";
import { type Passage, stanzaFromAccount, stanzaToAccount } from "../kernel/points.ts";
import { Jid } from "../xmpp/jid.ts";
import { STANZA_ID } from "../xmpp/namespaces.ts";

/** The ids themselves are those of the archive, and the delivery of messages adds them. */
export const stanzaIds: AnyExtension = extension({
  name: "stanza-ids",
  doc: "Removes stanza ids that pretend to be given by an account here or this server (XEP-0359), so that those of the archive can be trusted.",
  xeps: { 359: "0.7.0" },
  features: [],
  accountFeatures: [STANZA_ID],
  setup({ domains, on }) {
    const clean = (passage: Passage): void => {
      const { stanza, account } = passage;
      if (stanza.kind !== "message" || !stanza.has("stanza-id", STANZA_ID)) return;
      // §3, 2: whether an own one is added or not.
      passage.stanza = stanza.without((child) => {
        if (child.name !== "stanza-id" || child.ns !== STANZA_ID) return false;
        // Compared as addresses: clients compare them so too.
        const by = Jid.parse(child.attr("by") ?? "");
        return by !== undefined && (by.equals(account) || (by.isDomain && domains.isHost(by.domain)));
      });
    };
    // The sender's archive and its other resources see what it sent.
    on(stanzaFromAccount, "rewrite", clean);
    on(stanzaToAccount, "rewrite", clean);
  },
});
