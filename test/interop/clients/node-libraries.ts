import { join } from "node:path";
import { ProgramDriver, RegisteringProgram } from "../program-driver.ts";
import { type ClientTest, type Context, firstChat, secondPassword } from "../scenario.ts";
import { startWebSocketBridge } from "../websocket-bridge.ts";

const modules = join(import.meta.dirname, "../../../node_modules");

function settings(
  { account, server }: Context,
  service: string,
  password = account.password,
): Record<string, string> {
  return {
    USERNAME_UNDER_TEST: account.user,
    DOMAIN: account.domain,
    PASSWORD: password,
    RESOURCE: "node",
    SERVICE: service,
    // The way in which a Node program is told to trust a self-signed certificate.
    NODE_EXTRA_CA_CERTS: server.certificateFile,
  };
}

function program(file: string): string[] {
  return [join(import.meta.dirname, "../programs", file)];
}

function version(name: string): ClientTest["version"] {
  const print =
    "const { name, version } = JSON.parse(fs.readFileSync(process.argv[1])); console.log(name, version)";
  return [process.execPath, "-e", print, join(modules, name, "package.json")];
}

export const xmppClient: ClientTest = {
  name: "@xmpp/client",
  version: version("@xmpp/client"),
  seconds: 60,
  async run(context) {
    const { server, step, workspace } = context;
    const file = program("xmpp-client.ts");
    const environment = settings(context, `xmpp://localhost:${server.port}`);
    await firstChat(context, new RegisteringProgram(workspace, process.execPath, file, environment));
    await step("direct TLS", async () => {
      const direct = settings(context, `xmpps://localhost:${server.tlsPort}`, secondPassword);
      const driver = new ProgramDriver(workspace, process.execPath, file, direct);
      const seen = await driver.login();
      await driver.quit();
      return seen;
    });
  },
};

export const stanza: ClientTest = {
  name: "stanza",
  version: version("stanza"),
  seconds: 60,
  async run(context) {
    const environment = settings(context, await bridge(context));
    const file = program("stanza-client.ts");
    await firstChat(context, new RegisteringProgram(context.workspace, process.execPath, file, environment));
  },
};

export const strophe: ClientTest = {
  name: "strophe.js",
  version: version("strophe.js"),
  seconds: 60,
  async run(context) {
    const environment = settings(context, await bridge(context));
    const file = program("strophe-client.ts");
    await firstChat(context, new ProgramDriver(context.workspace, process.execPath, file, environment));
  },
};

async function bridge({ server, workspace }: Context): Promise<string> {
  const { url, close } = await startWebSocketBridge(server);
  workspace.atEnd(close);
  return url;
}
