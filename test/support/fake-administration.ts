import { accountCommands } from "../../src/admin/accounts.ts";
import { serverCommands } from "../../src/admin/server.ts";
import { sessionCommands } from "../../src/admin/sessions.ts";
import type { Terminal } from "../../src/admin/terminal.ts";
import { createLog } from "../../src/base/log.ts";
import { AccountError, type Accounts } from "../../src/kernel/accounts.ts";
import * as argument from "../../src/kernel/command-arguments.ts";
import * as result from "../../src/kernel/command-results.ts";
import { CommandRegistry, command } from "../../src/kernel/commands.ts";
import type { ServerControl } from "../../src/kernel/server-control.ts";
import { Jid } from "../../src/xmpp/jid.ts";

/** Accounts that live in a map. */
export class FakeAccounts implements Accounts {
  readonly passwords: Map<string, string> = new Map();

  exists(account: Jid): boolean {
    return this.passwords.has(account.toString());
  }
  async create(account: Jid, password: string): Promise<void> {
    if (password === "") throw new AccountError("password", "empty");
    if (account.local.includes("ſ")) throw new AccountError("localpart", "two forms");
    if (this.exists(account)) throw new AccountError("exists", "there");
    this.passwords.set(account.toString(), password);
  }
  async setPassword(account: Jid, password: string): Promise<void> {
    if (!this.exists(account)) throw new AccountError("missing", "not there");
    if (password === "") throw new AccountError("password", "empty");
    this.passwords.set(account.toString(), password);
  }
  async checkPassword(account: Jid, password: string): Promise<boolean> {
    return this.passwords.get(account.toString()) === password;
  }
  async remove(account: Jid): Promise<void> {
    if (!this.passwords.delete(account.toString())) throw new AccountError("missing", "not there");
  }
  async list(
    host: string,
    page: { readonly after?: string; readonly limit: number },
  ): Promise<readonly string[]> {
    const jids = [...this.passwords.keys()]
      .map((text) => Jid.parse(text)!)
      .filter(({ domain }) => domain === host);
    const locals = jids.map(({ local }) => local).sort();
    return locals.filter((local) => local > (page.after ?? "")).slice(0, page.limit);
  }
  async count(host: string): Promise<number> {
    return (await this.list(host, { limit: Number.POSITIVE_INFINITY })).length;
  }
}

/** The administration of a server that is none: real commands, accounts and sessions in memory. */
export class FakeAdministration {
  readonly accounts: FakeAccounts = new FakeAccounts();
  readonly connected: Jid[] = [];
  readonly logged: string[] = [];
  stops: number = 0;
  readonly terminal: Terminal;

  constructor() {
    const registry = new CommandRegistry();
    const { accounts } = this;
    const server: ServerControl = {
      node: "tercet@localhost",
      hosts: ["localhost", "example.test"],
      version: "0.1.0",
      startedAt: 1000,
      state: "started",
      stop: () => void this.stops++,
    };
    const { connected } = this;
    const sessions = {
      connected: () => connected.map((jid) => ({ jid })),
      get size(): number {
        return connected.length;
      },
    };
    const outcomes = {
      stanzasIn: 4,
      counts: () => new Map([["delivered", 3] as const, ["bounced:service-unavailable", 1] as const]),
    };
    registry.add(
      ...accountCommands({ accounts, server }),
      ...sessionCommands({ sessions }),
      ...serverCommands({ server, accounts, sessions, outcomes, monotonic: () => 63_500 }),
      command({
        name: "break",
        tags: ["test"],
        summary: "Fail inside",
        args: { how: argument.text("How.") },
        result: result.code(),
        permission: "change",
        run({ how }) {
          throw new TypeError(`secret of the inside: ${how}`);
        },
      }),
    );
    const log = createLog({
      level: "debug",
      format: "json",
      now: () => 0,
      write: (line) => this.logged.push(line),
    });
    this.terminal = { registry, log };
  }
}
