// XEP-0049: Private XML Storage
import { type AnyExtension, extension, mapStore } from "../../kernel/extension.ts";
import { effective, integer, type OptionValues, size } from "../../kernel/options.ts";
import { type Change, elementCodec, type MapStore } from "../../kernel/storage.ts";
import { Element } from "../../xml/element.ts";
import { serialize } from "../../xml/writer.ts";
import { StanzaError } from "../../xmpp/errors.ts";
import type { Jid } from "../../xmpp/jid.ts";
import { content, payload } from "../../xmpp/payload.ts";
import { keyOf, privateCommands } from "./private-commands.ts";

const query = payload("jabber:iq:private", "query", { elements: content() });

const config = effective("now", {
  elements: integer({ default: 100, min: 1, doc: "Elements that one account may keep." }),
  size: size({ default: 64 * 1024, min: 1024, doc: "Size of one element." }),
});

/** What a set may hold, by key. @throws StanzaError */
function checked(elements: readonly Element[], longest: number): ReadonlyMap<string, Element> {
  const found = new Map<string, Element>();
  for (const one of elements) {
    // §2.3: each has a namespace of its own.
    if (one.ns === query.ns || one.ns === "") throw new StanzaError("not-acceptable");
    if (found.has(keyOf(one)))
      throw new StanzaError("bad-request", { text: "An element stands there twice" });
    if (Buffer.byteLength(serialize(one, "")) > longest) {
      throw new StanzaError("policy-violation", { text: `An element has at most ${longest} bytes` });
    }
    found.set(keyOf(one), one);
  }
  if (found.size === 0) throw new StanzaError("not-acceptable", { text: "There is nothing to keep" });
  return found;
}

/** @throws StanzaError for what cannot be kept; StorageError */
async function write(
  store: MapStore<Element>,
  commit: (changes: readonly Change[]) => Promise<void>,
  limits: OptionValues<typeof config>,
  account: Jid,
  elements: readonly Element[],
): Promise<void> {
  const wanted = checked(elements, limits.size);
  const kept = new Set(await store.names(account));
  const changes: Change[] = [];
  for (const [key, one] of wanted) {
    // What was never kept and what is empty look the same to who asks.
    if (isEmpty(one)) kept.delete(key);
    else kept.add(key);
    changes.push(isEmpty(one) ? store.remove(account, key) : store.set(account, key, one));
  }
  if (kept.size > limits.elements) {
    throw new StanzaError("resource-constraint", { text: `At most ${limits.elements} elements are kept` });
  }
  await commit(changes);
}

function isEmpty({ attributes, children }: Element): boolean {
  return attributes.size === 0 && children.length === 0;
}

export const privateStorage: AnyExtension = extension({
  name: "private",
  doc: "Keeps XML of clients for their own use (XEP-0049).",
  xeps: { 49: "1.2" },
  features: [query.ns],
  config,
  stores: { private: mapStore<Element>(elementCodec) },
  commands({ accounts, commit, config, domains, stores }) {
    return privateCommands({
      accounts,
      domains,
      read: (account, key) => stores.private.get(account, key),
      write: (account, elements) => write(stores.private, commit, config, account, elements),
    });
  },
  setup({ commit, config, iq, stores }) {
    const store = stores.private;

    iq.get(query, ["own-account"], async ({ elements }, { to }) => {
      const [asked, ...more] = elements;
      if (asked === undefined || more.length > 0) {
        throw new StanzaError("bad-request", { text: "Exactly one element can be asked for" });
      }
      const kept = await store.get(to, keyOf(asked));
      return { elements: [kept ?? new Element(asked.name, asked.ns)] };
    });

    iq.set(query, ["own-account"], ({ elements }, { to }) => write(store, commit, config, to, elements));
  },
});
