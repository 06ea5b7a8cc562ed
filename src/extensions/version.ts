// XEP-0092: Software Version
import { release, type } from "node:os";
import { type AnyExtension, extension } from "../kernel/extension.ts";
import { boolean, effective } from "../kernel/options.ts";
import { childText, payload } from "../xmpp/payload.ts";

const query = payload("jabber:iq:version", "query", {
  name: childText(),
  version: childText(),
  os: childText(),
});

const config = effective("now", {
  show_os: boolean({
    default: false,
    doc: "Whether the answer names the operating system. Everybody may ask, attackers too.",
  }),
});

export const version: AnyExtension = extension({
  name: "version",
  doc: "Tells which software this is (XEP-0092).",
  xeps: { 92: "1.1" },
  features: [query.ns],
  config,
  setup({ config, iq, version }) {
    const os = `${type()} ${release()}`;
    iq.get(query, ["host"], () => ({ name: "Tercet", version, os: config.show_os ? os : undefined }));
  },
});
