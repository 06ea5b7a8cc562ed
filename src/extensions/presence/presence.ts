// RFC 6121 §3: Managing Presence Subscriptions; §4: Exchanging Presence Information
import { when } from "../../base/when.ts";
import { type AnyExtension, extension } from "../../kernel/extension.ts";
import { effective, integer } from "../../kernel/options.ts";
import {
  accountRemoved,
  blockListChanged,
  contactRemoved,
  presenceCircle,
  presenceFlow,
  sessionAvailable,
  sessionEnded,
  sessionResumed,
  streamFeatures,
} from "../../kernel/points.ts";
import { presenceRules, rosterService } from "../../kernel/services.ts";
import { element } from "../../xml/element.ts";
import { sendPresence, withdrawPresence } from "./account-presence.ts";
import { AccountRules } from "./account-rules.ts";
import { AfterRestart } from "./after-restart.ts";
import { BlockEffects } from "./block-effects.ts";
import { circleOf } from "./circle.ts";
import { OwnPresence } from "./own-presence.ts";
import { Probes } from "./probes.ts";
import { Subscriptions } from "./subscriptions.ts";

/** RFC 6121 §3.4. */
const preApproval = element("sub", "urn:xmpp:features:pre-approval");

const config = effective("now", {
  directed: integer({
    default: 1000,
    min: 1,
    doc: "Addresses other than its subscribers that one session may send its presence to, rooms included.",
  }),
});

export const presence: AnyExtension = extension({
  name: "presence",
  doc: "Presence and subscriptions to it.",
  xeps: {},
  features: [],
  config,
  uses: { roster: rosterService },
  setup(context) {
    const { log, world, sessions, router, domains } = context;
    const { roster } = context.uses;
    const circle = circleOf((value) => context.run(presenceCircle, value));
    const common = { log, world, sessions, router, domains, roster, circle };
    const probes = new Probes(common);
    const subscriptions = new Subscriptions(common);
    const own = new OwnPresence({
      ...common,
      probes,
      subscriptions,
      get directedLimit() {
        return context.config.directed;
      },
      takesMessages: (session) => context.run(sessionAvailable, { session }),
    });
    context.provide(presenceRules, new AccountRules({ ...common, own, probes, subscriptions }));
    context.on(sessionEnded, "presence", ({ session }) => when(own.ended(session), () => undefined));
    const afterRestart = new AfterRestart(common, probes);
    context.on(sessionResumed, "presence", ({ session, restarted }) =>
      restarted ? afterRestart.tell(session) : undefined,
    );
    context.on(contactRemoved, "subscription", ({ account, contact, item }) =>
      subscriptions.contactRemoved(account, contact, item),
    );
    context.on(presenceFlow, "presence", async ({ from, to, flows }) => {
      const move = flows ? sendPresence : withdrawPresence;
      await move(sessions, router, from, to);
    });
    const effects = new BlockEffects({ ...common, probes, subscriptions });
    context.on(blockListChanged, "presence", (change) => effects.apply(change));
    context.on(accountRemoved, "contacts", ({ account }) => subscriptions.accountRemoved(account));
    context.on(streamFeatures, "collect", ({ phase, features }) => {
      if (phase === "after-login") features.push(preApproval);
    });
  },
});
