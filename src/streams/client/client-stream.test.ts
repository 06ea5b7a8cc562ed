import assert from "node:assert/strict";
import { test } from "node:test";
import { gate } from "../../../test/support/gate.ts";
import { Recorder } from "../../../test/support/listening.ts";
import { MemoryConnection } from "../../../test/support/memory-connection.ts";
import { RoutingFixture } from "../../../test/support/routing-fixture.ts";
import { silentLog } from "../../../test/support/silent-log.ts";
import { jid } from "../../../test/support/stanzas.ts";
import { SteppedWorld } from "../../../test/support/stepped-world.ts";
import { Deadlines } from "../../base/deadlines.ts";
import type { Accounts } from "../../kernel/accounts.ts";
import type { Authentication } from "../../kernel/authentication.ts";
import { beforeLogin, clientSession } from "../../xml/limits.ts";
import { Workspaces } from "../../xml/scanner.ts";
import { payload } from "../../xmpp/payload.ts";
import { ClientStreams } from "./client-streams.ts";
import { ResumableSessions } from "./resumable-sessions.ts";
import { SessionRecords } from "./session-records.ts";

const TLS = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
const AUTH = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>romeo</auth>";
const BIND = "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>";
const header = (to: string): string =>
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

/** One client on a connection without sockets; the server serves h.test and other.test. */
class Client {
  readonly world: SteppedWorld = new SteppedWorld();
  readonly routing: RoutingFixture = new RoutingFixture({ world: this.world });
  readonly streams: ClientStreams;
  readonly #recorder = new Recorder();
  readonly far: MemoryConnection;

  constructor() {
    const { world, routing } = this;
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
        unacknowledged: { stanzas: 1000, bytes: 4 * 1024 * 1024 },
      },
      deadlines: new Deadlines(world),
      authentication: trusting,
      iqBeforeLogin: routing.iqRoutes,
      hooks: routing.hooks,
      onCrash: (...crash) => routing.router.onCrash(...crash),
      router: routing.router,
      sessions: routing.sessions,
      accounts: { exists: () => true } as unknown as Accounts,
      records: new SessionRecords(routing.storage, world, silentLog()),
      resumable: new ResumableSessions(),
      workspaces: new Workspaces(),
      insecureLoopback: false,
    });
    const [near, far] = MemoryConnection.pair(world);
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

  async bind(): Promise<void> {
    await this.logIn();
    await this.says(header("h.test"));
    assert.match(await this.says(BIND), /type='result'/);
  }
}

const TIMEOUT = /<connection-timeout .*<\/stream:stream>$/;

test("TLS, the login and a stanza have their time each", async () => {
  const silent = new Client();
  assert.equal(await silent.within(14_000), "");
  assert.match(await silent.within(2_000), TIMEOUT);
  const secured = new Client();
  await secured.says(header("h.test"));
  await secured.secure();
  await secured.says(header("h.test"));
  assert.equal(await secured.within(29_000), "");
  assert.match(await secured.within(2_000), TIMEOUT);
  const bound = new Client();
  await bound.bind();
  assert.equal(await bound.within(200_000), "");
  await bound.says("<message>");
  assert.equal(await bound.within(59_000), "");
  assert.match(await bound.within(2_000), TIMEOUT);
});

test("who reads late has no more time to log in", async () => {
  const client = new Client();
  client.routing.iqRoutes.beforeLogin("set", payload("urn:q", "q", {}), () => ({}));
  await client.says(header("h.test"));
  await client.secure();
  await client.says(header("h.test"));
  client.far.pause();
  // An answer repeats the id: enough of them fill the window and what may wait for it.
  const asked = `<iq type='set' id='${"x".repeat(2000)}'><q xmlns='urn:q'/></iq>`.repeat(60);
  assert.equal(await client.says(asked), "");
  client.far.resume();
  assert.match(await client.rest(), /^(<iq [^>]*>.*?<\/iq>){60}$/);
  assert.match(await client.within(31_000), TIMEOUT);
});

test("who has logged in for one host does not get another", async () => {
  const client = new Client();
  await client.logIn();
  assert.match(await client.says(header("other.test")), /<not-authorized .*<\/stream:stream>$/);
});

test("the host that was asked for in the clear is forgotten inside TLS", async () => {
  const client = new Client();
  assert.match(await client.says(header("other.test")), / from='other\.test'/);
  await client.secure();
  assert.match(await client.says("nonsense"), / from='h\.test'.*<not-well-formed /);
});

test("who closes gets the answers to what it has asked, and waits five seconds for them at most", async () => {
  const client = new Client();
  const hold = gate();
  client.routing.iqRoutes.get(payload("urn:q", "q", {}), ["host"], hold.wait);
  await client.bind();
  assert.equal(
    await client.says("<iq type='get' id='1' to='h.test'><q xmlns='urn:q'/></iq></stream:stream>"),
    "",
  );
  assert.equal(await client.within(4_000), "");
  assert.equal(await client.within(2_000), "</stream:stream>");
});

test("a stream with many stanzas on their way is not read until they are done", async () => {
  const client = new Client();
  const hold = gate();
  client.routing.iqRoutes.get(payload("urn:q", "q", {}), ["host"], hold.wait);
  await client.bind();
  await client.says("<iq type='get' id='1' to='h.test'><q xmlns='urn:q'/></iq>".repeat(400));
  assert.equal(client.routing.outcomes.stanzasIn, 257);
  await hold.open();
  await client.rest();
  assert.equal(client.routing.outcomes.stanzasEnded, 400);
});

test("the end of the server waits for its streams, and five seconds at most for one that does not close", async () => {
  const client = new Client();
  await client.bind();
  client.far.pause();
  let over = false;
  void client.streams.shutDown().then(() => {
    over = true;
  });
  await client.rest();
  await client.within(4_900);
  assert.equal(over, false);
  await client.within(200);
  assert.equal(over, true);
});

test("a client that is gone before it hears of its stream management leaves no record behind", async () => {
  const client = new Client();
  const { storage } = client.routing;
  await client.bind();
  const hold = gate();
  storage.obstacles.commit = hold.wait;
  assert.equal(await client.says("<enable xmlns='urn:xmpp:sm:3' resume='true'/>"), "");
  client.far.destroy();
  await client.rest();
  await hold.open();
  await client.rest();
  for (const name of ["sessions", "session-handled", "session-references"]) {
    assert.deepEqual(await storage.map(name).owners({ domain: "h.test", limit: 10 }), [], name);
  }
});
