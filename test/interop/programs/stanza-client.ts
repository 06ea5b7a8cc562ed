import { createClient } from "stanza";
import { type Commands, report, serve, settings } from "./control.ts";

const { user, domain, password, resource, service } = settings();
const jid = `${user}@${domain}`;
const client = createClient({
  jid,
  resource,
  password,
  server: domain,
  transports: { websocket: service, bosh: false },
  autoReconnect: false,
});
let mechanism = "";
let registering = false;

client.on("message", ({ from, body }) => report({ event: "message", from, body: body ?? "" }));
client.on("presence", ({ from = "", show = "", status = "", type }) => {
  report(type === "subscribe" ? { event: "asked", from } : { event: "presence", from, show, status });
});
client.on("stream:error", (error) => report({ event: "error", why: JSON.stringify(error) }));
client.on("raw:outgoing", (data) => {
  mechanism = /<auth [^>]*mechanism="([^"]+)"/.exec(data)?.[1] ?? mechanism;
});
// XEP-0077 before the login, whose priority in the library is 100.
client.registerFeature("inbandRegistration", 50, async (_features, done) => {
  if (registering) await client.updateAccount(domain, { username: user, password });
  client.features.negotiated.inbandRegistration = true;
  done();
});

function started(): Promise<string> {
  return new Promise((resolve, reject) => {
    client.on("session:started", (full) => resolve(full ?? ""));
    client.on("auth:failed", () => reject(new Error("auth:failed")));
    client.on("disconnected", (error) => reject(error ?? new Error("disconnected")));
  });
}

const commands: Commands = {
  async register() {
    registering = true;
    return this.login();
  },
  async login() {
    if (client.sessionStarted) return `${client.jid} with ${mechanism}`;
    const session = started();
    client.connect();
    const full = await session;
    await client.getRoster();
    client.sendPresence();
    return `${full} with ${mechanism}`;
  },
  async say({ to, body }) {
    client.sendMessage({ to, body, type: "chat" });
  },
  async add(command) {
    await client.updateRosterItem({ jid: command.jid, name: "a contact", subscription: "none" });
    client.subscribe(command.jid);
  },
  async approve(command) {
    client.acceptSubscription(command.jid);
  },
  async presence({ show, status }) {
    client.sendPresence({ show, status });
  },
  async password(command) {
    await client.updateAccount(domain, { username: user, password: command.password });
  },
  async quit() {
    const closed = new Promise<void>((resolve) => client.once("disconnected", () => resolve()));
    client.disconnect();
    await closed;
  },
};

await serve(commands);
