// XEP-0352: Client State Indication
import { type AnyExtension, extension } from "../kernel/extension.ts";
import { streamFeatures } from "../kernel/points.ts";
import { element } from "../xml/element.ts";
import { CLIENT_STATE } from "../xmpp/namespaces.ts";

const feature = element("csi", CLIENT_STATE);

export const clientState: AnyExtension = extension({
  name: "client-state",
  doc: "Lets clients say that nobody looks at them; what can wait for that is sent later (XEP-0352).",
  xeps: { 352: "1.0.0" },
  features: [],
  setup({ on }) {
    // What is said and what it does is a matter of the stream; without the offer no client says it.
    on(streamFeatures, "collect", ({ phase, features }) => {
      if (phase === "after-login") features.push(feature);
    });
  },
});
