import { ApiTokens } from "../../src/admin/api-tokens.ts";
import { administrationCommands } from "../../src/admin/commands.ts";
import { StoredBans } from "../../src/auth/stored-bans.ts";
import { createLog } from "../../src/base/log.ts";
import { systemWorld } from "../../src/base/world.ts";
import { AccountError, type Accounts } from "../../src/kernel/accounts.ts";
import type { MessageArchive } from "../../src/kernel/archive.ts";
import * as argument from "../../src/kernel/command-arguments.ts";
import { CommandCalls } from "../../src/kernel/command-calls.ts";
import * as result from "../../src/kernel/command-results.ts";
import { CommandRegistry, command } from "../../src/kernel/commands.ts";
import type { ChangePlan } from "../../src/kernel/configuration-control.ts";
import type { Rights } from "../../src/kernel/rights.ts";
import type { ServerControl } from "../../src/kernel/server-control.ts";
import type { Session, Sessions } from "../../src/kernel/sessions.ts";
import { MemoryStorage } from "../../src/storage/memory/memory-storage.ts";
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

const broken = command({
  name: "break",
  tags: ["test"],
  summary: "Fail inside",
  args: { how: argument.text("How.") },
  result: result.code(),
  permission: "change",
  run({ how }) {
    throw new TypeError(`secret of the inside: ${how}`);
  },
});

const OUTCOMES = {
  stanzasIn: 4,
  counts: () => new Map([["delivered", 3] as const, ["bounced:service-unavailable", 1] as const]),
};

const NOTHING: ChangePlan = { changes: [], opens: [], closes: [], staying: 0, ending: 0, warnings: [] };

/** The administration of a server that is none: real commands, accounts and sessions in memory. */
export class FakeAdministration {
  readonly accounts: FakeAccounts = new FakeAccounts();
  readonly connected: Jid[] = [];
  readonly logged: string[] = [];
  stops: number = 0;
  restarts: number = 0;
  readonly calls: CommandCalls;
  readonly tokens: ApiTokens;
  /** Whether the caller may run the command. */
  mayRun: Rights["mayRun"] = () => true;

  constructor() {
    const registry = new CommandRegistry();
    const { accounts, connected } = this;
    const server: ServerControl = {
      node: "tercet@localhost",
      hosts: ["localhost", "example.test"],
      version: "0.1.0",
      startedAt: 1000,
      state: "started",
      stop: () => void this.stops++,
      restart: () => void this.restarts++,
      acceptClients: async () => {},
      refuseClients: async () => {},
      endStreams: async () => {},
    };
    const sessions: Sessions = {
      connected: () => connected.map((jid) => ({ jid }) as Session),
      of: () => [],
      find: () => undefined,
      get size(): number {
        return connected.length;
      },
    };
    const router = {
      receive: () => 0,
      whenSettled: async () => {},
      send: () => "delivered" as const,
      sendFor: () => "delivered" as const,
    };
    const world = { ...systemWorld(), monotonic: () => 63_500 };
    this.tokens = new ApiTokens({ storage: new MemoryStorage(), accounts, world });
    const configuration = { file: undefined, plan: async () => NOTHING, reload: async () => NOTHING };
    registry.add(
      ...administrationCommands({
        accounts,
        storage: {},
        configuration,
        server,
        sessions,
        router,
        outcomes: OUTCOMES,
        world,
        lastActivity: undefined,
        archive: {} as MessageArchive,
        logThreshold: { level: "info" },
        bans: new StoredBans(new MemoryStorage(), async () => {}),
        tokens: this.tokens,
        rights: { isAdministrator: ({ local }) => local === "admin" },
        registry: () => registry,
        setup: { make: () => "one-time" },
        webOrigin: () => "http://localhost:5280",
      }),
      broken,
    );
    const log = createLog({
      level: "debug",
      format: "json",
      now: () => 0,
      write: (line) => this.logged.push(line),
    });
    this.calls = new CommandCalls({
      registry,
      log,
      rights: { mayRun: (...who) => this.mayRun(...who) },
      world: { monotonic: () => 0 },
    });
  }
}
