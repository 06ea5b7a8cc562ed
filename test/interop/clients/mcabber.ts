import { type ClientTest, type Context, type Driver, firstChat, type Show } from "../scenario.ts";
import { Terminal } from "../terminal.ts";

export const mcabber: ClientTest = {
  name: "mcabber",
  version: ["mcabber", "-V"],
  needs: ["tmux"],
  seconds: 60,
  async run(context) {
    const { server, step } = context;
    await firstChat(context, new Mcabber(context, server.port, ["set tls = 1"]));
    await step("direct TLS", async () => {
      const again = new Mcabber(context, server.tlsPort, ["set tls = 0", "set ssl = 1"]);
      const seen = await again.login();
      await again.quit();
      return seen;
    });
  },
};

/** mcabber can neither register an account nor change a password. */
class Mcabber implements Driver {
  readonly #context: Context;
  readonly #settings: string;
  #running: Terminal | undefined;

  constructor(context: Context, port: number, encryption: readonly string[]) {
    this.#context = context;
    const { account, server } = context;
    this.#settings = [
      `set jid = ${account.jid}`,
      `set password = ${account.password}`,
      "set server = localhost",
      `set port = ${port}`,
      `set ssl_ca = ${server.certificateFile}`,
      ...encryption,
    ].join("\n");
  }

  async login(): Promise<string> {
    const { workspace } = this.#context;
    workspace.write(".mcabber/mcabberrc", `${this.#settings}\n`);
    this.#running = await Terminal.start(workspace, ["mcabber"]);
    const status = "Your status has been set: [_>o]";
    await this.#running.shows(status);
    return status;
  }

  async say(to: string, body: string): Promise<void> {
    await this.#terminal.line(`/say_to ${to} ${body}`);
    // An empty line opens the chat with the contact that is now selected.
    await this.#terminal.line("");
    await this.#terminal.shows(body);
  }

  async shows(_from: string, body: string): Promise<void> {
    await this.#terminal.shows(`<== ${body}`);
  }

  async add(jid: string): Promise<void> {
    await this.#terminal.line(`/add ${jid}`);
    await this.#terminal.shows(`Sent presence notification request to <${jid}>.`);
  }

  async approve(jid: string): Promise<void> {
    await this.#terminal.shows(`<${jid}> wants to subscribe to your presence updates`);
    const question = /Please use \/event (\S+) accept/;
    const [, event] = question.exec(await this.#terminal.shows(question)) ?? [];
    await this.#terminal.line(`/event ${event} accept`);
  }

  async showsPresence(jid: string, show: Show, status: string): Promise<void> {
    const letter = { away: "a", dnd: "d", xa: "n" }[show];
    await this.#terminal.shows(`[${letter}] Buddy: ${jid} -- ${status}`);
  }

  async setPresence(show: Show, status: string): Promise<void> {
    await this.#terminal.line(`/status ${show === "xa" ? "notavail" : show} ${status}`);
  }

  async quit(): Promise<void> {
    await this.#terminal.line("/quit");
    await this.#terminal.exited();
    await this.#terminal.close();
  }

  get #terminal(): Terminal {
    if (this.#running === undefined) throw new Error("mcabber is not started");
    return this.#running;
  }
}
