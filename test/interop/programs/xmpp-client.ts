import { client, type Entity, type XmlElement, xml } from "@xmpp/client";
import { type Commands, report, serve, settings } from "./control.ts";

const milliseconds = 15_000;
const { user, domain, password, resource, service } = settings();
let mechanism = "";
let registering = false;

const entity = client({
  service,
  domain,
  resource,
  async credentials(authenticate, mechanisms, _fast, stream) {
    if (registering) await registerWith(stream);
    mechanism = mechanisms[0] ?? "";
    await authenticate({ username: user, password }, mechanism);
  },
});
entity.timeout = milliseconds;
entity.on("error", (error) => report({ event: "error", why: String(error) }));
entity.on("stanza", (stanza) => {
  const from = stanza.attrs.from ?? "";
  if (stanza.is("message")) report({ event: "message", from, body: stanza.getChildText("body") ?? "" });
  if (!stanza.is("presence")) return;
  if (stanza.attrs.type === "subscribe") return report({ event: "asked", from });
  report({
    event: "presence",
    from,
    show: stanza.getChildText("show") ?? "",
    status: stanza.getChildText("status") ?? "",
  });
});

/** XEP-0077 on the stream that is encrypted but not authenticated. */
async function registerWith(stream: Entity): Promise<void> {
  await stream.iqCaller.request(xml("iq", { type: "set" }, registerQuery(password)), milliseconds);
}

function registerQuery(secret: string): XmlElement {
  return xml(
    "query",
    { xmlns: "jabber:iq:register" },
    xml("username", {}, user),
    xml("password", {}, secret),
  );
}

const commands: Commands = {
  async register() {
    registering = true;
    return this.login();
  },
  async login() {
    const jid = entity.jid?.toString().includes("/") ? entity.jid : await entity.start();
    await entity.iqCaller.request(
      xml("iq", { type: "get" }, xml("query", { xmlns: "jabber:iq:roster" })),
      milliseconds,
    );
    await entity.send(xml("presence"));
    const protocol = entity.socket?.socket?.getProtocol?.() ?? "no TLS";
    return `${jid} over ${protocol} with ${mechanism}`;
  },
  async say({ to, body }) {
    await entity.send(xml("message", { to, type: "chat" }, xml("body", {}, body)));
  },
  async add({ jid }) {
    const query = xml("query", { xmlns: "jabber:iq:roster" }, xml("item", { jid, name: "a contact" }));
    await entity.iqCaller.request(xml("iq", { type: "set" }, query), milliseconds);
    await entity.send(xml("presence", { to: jid, type: "subscribe" }));
  },
  async approve({ jid }) {
    await entity.send(xml("presence", { to: jid, type: "subscribed" }));
  },
  async presence({ show, status }) {
    await entity.send(xml("presence", {}, xml("show", {}, show), xml("status", {}, status)));
  },
  async password(command) {
    const query = registerQuery(command.password);
    await entity.iqCaller.request(xml("iq", { type: "set", to: domain }, query), milliseconds);
  },
  async quit() {
    entity.reconnect.stop();
    await entity.stop();
  },
};

await serve(commands);
