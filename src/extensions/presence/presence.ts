// RFC 6121 §4: Exchanging Presence Information
import { type AnyExtension, extension } from "../../kernel/extension.ts";
import { integer, options } from "../../kernel/options.ts";
import type { Outcome } from "../../kernel/outcomes.ts";
import { sessionEnded } from "../../kernel/points.ts";
import { presenceRules } from "../../kernel/services.ts";
import type { Session } from "../../kernel/sessions.ts";
import { StanzaError } from "../../xmpp/errors.ts";
import type { Stanza } from "../../xmpp/stanza.ts";
import { directedPresence } from "./directed.ts";
import { deliverPresence } from "./inbound-presence.ts";
import { OwnPresence } from "./own-presence.ts";

const config = options({
  directed: integer({
    default: 1000,
    min: 1,
    doc: "Addresses outside of its contacts that one session may send its presence to, rooms included.",
  }),
});

export const presence: AnyExtension = extension({
  name: "presence",
  doc: "Presence and subscriptions to it.",
  xeps: {},
  features: [],
  config,
  setup(context) {
    const { sessions, router, config } = context;
    const own = new OwnPresence(context);

    const directed = (session: Session, stanza: Stanza): Outcome | Promise<Outcome> => {
      if (stanza.type === undefined) directedPresence(session).add(stanza.to!, config.directed);
      if (stanza.type === "unavailable") directedPresence(session).delete(stanza.to!);
      return router.send(stanza);
    };

    context.provide(presenceRules, {
      fromSession(session, stanza) {
        switch (stanza.type) {
          case undefined:
            return stanza.to === undefined ? own.available(session, stanza) : directed(session, stanza);
          case "unavailable":
            return stanza.to === undefined ? own.unavailable(session, stanza) : directed(session, stanza);
          case "error":
            return stanza.to === undefined ? "dropped:unanswerable" : router.send(stanza);
          default:
            // RFC 6121 §4.7.1
            throw new StanzaError("bad-request");
        }
      },
      toAccount(stanza, exists) {
        // RFC 6121 §8.5.1
        return exists ? deliverPresence(sessions, stanza) : "dropped:no-effect";
      },
      allows: (account, other) => account.equals(other.bare),
    });
    context.on(sessionEnded, "presence", ({ session }) => void own.ended(session));
  },
});
