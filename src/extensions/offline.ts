// XEP-0160: Best Practices for Handling Offline Messages; XEP-0334: Message Processing Hints
import { type AnyExtension, extension } from "../kernel/extension.ts";
import { HINTS } from "../xmpp/namespaces.ts";

/** The delivery of messages does the keeping; without this extension it keeps nothing for those who are offline. */
export const offline: AnyExtension = extension({
  name: "offline",
  doc: "Keeps messages for accounts that are offline (XEP-0160); without it their senders get an error. `limits.client.pending_messages` says how many.",
  xeps: { 160: "1.0.1", 334: "1.0.0" },
  features: ["msgoffline", HINTS],
  setup() {},
});
