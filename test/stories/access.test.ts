import assert from "node:assert/strict";
import { RawStream } from "../support/raw-stream.ts";
import { authenticate, child, condition, Romeo, text } from "../support/romeo.ts";
import { story, type TestServer } from "../support/server.ts";

const BIND =
  "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>r</resource></bind></iq>";

/** A stream that has logged in and bound nothing yet. */
async function unbound(server: TestServer, user: string): Promise<RawStream> {
  const stream = await RawStream.connectTls(server.tlsPort, server.host);
  await stream.open();
  await stream.next();
  await authenticate(stream, user, "secret");
  await stream.open();
  await stream.next();
  return stream;
}

const rules = `
acl:
  banned: { user: eve }
access_rules:
  c2s: [{ deny: banned }, allow]
shaper_rules:
  max_user_sessions: [{ 2: { user: juliet } }, { 1: all }]
`;

story(
  "the access rule of a listener says who may bind a resource there",
  { accounts: ["romeo", "eve"], configuration: rules, tls: "{port: 0, access: c2s}" },
  async (server) => {
    await (await Romeo.login(server, "romeo")).close();
    const eve = await unbound(server, "eve");
    // RFC 6120 §7.6.2.2 with the text of ejabberd.
    eve.write(BIND);
    const refused = await eve.next();
    assert.deepEqual([refused.attributes["type"], condition(refused)], ["error", "not-allowed"]);
    assert.equal(text(child(child(refused, "error")!, "text")!), "Access denied by service policy");
    for (let n = 0; n < 5; n++) eve.write(BIND);
    assert.equal(
      condition(await eve.find(({ name, ns }) => name === "error" && ns.includes("streams"), "the end")),
      "policy-violation",
    );
    eve.destroy();
  },
);

story(
  "how many sessions an account may have is what a shaper rule says of it",
  { accounts: ["romeo", "juliet"], configuration: rules },
  async (server) => {
    for (const [user, most] of [
      ["romeo", 1],
      ["juliet", 2],
    ] as const) {
      for (let n = 0; n < most; n++) await Romeo.login(server, user);
      const more = await unbound(server, user);
      more.write(BIND);
      assert.equal(condition(await more.next()), "resource-constraint");
      more.destroy();
    }
  },
);

const registration = `
admins: [root@h.test]
acl:
  pupils: { user_glob: "pupil*" }
access_rules:
  class: { allow: [pupils, { ip: 127.0.0.0/8 }] }
  anybody: [{ deny: { user: eve } }, { allow: { server: h.test } }]
extensions: { register: { access: ACCESS } }
`;

async function register(server: TestServer, username: string): Promise<string> {
  const stream = await RawStream.connectTls(server.tlsPort, server.host);
  await stream.open();
  await stream.next();
  const query = `<query xmlns='jabber:iq:register'><username>${username}</username><password>p</password></query>`;
  stream.write(`<iq type='set' id='r'>${query}</iq>`);
  const answer = await stream.next();
  stream.destroy();
  return answer.attributes["type"] === "result" ? "registered" : condition(answer);
}

story(
  "an access rule says who may register, and nobody registers the name of an administrator",
  { configuration: registration.replace("ACCESS", "anybody") },
  async (server) => {
    const stream = await RawStream.connectTls(server.tlsPort, server.host);
    await stream.open();
    assert.ok(child(await stream.next(), "register", "http://jabber.org/features/iq-register"));
    stream.destroy();
    assert.equal(await register(server, "romeo"), "registered");
    assert.equal(await register(server, "eve"), "not-allowed");
    assert.equal(await register(server, "root"), "not-allowed");
    assert.equal(await register(server, "ROOT"), "not-allowed");
    await server.register("root");
    await (await Romeo.login(server, "root")).close();
  },
);

story(
  "a rule about names decides once a name is known",
  { configuration: registration.replace("ACCESS", "class") },
  async (server) => {
    assert.equal(await register(server, "pupil1"), "registered");
    assert.equal(await register(server, "teacher1"), "not-allowed");
  },
);
