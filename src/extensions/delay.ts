// XEP-0203: Delayed Delivery
import { type AnyExtension, extension } from "../kernel/extension.ts";
import { stanzaToAccount } from "../kernel/points.ts";
import { Jid } from "../xmpp/jid.ts";
import { DELAY } from "../xmpp/namespaces.ts";

export const delay: AnyExtension = extension({
  name: "delay",
  doc: "Removes notes of delays that pretend to come from this server (XEP-0203).",
  xeps: { 203: "2.0" },
  features: [],
  setup({ domains, on }) {
    on(stanzaToAccount, "rewrite", (passage) => {
      const { stanza } = passage;
      if (stanza.kind !== "message" || !stanza.has("delay", DELAY)) return;
      // §5: ours are added behind this point, when what was kept is delivered.
      passage.stanza = stanza.without((child) => {
        if (child.name !== "delay" || child.ns !== DELAY) return false;
        const from = Jid.parse(child.attr("from") ?? "");
        return from?.isDomain === true && domains.isHost(from.domain);
      });
    });
  },
});
