import { child, type Element, text } from "../../support/stream-reader.ts";
import { until } from "../poll.ts";
import { ReferencePeer } from "../reference-peer.ts";
import { type ClientTest, type Context, greeting } from "../scenario.ts";

// Programs that log in, send what stands on their standard input, and end.

export const sendxmpp: ClientTest = {
  name: "sendxmpp",
  version: ["dpkg-query", "--show", "sendxmpp"],
  seconds: 60,
  async run(context) {
    const { account, server, step, workspace, peer } = context;
    await registerByCommand(context);
    const lines = [`username: ${account.user}`, "jserver: localhost", `password: ${account.password}`];
    const send = async (port: number, options: readonly string[], body: string): Promise<Element> => {
      workspace.write(".sendxmpprc", `${[...lines, `port: ${port}`].join("\n")}\n`);
      const args = ["-a", server.certificateFile, ...options, peer.account.jid];
      await workspace.run("sendxmpp", args, {
        input: body,
        env: { ...process.env, HOME: workspace.directory },
      });
      return peer.expectMessage(account.jid, body);
    };
    await step("sends", async () => describe(await send(server.port, ["-t"], `${greeting} 1`)));
    await step("direct TLS", async () => describe(await send(server.tlsPort, ["-e"], `${greeting} 2`)));
    await step("headline", async () => {
      const seen = await send(server.port, ["-t", "--message-type=headline", "-s", "News"], `${greeting} 3`);
      const kind = `${seen.attributes.type} "${text(child(seen, "subject"))}"`;
      if (kind !== 'headline "News"') throw new Error(`a ${kind} came`);
      return `${kind}: ${describe(seen)}`;
    });
  },
};

export const goSendxmpp: ClientTest = {
  name: "go-sendxmpp",
  version: ["go-sendxmpp", "--version"],
  seconds: 60,
  async run(context) {
    const { account, server, step, workspace, peer } = context;
    await registerByCommand(context);
    await watch(context);
    // Go's way to trust a certificate that the system does not know.
    const env = { ...process.env, SSL_CERT_FILE: server.certificateFile };
    // The file is named because go-sendxmpp looks for its own in the home of the account that runs it, whatever HOME says.
    const configured = (port: number): string[] => {
      const lines = [
        `username: ${account.jid}`,
        `jserver: localhost:${port}`,
        `password: ${account.password}`,
      ];
      return ["-f", workspace.write("go-sendxmpp/config", `${lines.join("\n")}\n`)];
    };
    const send = async (port: number, options: readonly string[], body: string): Promise<string> => {
      const args = [...configured(port), ...options, peer.account.jid];
      await workspace.run("go-sendxmpp", args, { input: body, env });
      return describe(await peer.expectMessage(account.jid, body));
    };
    await step("sends", () => send(server.port, [], `${greeting} 1`));
    await step("presence", async () => {
      const who = await comesAndGoes(context);
      return `available, then unavailable from ${who}`;
    });
    await step("direct TLS", async () => {
      const seen = await send(server.tlsPort, ["-t"], `${greeting} 2`);
      await comesAndGoes(context);
      return seen;
    });
    await step("receives", async () => {
      const body = `${greeting} 3`;
      const listener = workspace.spawn("go-sendxmpp", [...configured(server.port), "-l"], { env });
      await peer.expectPresence(account.jid, undefined);
      peer.message(account.jid, body);
      await until("the message in the output", () => listener.output().includes(body), 20_000);
      await workspace.end(listener);
      return listener.output().trim();
    });
  },
};

async function registerByCommand({ account, server, step }: Context): Promise<void> {
  await step("account", async () => {
    await server.register(account);
    return "registered by command";
  });
}

/** Lets the peer see the presence of an account whose client cannot approve it. */
async function watch({ account, peer, server }: Context): Promise<void> {
  const owner = await ReferencePeer.login(server, account);
  owner.send("<presence/>");
  peer.send(`<presence to="${account.jid}" type="subscribe"/>`);
  await owner.expectPresence(peer.account.jid, "subscribe");
  owner.send(`<presence to="${peer.account.jid}" type="subscribed"/>`);
  await peer.expectPresence(account.jid, "subscribed");
  await comesAndGoes({ account, peer }, () => owner.close());
}

/** The full address of a resource that became available and, after the action, unavailable. */
async function comesAndGoes(
  { account, peer }: Pick<Context, "account" | "peer">,
  action: () => Promise<void> = async () => undefined,
): Promise<string> {
  const { from = "" } = (await peer.expectPresence(account.jid, undefined)).attributes;
  await action();
  await peer.expectPresence(account.jid, "unavailable", (stanza) => stanza.attributes.from === from);
  return from;
}

function describe(message: Element): string {
  return `"${text(child(message, "body"))}" from ${message.attributes.from}`;
}
