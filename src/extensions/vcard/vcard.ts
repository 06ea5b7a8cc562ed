// XEP-0054: vcard-temp
import { CommandError } from "../../kernel/commands.ts";
import { type AnyExtension, documentStore, extension } from "../../kernel/extension.ts";
import { effective, size } from "../../kernel/options.ts";
import { elementCodec } from "../../kernel/storage.ts";
import { type Element, element } from "../../xml/element.ts";
import { serialize } from "../../xml/writer.ts";
import { StanzaError } from "../../xmpp/errors.ts";
import { rawPayload } from "../../xmpp/payload.ts";
import { vcardCommands } from "./vcard-commands.ts";

const card = rawPayload("vcard-temp", "vCard");

const config = effective("now", {
  size: size({ default: 128 * 1024, min: 1024, doc: "Size of a vCard, its picture included." }),
});

function sizeOf(value: Element): number {
  return Buffer.byteLength(serialize(value, ""));
}

export const vcard: AnyExtension = extension({
  name: "vcard",
  doc: "Keeps the vCards of accounts, for everybody to see (XEP-0054).",
  xeps: { 54: "1.3.0" },
  features: [card.ns],
  config,
  stores: { vcard: documentStore<Element>(elementCodec) },
  commands({ accounts, commit, config, domains, stores }) {
    return vcardCommands({
      accounts,
      domains,
      blank: element("vCard", card.ns),
      read: (account) => stores.vcard.get(account),
      async write(account, value) {
        if (sizeOf(value) > config.size) {
          throw new CommandError("bad_argument", `A vCard has at most ${config.size} bytes.`);
        }
        const empty = value.elements().length === 0;
        await commit([empty ? stores.vcard.remove(account) : stores.vcard.set(account, value)]);
      },
    });
  },
  setup({ commit, config, iq, stores }) {
    const store = stores.vcard;

    iq.get(card, ["own-account"], async (_value, { to }) => {
      // §3.1 allows an error as well, which Psi shows to everybody who logs in for the first time.
      return (await store.get(to)) ?? element("vCard", card.ns);
    });
    iq.get(card, ["other-account"], async (_value, { to }) => {
      const other = await store.get(to);
      // §3.3: the same as for an account that is missing.
      if (other === undefined) throw new StanzaError("service-unavailable");
      return other;
    });
    iq.get(card, ["host"], () => {
      throw new StanzaError("item-not-found");
    });

    iq.set(card, ["own-account"], async (value, { to }) => {
      if (sizeOf(value) > config.size) {
        throw new StanzaError("policy-violation", { text: `A vCard has at most ${config.size} bytes` });
      }
      const empty = value.elements().length === 0;
      await commit([empty ? store.remove(to) : store.set(to, value)]);
    });
  },
});
