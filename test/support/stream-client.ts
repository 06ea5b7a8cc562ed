import assert from "node:assert/strict";
import type { Accounts } from "../../src/kernel/accounts.ts";
import type { Authentication } from "../../src/kernel/authentication.ts";
import type { Session } from "../../src/kernel/sessions.ts";
import { ClientStreams } from "../../src/streams/client/client-streams.ts";
import { ResumableSessions } from "../../src/streams/client/resumable-sessions.ts";
import { SessionRecords } from "../../src/streams/client/session-records.ts";
import type { UnacknowledgedLimits } from "../../src/streams/client/stream-management.ts";
import { beforeLogin, clientSession } from "../../src/xml/limits.ts";
import { Workspaces } from "../../src/xml/scanner.ts";
import type { Jid } from "../../src/xmpp/jid.ts";
import { Recorder } from "./listening.ts";
import { MemoryConnection } from "./memory-connection.ts";
import { RoutingFixture } from "./routing-fixture.ts";
import { silentLog } from "./silent-log.ts";
import type { SlowStorage } from "./slow-storage.ts";
import { jid } from "./stanzas.ts";
import { SteppedWorld } from "./stepped-world.ts";

const TLS = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
const AUTH = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>romeo</auth>";
const BIND = "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>";
export const header = (to: string): string =>
  `<stream:stream to='${to}' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>`;

/** Whoever names an account of h.test is it. */
const trusting: Authentication = {
  mechanisms: () => ["PLAIN"],
  channelBindings: () => [],
  begin: (_channel, mechanism, initial) => ({
    exchange: { step: () => ({ kind: "failure", condition: "malformed-request" }) },
    step: { kind: "success", account: jid(`${initial}@h.test`), mechanism, data: undefined },
  }),
};

/** Client streams and the router behind them, without sockets; h.test and other.test are served. */
export class StreamServer {
  readonly world: SteppedWorld;
  readonly routing: RoutingFixture;
  readonly records: SessionRecords;
  readonly streams: ClientStreams;
  /** Accounts that there are not. */
  readonly missing: Set<string> = new Set();

  constructor(
    world: SteppedWorld = new SteppedWorld(),
    storage?: SlowStorage,
    unacknowledged: UnacknowledgedLimits = { stanzas: 1000, bytes: 4 * 1024 * 1024 },
  ) {
    this.world = world;
    this.routing = new RoutingFixture({ world, ...(storage === undefined ? {} : { storage }) });
    const { routing } = this;
    this.records = new SessionRecords(routing.storage, world, silentLog());
    const phase = { rate: undefined, outputBytes: 65_536 };
    this.streams = new ClientStreams({
      world,
      log: silentLog(),
      hosts: ["h.test", "other.test"],
      limits: {
        beforeLogin: { ...phase, xml: beforeLogin },
        session: { ...phase, xml: clientSession },
        secureWithin: 15_000,
        authenticateWithin: 30_000,
        registerWithin: 300_000,
        stanzaWithin: 60_000,
        saslFailures: 3,
        silence: 240_000,
        answerWithin: 60_000,
        resumeWithin: 300_000,
        unacknowledged,
      },
      deadlines: routing.deadlines,
      authentication: trusting,
      iqBeforeLogin: routing.iqRoutes,
      hooks: routing.hooks,
      onCrash: (...crash) => routing.router.onCrash(...crash),
      router: routing.router,
      sessions: routing.sessions,
      accounts: { exists: (account: Jid) => !this.missing.has(account.toString()) } as Accounts,
      records: this.records,
      resumable: new ResumableSessions(),
      workspaces: new Workspaces(),
      insecureLoopback: false,
    });
  }
}

/** One client of it, on a connection without sockets. */
export class StreamClient {
  readonly server: StreamServer;
  readonly world: SteppedWorld;
  readonly routing: RoutingFixture;
  readonly streams: ClientStreams;
  readonly #recorder = new Recorder();
  readonly far: MemoryConnection;

  constructor(server: StreamServer = new StreamServer()) {
    this.server = server;
    this.world = server.world;
    this.routing = server.routing;
    this.streams = server.streams;
    const [near, far] = MemoryConnection.pair(this.world);
    this.far = far;
    far.handler = this.#recorder;
    this.streams.accept(near);
  }

  /** Writes, and gives what has come back when nothing happens any more. */
  async says(xml: string): Promise<string> {
    this.far.write(xml);
    return this.rest();
  }

  async rest(): Promise<string> {
    const before = this.#recorder.received.length;
    for (let turn = 0; turn < 20; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
    return this.#recorder.received.slice(before);
  }

  /** What comes within this time. */
  async within(milliseconds: number): Promise<string> {
    const before = this.#recorder.received.length;
    this.world.pass(milliseconds);
    await this.rest();
    return this.#recorder.received.slice(before);
  }

  /** STARTTLS, after the header that has asked for a host. */
  async secure(): Promise<void> {
    assert.match(await this.says(TLS), /<proceed/);
    this.far.startTls("");
    await this.rest();
  }

  async logIn(): Promise<void> {
    await this.says(header("h.test"));
    await this.secure();
    await this.says(header("h.test"));
    assert.match(await this.says(AUTH), /<success/);
  }

  /** Logged in, and the features are there. */
  async enter(): Promise<void> {
    await this.logIn();
    await this.says(header("h.test"));
  }

  async bind(): Promise<void> {
    await this.enter();
    assert.match(await this.says(BIND), /type='result'/);
  }

  /** Bound, with stream management; the id of the session. */
  async manage(attributes = "resume='true'"): Promise<string> {
    await this.bind();
    const answer = await this.says(`<enable xmlns='urn:xmpp:sm:3' ${attributes}/>`);
    return /^<enabled .* id='([^']+)'/.exec(answer)?.[1] ?? "";
  }

  /** The answer to the wish to resume a session, and what came with it. */
  async resume(id: string, h: number): Promise<string> {
    await this.enter();
    return this.says(`<resume xmlns='urn:xmpp:sm:3' previd='${id}' h='${h}'/>`);
  }

  /** The connection is gone. */
  async cut(): Promise<void> {
    this.far.destroy();
    await this.rest();
  }

  /** Its session. */
  get session(): Session {
    return this.routing.sessions.of(jid("romeo@h.test"))[0]!;
  }
}
