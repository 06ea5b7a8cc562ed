import assert from "node:assert/strict";
import { LeapingWorld } from "../support/leaping-world.ts";
import { RawStream } from "../support/raw-stream.ts";
import { authenticate, bind, child, condition, type Element, Romeo, text } from "../support/romeo.ts";
import { story } from "../support/server.ts";

const names = (features: Element): string[] =>
  features.nodes.filter((node) => typeof node !== "string").map((node) => node.name);

story("login over STARTTLS, each step with its features", { accounts: ["romeo"] }, async (server) => {
  const stream = await RawStream.connect(server.port, server.host);
  const header = await stream.open();
  assert.equal(header.attributes["from"], "h.test");
  assert.equal(header.attributes["version"], "1.0");
  assert.match(header.attributes["id"]!, /^[0-9a-f]{32}$/);
  const first = await stream.next();
  assert.deepEqual(names(first), ["starttls"]);
  assert.ok(child(child(first, "starttls")!, "required"));
  await stream.startTls();
  const again = await stream.open();
  assert.notEqual(again.attributes["id"], header.attributes["id"]);
  const second = await stream.next();
  const mechanisms = child(second, "mechanisms")!.nodes.map((node) => text(node as Element));
  assert.deepEqual(mechanisms, [
    "SCRAM-SHA-512-PLUS",
    "SCRAM-SHA-256-PLUS",
    "SCRAM-SHA-1-PLUS",
    "SCRAM-SHA-512",
    "SCRAM-SHA-256",
    "SCRAM-SHA-1",
    "PLAIN",
  ]);
  assert.ok(child(second, "sasl-channel-binding"));
  assert.equal(child(second, "starttls"), undefined);
  await authenticate(stream, "romeo", "secret");
  await stream.open();
  const third = await stream.next();
  assert.ok(child(third, "bind"));
  assert.equal(child(third, "mechanisms"), undefined);
  assert.equal(await bind(stream, "orchard"), "romeo@h.test/orchard");
  stream.write("</stream:stream>");
  await stream.end();
  assert.equal(stream.finished, true);
});

const world = new LeapingWorld();
const patient = { world, configuration: "limits: { before_login: { tls_timeout: 40 s } }" };

story("a TLS handshake may take as long as the option says, on both ports", patient, async (server) => {
  const direct = await RawStream.connect(server.tlsPort, server.host);
  const plain = await RawStream.connect(server.port, server.host);
  await plain.open();
  await plain.next();
  plain.write("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
  assert.equal((await plain.next()).name, "proceed");
  world.leap(35_000);
  await server.command("status");
  assert.deepEqual([direct.gone, plain.gone], [false, false]);
  world.leap(6_000);
  await Promise.all([direct.end(), plain.end()]);
});

story(
  "an account that is removed takes its streams along, those that have not bound yet too",
  { accounts: ["romeo", "juliet"] },
  async (server) => {
    const bound = await Romeo.login(server, "romeo", { presence: false });
    const juliet = await Romeo.login(server, "juliet", { presence: false });
    const early = await RawStream.connectTls(server.tlsPort, server.host);
    await early.open();
    await early.next();
    await authenticate(early, "romeo", "secret");
    await early.open();
    await early.next();
    assert.deepEqual(await server.command("unregister", "romeo", "h.test"), { out: "", err: "", exit: 0 });
    for (const stream of [bound.stream, early]) {
      assert.equal(condition(await stream.next()), "conflict");
      await stream.end();
    }
    assert.deepEqual(await juliet.sync(), []);
  },
);

story(
  "an address has as many connections as the option says, whoever has logged in",
  { accounts: ["romeo"], configuration: "limits: { connections_per_address: 2 }" },
  async (server) => {
    for (let n = 0; n < 2; n++) await Romeo.login(server, "romeo", { presence: false });
    const third = await RawStream.connect(server.port, server.host);
    await third.end();
    assert.equal(third.received, "");
  },
);

story("without a wish the server makes a resource", { accounts: ["romeo"] }, async (server) => {
  const one = await Romeo.login(server, "romeo", { presence: false });
  const other = await Romeo.login(server, "romeo", { presence: false });
  assert.match(one.jid, /^romeo@h\.test\/[0-9a-f]{16}$/);
  assert.notEqual(one.jid, other.jid);
});

story("a second login with the same resource replaces the first", { accounts: ["romeo"] }, async (server) => {
  const first = await Romeo.login(server, "romeo", { resource: "orchard", presence: false });
  const second = await Romeo.login(server, "romeo", { resource: "orchard", presence: false });
  const error = await first.next();
  assert.equal(condition(error), "conflict");
  await first.stream.end();
  assert.equal(first.stream.finished, true);
  assert.deepEqual(await second.sync(), []);
  assert.equal((await server.command("connected_users_number")).out, "1\n");
});

story(
  "an account has as many resources as it may, and no more",
  { accounts: ["romeo"], configuration: "limits: {client: {resources: 2}}" },
  async (server) => {
    await Romeo.login(server, "romeo", { resource: "a", presence: false });
    await Romeo.login(server, "romeo", { resource: "b", presence: false });
    const stream = await RawStream.connectTls(server.tlsPort, server.host);
    await stream.open();
    await stream.next();
    await authenticate(stream, "romeo", "secret");
    await stream.open();
    await stream.next();
    const ask = async (resource: string): Promise<Element> => {
      stream.write(
        `<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>${resource}</resource></bind></iq>`,
      );
      return stream.next();
    };
    assert.equal(condition(await ask("c")), "resource-constraint");
    assert.equal(condition(await ask("x".repeat(1024))), "bad-request");
    // Taking over one of its own is no new one.
    assert.equal((await ask("a")).attributes["type"], "result");
  },
);

story("before the binding nothing but the binding", { accounts: ["romeo"] }, async (server) => {
  for (const stanza of [
    "<message to='romeo@h.test'/>",
    "<iq type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>",
  ]) {
    const stream = await RawStream.connectTls(server.tlsPort, server.host);
    await stream.open();
    await stream.next();
    await authenticate(stream, "romeo", "secret");
    await stream.open();
    await stream.next();
    stream.write(stanza);
    assert.equal(condition(await stream.next()), "not-authorized");
    await stream.end();
  }
});

story(
  "stanzas that follow the binding in the same packet are handled after it",
  { accounts: ["romeo"] },
  async (server) => {
    const stream = await RawStream.connectTls(server.tlsPort, server.host);
    await stream.open();
    await stream.next();
    await authenticate(stream, "romeo", "secret");
    await stream.open();
    await stream.next();
    stream.write(
      "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>" +
        "<iq type='get' id='q'><query xmlns='urn:test:nothing'/></iq>",
    );
    assert.equal((await stream.next()).attributes["id"], "b");
    const answer = await stream.next();
    assert.equal(answer.attributes["id"], "q");
    assert.equal(condition(answer), "service-unavailable");
  },
);

story("the end of the server tells every session why", { accounts: ["romeo"] }, async (server) => {
  const romeo = await Romeo.login(server, "romeo", { presence: false });
  const waiting = await RawStream.connect(server.port, server.host);
  await waiting.open();
  await waiting.next();
  const stopped = server.running.stop();
  assert.equal(condition(await romeo.next()), "system-shutdown");
  assert.equal(condition(await waiting.next()), "system-shutdown");
  await romeo.stream.end();
  await stopped;
  assert.equal(romeo.stream.finished, true);
});

story("two hosts have accounts of their own", { hosts: ["h.test", "other.test"] }, async (server) => {
  await server.register("romeo", "one", "h.test");
  await server.register("romeo", "two", "other.test");
  const here = await Romeo.login(server, "romeo", { password: "one", presence: false });
  const there = await Romeo.login(server, "romeo", { password: "two", host: "other.test", presence: false });
  here.send(`<message to='${there.jid}'><body>hello</body></message>`);
  assert.equal((await there.expect("message")).attributes["from"], here.jid);
});
