// XEP-0199: XMPP Ping
import { type AnyExtension, extension } from "../kernel/extension.ts";
import { payload } from "../xmpp/payload.ts";

const request = payload("urn:xmpp:ping", "ping", {});

export const ping: AnyExtension = extension({
  name: "ping",
  doc: "Answers pings (XEP-0199).",
  xeps: { 199: "2.0.1" },
  features: [request.ns],
  setup({ iq }) {
    // §4.2: without `to` it is the server that is asked. Other accounts do not answer: that would tell which exist (RFC 6121 §8.5.1).
    iq.get(request, ["own-account", "host"], () => {}); // an empty result is the answer
  },
});
