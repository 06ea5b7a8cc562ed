import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { Desktop } from "../desktop.ts";
import { until } from "../poll.ts";
import {
  becomeContacts,
  type ClientTest,
  type Context,
  changePassword,
  changePresence,
  type Driver,
  exchangeMessages,
  leave,
  type Show,
  signIn,
} from "../scenario.ts";
import type { Started } from "../workspace.ts";

export const psi: ClientTest = {
  name: "Psi",
  version: ["dpkg-query", "--show", "psi"],
  needs: ["Xvfb", "openbox", "xdotool", "xclip", "import"],
  seconds: 120,
  async run(context) {
    const pictures = process.env.INTEROP_PICTURES ?? context.workspace.path("pictures");
    const desktop = await Desktop.start(context.workspace, pictures);
    const driver = new Psi(context, desktop);
    try {
      await signIn(context, driver);
      // A chat window is opened from the roster, so the contact comes before the messages here.
      await becomeContacts(context, driver);
      await exchangeMessages(context, driver);
      await changePresence(context, driver);
      await changePassword(context, driver);
      await leave(context, driver);
    } catch (error) {
      await desktop.picture("failure");
      throw new Error(`${error}; windows: ${await desktop.titles()}`);
    }
  },
};

// A star stands before it while something is new.
const rosterTitle = "(\\* )?Psi";
// Measured from the lower left corner of the window with the roster.
const menuButton = [25, 20] as const;
const statusButton = [130, 20] as const;
const emptyRoster = [110, 70] as const;

/** Psi as somebody uses it who opens it for the first time: everything by keyboard and mouse. */
class Psi implements Driver {
  readonly #context: Context;
  readonly #desktop: Desktop;
  #program: Started | undefined;

  constructor(context: Context, desktop: Desktop) {
    this.#context = context;
    this.#desktop = desktop;
  }

  async register(): Promise<string> {
    const desktop = this.#desktop;
    this.#program = desktop.spawn("psi", []);
    await desktop.window("Import Wizard");
    await desktop.keys("Down", "Down", "Return"); // Create new profile
    await desktop.window("Account setup");
    await desktop.keys("Return"); // Register new account
    await this.#chooseServer();
    await desktop.window("Server Authentication");
    await desktop.picture("2-certificate");
    await desktop.keys("alt+t"); // Trust this certificate
    await desktop.gone("Server Authentication");
    await this.#fillRegistration();
    await desktop.window("Success");
    await desktop.picture("4-registered");
    await desktop.keys("Return");
    await desktop.window("Useful Tips");
    await desktop.keys("Return");
    await desktop.gone("Useful Tips");
    return "certificate trusted in the dialog, form filled in";
  }

  async #chooseServer(): Promise<void> {
    const desktop = this.#desktop;
    await desktop.window("Register Account");
    await desktop.type("localhost");
    await desktop.keys("Tab", "space", "Tab"); // Manually specify server host and port
    await desktop.type("127.0.0.1");
    await desktop.keys("Tab", "ctrl+a");
    await desktop.type(String(this.#context.server.port));
    await desktop.keys("Tab", "Up"); // Encrypt connection: Always
    await desktop.picture("1-server");
    await desktop.keys("Return");
  }

  async #fillRegistration(): Promise<void> {
    const desktop = this.#desktop;
    const { user, password } = this.#context.account;
    // While Psi waits for the form, the logo in the window moves.
    await desktop.settled(await desktop.window("Register Account"));
    await desktop.keys("Tab", "Tab", "Tab");
    await desktop.type(user);
    await desktop.keys("Tab");
    await desktop.type(password);
    await desktop.picture("3-register");
    await desktop.keys("alt+n");
  }

  /** The first login opens two windows more: a note of Psi on an old option of its own, and the empty vCard. */
  async login(): Promise<string> {
    const desktop = this.#desktop;
    await this.#menu(statusButton, "Down"); // Online
    await desktop.window("Feature Removed");
    await desktop.keys("Return");
    await desktop.gone("Feature Removed");
    await desktop.window("User Info");
    await desktop.keys("alt+F4");
    await desktop.gone("User Info");
    await desktop.picture("5-online");
    return "online";
  }

  async add(jid: string): Promise<void> {
    const desktop = this.#desktop;
    await this.#menu(menuButton, "Down"); // Add a Contact
    await desktop.window("Psi: Add Contact");
    await desktop.type(jid);
    await desktop.picture("6-add");
    await desktop.keys("Return");
    await desktop.window("Add User: Success");
    await desktop.keys("Return");
    await desktop.gone("Psi: Add Contact");
  }

  async approve(jid: string): Promise<void> {
    await this.#recorded(jid, "from", "subscribe");
    await this.#openContact(jid);
    await this.#desktop.picture("7-request");
    await this.#desktop.keys("alt+a"); // Add/Auth
    await this.#desktop.gone(jid);
  }

  async say(to: string, body: string): Promise<void> {
    await this.#openContact(to);
    await this.#desktop.paste(body);
    await this.#desktop.keys("Return");
    await this.#recorded(to, "to", body);
  }

  async shows(from: string, body: string): Promise<void> {
    await this.#recorded(from, "from", body);
    await this.#desktop.picture("8-chat");
  }

  async setPresence(_show: Show, status: string): Promise<void> {
    const desktop = this.#desktop;
    await this.#menu(statusButton, "Down", "Down", "Down", "Down", "Down", "Down", "Down"); // Choose…
    await desktop.window("Psi: Set Status: All accounts");
    await desktop.type(status);
    await desktop.picture("9-away");
    await desktop.keys("alt+s"); // Set; the dialog proposes Away
  }

  async changePassword(password: string): Promise<void> {
    const desktop = this.#desktop;
    await this.#menu(menuButton, "Down", "Down", "Down", "Down", "Down"); // Account Setup
    await desktop.window("Psi: XMPP Accounts");
    await desktop.keys("alt+m"); // Modify
    await desktop.window("Psi: Account Properties");
    await desktop.keys("Tab", "Tab", "Tab", "Tab", "Tab", "Tab", "space"); // Change…
    await desktop.window("Psi: Change Password");
    await desktop.type(this.#context.account.password);
    for (const _ of ["new", "confirmed"]) {
      await desktop.keys("Tab");
      await desktop.paste(password);
    }
    await desktop.picture("10-password");
    await desktop.keys("Return");
    await desktop.window("Success");
    await desktop.keys("Return");
    await desktop.gone("Psi: Change Password");
    for (const title of ["Psi: Account Properties", "Psi: XMPP Accounts"]) {
      await desktop.window(title);
      await desktop.keys("Escape");
      await desktop.gone(title);
    }
  }

  async quit(): Promise<void> {
    await this.#menu(menuButton, "Up"); // Quit
    await until("end of Psi", () => this.#program?.child.exitCode !== null, 10_000);
  }

  async #menu(button: readonly [number, number], ...keys: readonly string[]): Promise<void> {
    const roster = await this.#desktop.window(rosterTitle);
    await this.#desktop.openMenu(roster, ...button);
    await this.#desktop.keys(...keys, "Return");
  }

  /** Opens what is new from the only contact, else the chat with it. */
  async #openContact(jid: string): Promise<void> {
    const roster = await this.#desktop.window(rosterTitle);
    await this.#desktop.clickFromBottom(roster, ...emptyRoster);
    await this.#desktop.keys("End", "Return");
    await this.#desktop.window(jid);
  }

  /** What Psi has received and sent stands in its history of the contact. */
  async #recorded(jid: string, direction: "from" | "to", body: string): Promise<void> {
    const files = this.#context.workspace.path("{config,share}/psi/**/*.history");
    const isOfContact = (file: string): boolean =>
      decodeURIComponent(basename(file)) === `${jid.replace("@", "_at_")}.history`;
    let history = "";
    const isThere = (): boolean => {
      history = globSync(files)
        .filter(isOfContact)
        .map((file) => readFileSync(file, "utf8"))
        .join("");
      return history.split("\n").some((line) => line.includes(`|${direction}|`) && line.endsWith(`|${body}`));
    };
    await until(`"${body}" in the history`, isThere, 20_000, 100).catch((error: unknown) => {
      throw new Error(`${error}, which is:\n${history}`);
    });
  }
}
