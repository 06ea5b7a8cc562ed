import { child, text } from "../support/stream-reader.ts";
import { type Account, ReferencePeer } from "./reference-peer.ts";
import type { ServerUnderTest } from "./servers.ts";
import type { Workspace } from "./workspace.ts";

export interface Context {
  readonly server: ServerUnderTest;
  readonly workspace: Workspace;
  /** The account of the client under test; not registered yet. */
  readonly account: Account;
  /** Logged in as the other account. */
  readonly peer: ReferencePeer;
  /** Runs one check; what it returns is printed as what was seen. */
  step(name: string, check: () => Promise<string>): Promise<void>;
}

export interface ClientTest {
  readonly name: string;
  /** Prints the client's version; a client that is not installed cannot. */
  readonly version: readonly [command: string, ...args: string[]];
  /** Commands without which the client cannot be driven. */
  readonly needs?: readonly string[];
  /** Limit for the whole test. */
  readonly seconds: number;
  run(context: Context): Promise<void>;
}

/** What a client can be made to do. Everything optional is left out by clients that have no such function. */
export interface Driver {
  /** Creates the account in-band (XEP-0077). */
  register?(): Promise<string>;
  /** Logs in and becomes available. */
  login(): Promise<string>;
  say(to: string, body: string): Promise<void>;
  /** Resolves when the client has the message. */
  shows(from: string, body: string): Promise<void>;
  /** Puts a contact on the roster and asks for its presence. */
  add?(jid: string): Promise<void>;
  /** Allows a contact to see our presence. */
  approve?(jid: string): Promise<void>;
  /** Resolves when the client has the contact's presence. */
  showsPresence?(jid: string, show: Show, status: string): Promise<void>;
  setPresence?(show: Show, status: string): Promise<void>;
  changePassword?(password: string): Promise<void>;
  quit(): Promise<void>;
}

export type Show = "away" | "dnd" | "xa";

/** What an account's password is after the scenario changed it. */
export const secondPassword = "new-pässword 2";

/** Text in which bad escaping, wrong normalisation and lost bytes show. */
export const greeting = 'Grüße <b>&amp; "žluťoučký" кот\'';

/** The first chat, with whatever the client can do of it, each step checked from the other side. */
export async function firstChat(context: Context, driver: Driver): Promise<void> {
  await signIn(context, driver);
  await exchangeMessages(context, driver);
  await becomeContacts(context, driver);
  await changePresence(context, driver);
  await changePassword(context, driver);
  await leave(context, driver);
}

export async function signIn({ account, server, step }: Context, driver: Driver): Promise<void> {
  await step("account", async () => {
    const seen = driver.register && (await driver.register());
    if (seen !== undefined) return `registered in-band: ${seen}`;
    await server.register(account);
    return "registered by command";
  });
  await step("login", () => driver.login());
}

export async function exchangeMessages({ account, peer, step }: Context, driver: Driver): Promise<void> {
  await step("sends", async () => {
    const body = `${greeting} 1`;
    await driver.say(peer.account.jid, body);
    const seen = await peer.expectMessage(account.jid, body);
    return `"${text(child(seen, "body"))}" from ${seen.attributes.from}`;
  });
  await step("receives", async () => {
    const body = `${greeting} 2`;
    peer.message(account.jid, body);
    await driver.shows(peer.account.jid, body);
    return `"${body}"`;
  });
}

export async function leave({ account, peer, step }: Context, driver: Driver): Promise<void> {
  await step("leaves", async () => {
    await driver.quit();
    if (driver.add === undefined) return "logged out";
    const seen = await peer.expectPresence(account.jid, "unavailable");
    return `unavailable from ${seen.attributes.from}`;
  });
}

export async function becomeContacts({ account, peer, step }: Context, driver: Driver): Promise<void> {
  if (driver.add === undefined) return;
  await step("adds a contact", async () => {
    await driver.add?.(peer.account.jid);
    await peer.expectPresence(account.jid, "subscribe");
    peer.send(`<presence to="${account.jid}" type="subscribed"/>`);
    peer.send("<presence><show>dnd</show><status>reading</status></presence>");
    await driver.showsPresence?.(peer.account.jid, "dnd", "reading");
    return `subscription asked and granted${driver.showsPresence ? ", contact shown as dnd" : ""}`;
  });
  await step("approves", async () => {
    peer.send(`<presence to="${account.jid}" type="subscribe"/>`);
    await driver.approve?.(peer.account.jid);
    await peer.expectPresence(account.jid, "subscribed");
    const seen = await peer.expectPresence(account.jid, undefined);
    return `available from ${seen.attributes.from}`;
  });
}

export async function changePresence({ account, peer, step }: Context, driver: Driver): Promise<void> {
  if (driver.setPresence === undefined) return;
  await step("presence", async () => {
    await driver.setPresence?.("away", "at lunch");
    const seen = await peer.expectPresence(
      account.jid,
      undefined,
      (stanza) => text(child(stanza, "show")) === "away" && text(child(stanza, "status")) === "at lunch",
    );
    return `away, "${text(child(seen, "status"))}"`;
  });
}

export async function changePassword({ account, server, step }: Context, driver: Driver): Promise<void> {
  if (driver.changePassword === undefined) return;
  await step("password", async () => {
    await driver.changePassword?.(secondPassword);
    const session = await ReferencePeer.login(server, { ...account, password: secondPassword });
    await session.close();
    if (await server.accepts(account)) throw new Error("the old password still opens the account");
    return "changed: the new one logs in, the old one is refused";
  });
}
