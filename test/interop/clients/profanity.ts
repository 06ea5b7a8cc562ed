import {
  type ClientTest,
  type Context,
  type Driver,
  firstChat,
  type Show,
  secondPassword,
} from "../scenario.ts";
import { Terminal } from "../terminal.ts";

export const profanity: ClientTest = {
  name: "profanity",
  version: ["profanity", "--version"],
  needs: ["tmux"],
  seconds: 90,
  async run(context) {
    await firstChat(context, new Profanity(context));
    await context.step("direct TLS", async () => {
      const again = new Profanity(context);
      const seen = await again.loginTo(context.server.tlsPort, "legacy", secondPassword);
      await again.quit();
      return seen;
    });
  },
};

class Profanity implements Driver {
  readonly #context: Context;
  #running: Terminal | undefined;

  constructor(context: Context) {
    this.#context = context;
  }

  /** In a process of its own: with `/tls always` at this moment profanity 0.13.1 crashes, so `trust` stands in the command. */
  async register(): Promise<string> {
    const { account, server } = this.#context;
    const terminal = await this.#start();
    await terminal.line(`/register ${account.user} localhost port ${server.port} tls trust`);
    await terminal.shows("Enter password:");
    await terminal.line(account.password);
    await terminal.shows("Confirm password:");
    await terminal.line(account.password);
    await terminal.shows("Registration successful.");
    await this.quit();
    return "Registration successful.";
  }

  async login(): Promise<string> {
    const terminal = await this.#start();
    const { account, server } = this.#context;
    await terminal.line(`/connect ${account.jid} server localhost port ${server.port} tls force`);
    await terminal.shows("Enter password:");
    await terminal.line(account.password);
    await terminal.shows("Use '/tls always' to accept this certificate permanently.");
    await terminal.line("/tls always");
    return this.#loggedIn(terminal);
  }

  async loginTo(port: number, policy: "legacy", password: string): Promise<string> {
    const terminal = await this.#start();
    await terminal.line(`/connect ${this.#context.account.jid} server localhost port ${port} tls ${policy}`);
    await terminal.shows("Enter password:");
    await terminal.line(password);
    return this.#loggedIn(terminal);
  }

  async say(to: string, body: string): Promise<void> {
    await this.#terminal.line(`/msg ${to}`);
    await this.#terminal.shows(`${to} [`);
    await this.#terminal.line(body);
    await this.#terminal.shows(body);
  }

  async shows(from: string, body: string): Promise<void> {
    await this.#terminal.shows(`${from}/reference: ${body}`);
  }

  async add(jid: string): Promise<void> {
    await this.#terminal.line("/win 1");
    await this.#terminal.line(`/roster add ${jid}`);
    await this.#terminal.shows(`Roster item added: ${jid}`);
    await this.#terminal.line(`/sub request ${jid}`);
    await this.#terminal.shows(`Sent subscription request to ${jid}`);
  }

  async approve(jid: string): Promise<void> {
    await this.#terminal.shows(`Received authorization request from ${jid}`);
    await this.#terminal.line(`/sub allow ${jid}`);
  }

  async showsPresence(jid: string, show: Show, status: string): Promise<void> {
    await this.#terminal.shows(new RegExp(`${jid}.* is ${show}, .*"${status}"`));
  }

  async setPresence(show: Show, status: string): Promise<void> {
    await this.#terminal.line(`/status set ${show} "${status}"`);
    await this.#terminal.shows(`Status set to ${show}`);
  }

  async changePassword(password: string): Promise<void> {
    await this.#terminal.line("/changepassword");
    await this.#terminal.shows("Enter password:");
    await this.#terminal.line(password);
    await this.#terminal.shows("Confirm password:");
    await this.#terminal.line(password);
    await this.#terminal.shows("Password successfully changed.");
  }

  async quit(): Promise<void> {
    await this.#terminal.line("/quit");
    await this.#terminal.exited();
    await this.#terminal.close();
  }

  async #start(): Promise<Terminal> {
    this.#running = await Terminal.start(this.#context.workspace, ["profanity"]);
    await this.#running.shows("Type '/help' to show complete help.");
    return this.#running;
  }

  async #loggedIn(terminal: Terminal): Promise<string> {
    const screen = await terminal.shows("logged in successfully");
    return /\S+ logged in successfully/.exec(screen)?.[0] ?? "";
  }

  get #terminal(): Terminal {
    if (this.#running === undefined) throw new Error("profanity is not started");
    return this.#running;
  }
}
