// RFC 3921 §3: Session Establishment
import { type AnyExtension, extension } from "../kernel/extension.ts";
import { streamFeatures } from "../kernel/points.ts";
import { element } from "../xml/element.ts";
import { SESSION } from "../xmpp/namespaces.ts";
import { payload } from "../xmpp/payload.ts";

const request = payload(SESSION, "session", {});

/** Clients that know the child save themselves the request. */
const feature = element("session", SESSION, {}, element("optional", SESSION));

export const session: AnyExtension = extension({
  name: "session",
  doc: "Lets old clients establish a session, which RFC 6121 no more asks for.",
  xeps: {},
  features: [],
  setup({ iq, on }) {
    // RFC 6121 §1.4: a session begins with the binding; who asks for one has it.
    iq.set(request, ["own-account", "host"], () => {});
    on(streamFeatures, "collect", ({ phase, features }) => {
      if (phase === "after-login") features.push(feature);
    });
  },
});
