import { Deadlines } from "../../src/base/deadlines.ts";
import { createLog } from "../../src/base/log.ts";
import type { Accounts } from "../../src/kernel/accounts.ts";
import type { Connection, ConnectionHandler } from "../../src/kernel/connection.ts";
import { type CrashPolicy, Hooks } from "../../src/kernel/hooks.ts";
import { type Outcome, Outcomes } from "../../src/kernel/outcomes.ts";
import { messageAccepted, sessionAvailable } from "../../src/kernel/points.ts";
import type { PresenceRules } from "../../src/kernel/services.ts";
import type { Session } from "../../src/kernel/sessions.ts";
import { stanzaCodec } from "../../src/kernel/storage.ts";
import { ArchiveIds } from "../../src/routing/archive-ids.ts";
import { DomainTable } from "../../src/routing/domains.ts";
import { Homes } from "../../src/routing/homes.ts";
import { IqRouteTable } from "../../src/routing/iq-routes.ts";
import { MessageDelivery } from "../../src/routing/message-delivery.ts";
import { MessageLog } from "../../src/routing/message-log.ts";
import { PendingDelivery } from "../../src/routing/pending-delivery.ts";
import { DeliveryTree } from "../../src/routing/router.ts";
import { BoundSessions } from "../../src/routing/session-table.ts";
import { MemoryStorage } from "../../src/storage/memory/memory-storage.ts";
import type { Line } from "../../src/streams/client/line.ts";
import { placeOf } from "../../src/streams/client/line.ts";
import { ClientSession } from "../../src/streams/client/session.ts";
import type { Jid } from "../../src/xmpp/jid.ts";
import { CONTENT } from "../../src/xmpp/namespaces.ts";
import { Stanza } from "../../src/xmpp/stanza.ts";
import { hostsOf } from "./hosts.ts";
import { SlowStorage } from "./slow-storage.ts";
import { jid, stanza } from "./stanzas.ts";
import { SteppedWorld } from "./stepped-world.ts";

/** A chat message with its id as text. */
export function chat(id: number | string, to = "juliet@h.test"): string {
  return `<message to='${to}' type='chat' id='${id}'><body>${id}</body></message>`;
}

const silent: ConnectionHandler = { bytes() {}, secured() {}, drained() {}, closed() {} };

/** A connection whose bytes leave when the test says so. */
class HeldConnection implements Connection {
  readonly remoteAddress = "127.0.0.1";
  readonly remotePort = 50_000;
  readonly secure = true;
  readonly loopback = true;
  readonly tls = undefined;
  readonly closed = false;
  handler = silent;
  owner: unknown = undefined;
  written: Buffer[] = [];

  get buffered(): number {
    return this.written.reduce((sum, bytes) => sum + bytes.length, 0);
  }

  write(bytes: Uint8Array | string): void {
    this.written.push(Buffer.from(bytes));
  }

  end(): void {}
  destroy(): void {}
  markAuthenticated(): void {}
  pause(): void {}
  resume(): void {}
  setRate(): void {}
  startTls(): void {}
}

/** A client: a real session on a connection without sockets. */
export class FixtureClient {
  readonly session: ClientSession;
  /** What has left for it. */
  readonly received: Stanza[] = [];
  /** The stream error that ended it. */
  error: string | undefined = undefined;
  /** Everything leaves at once. */
  eager = true;
  readonly #connection: HeldConnection = new HeldConnection();
  readonly #fixture: RoutingFixture;
  readonly #line: Line;

  constructor(fixture: RoutingFixture, full: string, outputLimit: number) {
    this.#fixture = fixture;
    const connection = this.#connection;
    const { world, deadlines, router, sessions } = fixture;
    const parts = { world, deadlines, router, sessions, limits: { session: { outputBytes: outputLimit } } };
    const binding = { jid: jid(full), since: 0, lang: undefined, place: placeOf(connection) };
    this.#line = {
      connection,
      fail: (condition) => {
        this.error = condition;
        void this.session.leave();
      },
      replaced: () => {},
      expectAnswer: () => {},
    };
    this.session = new ClientSession(binding, this.#line, parts);
    const write = connection.write.bind(connection);
    connection.write = (bytes) => {
      write(bytes);
      if (this.eager) queueMicrotask(() => this.flush());
    };
  }

  /** The client writes this; returns how many of its stanzas are on their way. */
  send(...xml: readonly string[]): number {
    let length = 0;
    for (const text of xml) {
      length = this.#fixture.router.receive(this.session, stanza(this.session.jid.toString(), text));
    }
    return length;
  }

  /** Everything written has left. */
  flush(): void {
    const { written } = this.#connection;
    if (written.length === 0) return;
    this.#connection.written = [];
    for (const bytes of written) this.received.push(Stanza.decode(bytes));
    this.session.drained();
  }

  /** Resolves when everything that it has sent was handled. */
  settled(): Promise<void> {
    return this.#fixture.router.whenSettled(this.session);
  }

  /** The connection is gone, and with it what has not left; resolves when everybody knows. */
  async cut(): Promise<void> {
    this.#connection.written = [];
    const left = this.session.leave();
    this.session.lost(this.#line);
    await left;
  }

  /** Errors that were received: id and condition. */
  get errors(): readonly string[] {
    return this.received
      .filter(({ type }) => type === "error")
      .map((one) => `${one.id} ${one.child("error", CONTENT)!.elements()[0]!.name}`);
  }

  /** Ids of what was received, in order. */
  get ids(): readonly (string | undefined)[] {
    return this.received.map(({ id }) => id);
  }
}

export interface RoutingFixtureOptions {
  /** Bare. */
  readonly accounts?: readonly string[];
  readonly pendingLimit?: number;
  readonly resources?: number;
  readonly storage?: SlowStorage;
  readonly world?: SteppedWorld;
}

/** The router and all around it, without sockets and extensions. The host is `h.test`; presence is no more than being available. */
export class RoutingFixture {
  readonly world: SteppedWorld;
  readonly storage: SlowStorage;
  readonly hooks: Hooks = new Hooks();
  readonly outcomes: Outcomes = new Outcomes();
  readonly deadlines: Deadlines;
  readonly homes: Homes = new Homes();
  readonly accounts: Set<string>;
  /** Stanzas for foreign domains; a handler may throw or wait. */
  foreign: (stanza: Stanza) => void | Promise<void> = () => {};
  readonly iqRoutes: IqRouteTable;
  readonly domains: DomainTable;
  readonly log: MessageLog;
  readonly ids: ArchiveIds = new ArchiveIds();
  readonly pending: PendingDelivery;
  readonly delivery: MessageDelivery;
  readonly sessions: BoundSessions;
  readonly router: DeliveryTree;
  /** Log lines of level warn and error. */
  readonly lines: string[] = [];
  /** Whom accounts let see their presence: "account other", bare. */
  readonly allowed: Set<string> = new Set();

  constructor(options: RoutingFixtureOptions = {}) {
    this.world = options.world ?? new SteppedWorld(1_000_000);
    this.deadlines = new Deadlines(this.world);
    this.storage = options.storage ?? new SlowStorage(new MemoryStorage());
    this.accounts = new Set(options.accounts ?? ["romeo@h.test", "juliet@h.test"]);
    const { world, hooks, homes, outcomes, lines } = this;
    const log = createLog({
      level: "warn",
      format: "json",
      now: () => world.now(),
      write: (line) => lines.push(line),
    });
    this.domains = new DomainTable(hostsOf("h.test"), {
      deliver: async (one): Promise<Outcome> => {
        await this.foreign(one);
        return "delivered";
      },
    });
    this.iqRoutes = new IqRouteTable((error, shape) => log.error("crash", { error, shape }));
    this.log = new MessageLog(this.storage, world, log);
    this.ids.use("h.test", Buffer.alloc(16, 1));
    const onCrash: CrashPolicy = (...crash) => this.router.onCrash(...crash);
    this.pending = new PendingDelivery(this.log, this.ids, hooks, onCrash, log);
    this.delivery = new MessageDelivery({
      messages: this.log,
      ids: this.ids,
      homes,
      log,
      limit: () => options.pendingLimit ?? 1000,
      bounce: (one, error) => this.router.bounce(one, error),
      accepted: (message) => void hooks.run(messageAccepted, message, onCrash),
    });
    this.sessions = new BoundSessions({
      homes,
      hooks,
      onCrash,
      resourcesPerAccount: () => options.resources ?? 10,
      settled: (session) => this.router.whenSettled(session),
      flushed: (home, keys) => this.pending.flushed(home, keys),
      unflushed: (home, keys) => this.pending.redeliver(home, keys),
      restored: (home) => this.pending.restored(home),
      recall: (home, keys) => this.pending.recall(home, keys),
    });
    this.router = new DeliveryTree({
      accounts: { exists: (account: Jid) => this.accounts.has(account.toString()) } as Accounts,
      domains: this.domains,
      homes,
      hooks,
      iqRoutes: this.iqRoutes,
      log,
      messages: this.delivery,
      outcomes,
      sessions: this.sessions,
      presence: () => this.#presence,
    });
    this.pending.attach(homes);
  }

  /** Connected; available with this priority unless it is undefined. */
  async login(full: string, priority?: number, outputLimit = 1_000_000): Promise<FixtureClient> {
    const client = new FixtureClient(this, full, outputLimit);
    await this.sessions.add(client.session);
    if (priority !== undefined) this.setPriority(client.session, priority);
    return client;
  }

  /** undefined: not available. */
  setPriority(session: Session, priority: number | undefined): void {
    const took = session.presence !== undefined && session.priority >= 0;
    session.presence = priority === undefined ? undefined : Stanza.of("presence", { from: session.jid });
    session.priority = priority ?? 0;
    if (!took && priority !== undefined && priority >= 0) {
      void this.hooks.run(sessionAvailable, { session }, (...crash) => this.router.onCrash(...crash));
    }
  }

  /** What the store holds for an account until it was delivered, by id. */
  stored(account: string): Promise<readonly (string | undefined)[]> {
    return this.#idsIn("passing-messages", account);
  }

  /** What stands in an account's archive, by id. */
  archived(account: string): Promise<readonly (string | undefined)[]> {
    return this.#idsIn("messages", account);
  }

  async #idsIn(log: string, account: string): Promise<readonly (string | undefined)[]> {
    const keys = [];
    const store = this.storage.log(log, stanzaCodec);
    for (const { value } of await store.page(jid(account), { limit: 10_000 })) keys.push(value.id);
    return keys;
  }

  readonly #presence: PresenceRules = {
    fromSession: (_session, one) => (one.to === undefined ? "processed" : this.router.send(one)),
    toAccount: (one, exists) => {
      const receivers = one.to!.isFull
        ? [this.sessions.find(one.to!)].filter((session) => session !== undefined)
        : this.sessions.of(one.to!).filter((session) => session.presence !== undefined);
      for (const session of receivers) session.send(one);
      return exists && receivers.length > 0 ? "delivered" : "dropped:nobody-available";
    },
    allows: (account, other) => this.allowed.has(`${account} ${other}`),
  };
}
