// XEP-0191: Blocking Command
import { when } from "../../base/when.ts";
import { type AnyExtension, extension, mapStore } from "../../kernel/extension.ts";
import { Drop } from "../../kernel/hooks.ts";
import { effective, integer } from "../../kernel/options.ts";
import {
  accountRemoved,
  blockListChanged,
  presenceCircle,
  stanzaFromAccount,
  stanzaToAccount,
  waitingMessage,
} from "../../kernel/points.ts";
import { element } from "../../xml/element.ts";
import { StanzaError } from "../../xmpp/errors.ts";
import { rawPayload } from "../../xmpp/payload.ts";
import type { Stanza } from "../../xmpp/stanza.ts";
import { BlockChanges, type StoredBlock } from "./block-changes.ts";
import { BlockLists } from "./block-lists.ts";
import { BlockPushes } from "./block-pushes.ts";
import { BLOCKING, listing, readItems } from "./block-request.ts";

const blocklist = rawPayload(BLOCKING, "blocklist");
const block = rawPayload(BLOCKING, "block");
const unblock = rawPayload(BLOCKING, "unblock");

const config = effective("now", {
  items: integer({
    default: 1000,
    min: 1,
    doc: "Addresses that one account may block; above it blocking another is refused.",
  }),
});

/** Is not answered, whatever it is (RFC 6120 §8.2.3, §8.3.1). */
function isAnswer({ kind, type }: Stanza): boolean {
  return type === "error" || (kind === "iq" && type === "result");
}

/** Presence that means nothing where nobody is there to see it: no list has to be read for it. */
function isNotice({ kind, type }: Stanza): boolean {
  return kind === "presence" && (type === undefined || type === "unavailable");
}

/** XEP-0191 §3.3: the account looks like one that is not there. @throws StanzaError service-unavailable */
function turnAway(stanza: Stanza): Drop {
  if (stanza.kind === "presence" || isAnswer(stanza)) return new Drop("dropped:blocked");
  throw new StanzaError("service-unavailable");
}

/** XEP-0191 §3.3, the last example. @throws StanzaError not-acceptable */
function holdBack(stanza: Stanza): Drop {
  if (isAnswer(stanza)) return new Drop("dropped:blocked");
  const application = element("blocked", "urn:xmpp:blocking:errors");
  throw new StanzaError("not-acceptable", { type: "cancel", application });
}

export const blocking: AnyExtension = extension({
  name: "blocking",
  doc: "Lets accounts block whom they do not want to hear of: addresses, accounts, whole domains (XEP-0191).",
  xeps: { 191: "1.3" },
  features: [BLOCKING],
  config,
  stores: { blocking: mapStore<StoredBlock>() },
  setup(context) {
    const { iq, on, sessions, stores, world } = context;
    const store = stores.blocking;
    const lists = new BlockLists(
      (account) => store.names(account),
      (account) => sessions.of(account).length > 0,
    );
    const pushes = new BlockPushes(world, sessions);
    const changes = new BlockChanges({
      lists,
      store,
      pushes,
      limit: () => context.config.items,
      commit: context.commit,
      changed: (change) => context.run(blockListChanged, change),
    });

    iq.get(blocklist, ["own-account"], (_value, { to, session }) =>
      when(lists.of(to), ({ list }) => {
        if (session !== undefined) pushes.begin(session);
        return listing("blocklist", list.items);
      }),
    );
    iq.set(block, ["own-account"], async (value, { to }) => {
      const items = readItems(value);
      if (items.length === 0) throw new StanzaError("bad-request", { text: "Nobody is named" });
      await changes.block(to, items);
    });
    iq.set(unblock, ["own-account"], async (value, { to }) => {
      const items = readItems(value);
      if (items.length > 0) return changes.unblock(to, items);
      // What is not understood must not unblock everybody.
      if (value.elements().length > 0) throw new StanzaError("bad-request", { text: "Nobody is named" });
      await changes.unblockAll(to);
    });

    on(stanzaToAccount, "guard", ({ stanza, account }) => {
      const known = lists.peek(account);
      // The common way, for presence above all: it is known that nobody is blocked.
      if (known?.isEmpty) return;
      if (known === undefined && isNotice(stanza) && sessions.of(account).length === 0) return;
      return when(known ?? lists.of(account), ({ list }) =>
        list.blocks(stanza.from!) ? turnAway(stanza) : undefined,
      );
    });
    // XEP-0191 §3.3: nothing is delivered from now on. An error at this time would tell that somebody is there.
    on(waitingMessage, "guard", ({ stanza, account }) =>
      when(lists.of(account), ({ list }) =>
        list.blocks(stanza.from!) ? new Drop("dropped:blocked") : undefined,
      ),
    );
    on(stanzaFromAccount, "guard", ({ stanza, account }) => {
      const { to } = stanza;
      if (to === undefined) return;
      return when(lists.of(account), ({ list }) => (list.blocks(to) ? holdBack(stanza) : undefined));
    });
    on(presenceCircle, "guard", (circle) =>
      when(lists.of(circle.account), ({ blocks }) => {
        circle.excludes = blocks;
      }),
    );
    on(accountRemoved, "data", ({ account }) => lists.clear(account));
  },
});
