import { chownSync, mkdirSync } from "node:fs";
import { type ClientTest, type Context, type Driver, firstChat, type Show } from "../scenario.ts";
import { Terminal } from "../terminal.ts";
import type { Workspace } from "../workspace.ts";

const nobody = 65534;

export const poezio: ClientTest = {
  name: "poezio",
  version: ["dpkg-query", "--show", "poezio"],
  needs: ["tmux"],
  seconds: 90,
  run: (context) => firstChat(context, new Poezio(context)),
};

/** poezio cannot register an account, and approves by itself a contact that it has asked. */
class Poezio implements Driver {
  readonly #context: Context;
  #running: Terminal | undefined;

  constructor(context: Context) {
    this.#context = context;
  }

  async login(): Promise<string> {
    const { account, server, workspace } = this.#context;
    const settings = [
      "[Poezio]",
      `jid = ${account.jid}`,
      `password = ${account.password}`,
      // With a name here poezio 0.14 looks for SRV records of that name and forgets the port.
      "custom_host = 127.0.0.1",
      `custom_port = ${server.port}`,
      `ca_cert_path = ${workspace.write("certificate.pem", server.certificate)}`,
    ];
    workspace.write("config/poezio/poezio.cfg", `${settings.join("\n")}\n`);
    this.#running = await Terminal.start(workspace, [...unprivileged(workspace), "poezio"]);
    const screen = await this.#running.shows("Your JID is");
    return /Your JID is \S+/.exec(screen)?.[0] ?? "";
  }

  async say(to: string, body: string): Promise<void> {
    await this.#command(`/message ${to}`);
    await this.#terminal.shows(`[${to}]`);
    await this.#enter(body);
  }

  async shows(_from: string, body: string): Promise<void> {
    await this.#terminal.shows(`> ${body}`);
  }

  async add(jid: string): Promise<void> {
    await this.#rosterCommand(`/add ${jid}`);
  }

  async showsPresence(jid: string, show: Show, status: string): Promise<void> {
    await this.#command(`/message ${jid}`);
    await this.#terminal.shows(`[${show} ${status}`);
  }

  async setPresence(show: Show, status: string): Promise<void> {
    await this.#rosterCommand(`/status ${show} "${status}"`);
  }

  async changePassword(password: string): Promise<void> {
    await this.#rosterCommand(`/password "${password}"`);
    await this.#terminal.shows("Password updated");
  }

  async quit(): Promise<void> {
    await this.#rosterCommand("/quit");
    await this.#terminal.exited();
    await this.#terminal.close();
  }

  async #rosterCommand(command: string): Promise<void> {
    await this.#command("/win 0");
    await this.#command(command);
  }

  /** On the roster a slash opens the command line; what comes faster than the line opens is lost. */
  async #command(command: string): Promise<void> {
    await this.#terminal.key("/");
    await this.#terminal.shows(/^.*│\/ *$/m);
    await this.#enter(command.slice(1));
  }

  /** Characters that come together are taken as pasted, an Enter among them too: so it comes when the text is there. */
  async #enter(text: string): Promise<void> {
    await this.#terminal.type(text);
    await this.#terminal.shows(text);
    await this.#terminal.key("Enter");
  }

  get #terminal(): Terminal {
    if (this.#running === undefined) throw new Error("poezio is not started");
    return this.#running;
  }
}

/** poezio refuses to run as root, as which a build may run: then it gets another user, and the directory with it. */
function unprivileged(workspace: Workspace): string[] {
  if (process.getuid?.() !== 0) return [];
  for (const folder of ["", "config", "config/poezio", "share", "cache"]) {
    mkdirSync(workspace.path(folder), { recursive: true });
    chownSync(workspace.path(folder), nobody, nobody);
  }
  for (const file of ["config/poezio/poezio.cfg", "certificate.pem"])
    chownSync(workspace.path(file), nobody, nobody);
  return ["setpriv", `--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups"];
}
