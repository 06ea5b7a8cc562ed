// XEP-0049: Private XML Storage
import { type AnyExtension, extension, mapStore } from "../kernel/extension.ts";
import { integer, options, size } from "../kernel/options.ts";
import { type Change, elementCodec } from "../kernel/storage.ts";
import { Element } from "../xml/element.ts";
import { serialize } from "../xml/writer.ts";
import { StanzaError } from "../xmpp/errors.ts";
import { content, payload } from "../xmpp/payload.ts";

const query = payload("jabber:iq:private", "query", { elements: content() });

const config = options({
  elements: integer({ default: 100, min: 1, doc: "Elements that one account may keep." }),
  size: size({ default: 64 * 1024, min: 1024, doc: "Size of one element." }),
});

/** A name has no space in it, so this is unique. */
function keyOf({ name, ns }: Element): string {
  return `${name} ${ns}`;
}

function isEmpty({ attributes, children }: Element): boolean {
  return attributes.size === 0 && children.length === 0;
}

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

export const privateStorage: AnyExtension = extension({
  name: "private",
  doc: "Keeps XML of clients for their own use (XEP-0049).",
  xeps: { 49: "1.2" },
  features: [query.ns],
  config,
  stores: { private: mapStore<Element>(elementCodec) },
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

    iq.set(query, ["own-account"], async ({ elements }, { to }) => {
      const wanted = checked(elements, config.size);
      const kept = new Set(await store.names(to));
      const changes: Change[] = [];
      for (const [key, one] of wanted) {
        // What was never kept and what is empty look the same to who asks.
        if (isEmpty(one)) kept.delete(key);
        else kept.add(key);
        changes.push(isEmpty(one) ? store.remove(to, key) : store.set(to, key, one));
      }
      if (kept.size > config.elements) {
        throw new StanzaError("resource-constraint", {
          text: `At most ${config.elements} elements are kept`,
        });
      }
      await commit(changes);
    });
  },
});
