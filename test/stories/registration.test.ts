import assert from "node:assert/strict";
import { test } from "node:test";
import { LeapingWorld } from "../support/leaping-world.ts";
import { RawStream } from "../support/raw-stream.ts";
import { authenticate, bind, child, condition, type Element, Romeo, text } from "../support/romeo.ts";
import { story, TestServer } from "../support/server.ts";

const REGISTER = "jabber:iq:register";
const FEATURE = "http://jabber.org/features/iq-register";

const filled = (username: string, password: string): string =>
  `<username>${username}</username><password>${password}</password>`;
const iq = (type: string, content: string, attributes = "id='r'"): string =>
  `<iq type='${type}' ${attributes}><query xmlns='${REGISTER}'>${content}</query></iq>`;

/** A stream inside TLS that has not logged in, and its features. */
async function stranger(server: TestServer): Promise<{ stream: RawStream; features: Element }> {
  const stream = await RawStream.connectTls(server.tlsPort, server.host);
  await stream.open();
  return { stream, features: await stream.next() };
}

async function register(stream: RawStream, username: string, password: string): Promise<string> {
  stream.write(iq("set", filled(username, password)));
  const answer = await stream.next();
  assert.equal(answer.attributes["id"], "r");
  return answer.attributes["type"] === "result" ? "registered" : condition(answer);
}

story("somebody registers from a client, logs in on the same stream and chats", {}, async (server) => {
  const { stream, features } = await stranger(server);
  assert.ok(child(features, "register", FEATURE));
  stream.write(iq("get", "", "id='g' to='h.test'"));
  const form = await stream.next();
  assert.equal(form.attributes["type"], "result");
  assert.equal(form.attributes["id"], "g");
  const query = child(form, "query", REGISTER)!;
  assert.deepEqual(
    query.nodes.map((node) => [(node as Element).name, text(node as Element)]),
    [
      ["instructions", "Choose a username and password to register with this server"],
      ["username", ""],
      ["password", ""],
    ],
  );
  assert.equal(await register(stream, "Romeo", "montague"), "registered");
  await authenticate(stream, "romeo", "montague");
  await stream.open();
  assert.equal(child(await stream.next(), "register", FEATURE), undefined);
  const romeo = await bind(stream, "orchard");
  const other = await stranger(server);
  assert.equal(await register(other.stream, "juliet", "capulet"), "registered");
  const juliet = await Romeo.login(server, "juliet", { password: "capulet" });
  juliet.send(`<message to='${romeo}' type='chat'><body>Art thou not Romeo?</body></message>`);
  const message = await stream.find(({ name }) => name === "message", "the message");
  assert.equal(message.attributes["from"], juliet.jid);
});

const world = new LeapingWorld();

story("whoever fills in the form has more time than a login takes, once", { world }, async (server) => {
  const { stream } = await stranger(server);
  const other = await stranger(server);
  stream.write(iq("get", ""));
  await stream.next();
  world.leap(40_000);
  await other.stream.end();
  assert.equal(await register(stream, "romeo", "montague"), "registered");
  stream.write(iq("get", ""));
  await stream.next();
  world.leap(262_000);
  assert.equal(condition(await stream.next()), "connection-timeout");
});

story("what is refused, and why; the password is not repeated", { accounts: ["romeo"] }, async (server) => {
  const { stream } = await stranger(server);
  const long = "x".repeat(1024);
  for (const [content, expected] of [
    [filled("romeo", "secret2"), "conflict"],
    [filled("ROMEO", "secret2"), "conflict"],
    [filled("juliet", ""), "not-acceptable"],
    [filled("", "secret2"), "not-acceptable"],
    ["<username>juliet</username>", "not-acceptable"],
    ["<password>secret2</password>", "not-acceptable"],
    ["", "not-acceptable"],
    [filled("ju liet", "secret2"), "jid-malformed"],
    [filled("juliet@h.test", "secret2"), "jid-malformed"],
    [filled("a/b", "secret2"), "jid-malformed"],
    [filled(long, "secret2"), "jid-malformed"],
    [filled("juliet", `secret2${long}`), "not-acceptable"],
    ["<remove/>", "unexpected-request"],
  ] as const) {
    stream.write(iq("set", content));
    const answer = await stream.next();
    assert.equal(answer.attributes["type"], "error", content);
    assert.equal(condition(answer), expected, content);
    assert.equal(child(answer, "query"), undefined);
  }
  assert.ok(!stream.received.includes("secret2"));
  // The old password holds.
  await Romeo.login(server, "romeo", { presence: false });
});

story(
  "names that mean something to JavaScript are names like others; what else is sent is ignored",
  {},
  async (server) => {
    const { stream } = await stranger(server);
    for (const name of ["__proto__", "constructor", "tostring", "0", "4294967295"]) {
      assert.equal(await register(stream, name, "secret"), "registered", name);
      assert.equal(await register(stream, name, "secret"), "conflict", name);
    }
    stream.write(
      iq("set", `${filled("bill", "secret")}<email>bill@example.org</email><key>1</key><x xmlns='u:x'/>`),
    );
    assert.equal((await stream.next()).attributes["type"], "result");
    await Romeo.login(server, "__proto__", { presence: false });
  },
);

story("broken requests before login have an answer of their own", {}, async (server) => {
  const { stream } = await stranger(server);
  for (const [xml, expected] of [
    [iq("get", "", ""), "bad-request"],
    [iq("get", "", "id=''"), "bad-request"],
    [`<iq type='get' id='r'><query xmlns='${REGISTER}'/><query xmlns='${REGISTER}'/></iq>`, "bad-request"],
    [iq("get", "", "id='r' to='@h.test'"), "jid-malformed"],
  ] as const) {
    stream.write(xml);
    assert.equal(condition(await stream.next()), expected, xml);
  }
  stream.write("<iq type='get' id='v'><query xmlns='jabber:iq:version'/></iq>");
  assert.equal(condition(await stream.next()), "not-authorized");
  await stream.end();
});

story("in the clear nothing is registered", {}, async (server) => {
  const stream = await RawStream.connect(server.port, server.host);
  await stream.open();
  assert.equal(child(await stream.next(), "register", FEATURE), undefined);
  stream.write(iq("set", filled("romeo", "secret")));
  assert.equal(condition(await stream.next()), "not-authorized");
  await stream.end();
  assert.equal((await server.command("check_account", "romeo", "h.test")).exit, 1);
});

story(
  "where nobody may register, nothing is offered; those who have an account change their password all the same",
  { accounts: ["romeo"], configuration: "extensions: {register: {access: none}}" },
  async (server) => {
    const { stream, features } = await stranger(server);
    assert.equal(child(features, "register", FEATURE), undefined);
    stream.write(iq("get", ""));
    assert.equal(condition(await stream.next()), "service-unavailable");
    assert.equal(await register(stream, "juliet", "secret"), "not-allowed");
    const romeo = await Romeo.login(server, "romeo", { presence: false });
    const answer = await romeo.ask("set", `<query xmlns='${REGISTER}'>${filled("romeo", "new")}</query>`);
    assert.equal(answer.attributes["type"], "result");
  },
);

story(
  "who registers too fast has to wait; a name that is taken counts, one that cannot be does not",
  {
    accounts: ["romeo"],
    configuration: "extensions: {register: {access: all, burst: 3, interval: 1 hour, limit_loopback: true}}",
  },
  async (server) => {
    const { stream } = await stranger(server);
    for (let n = 0; n < 5; n++) assert.equal(await register(stream, "a b", "secret"), "jid-malformed");
    assert.equal(await register(stream, "juliet", "\u0009"), "not-acceptable");
    assert.equal(await register(stream, "juliet", "secret"), "registered");
    assert.equal(await register(stream, "romeo", "secret"), "conflict");
    const other = await stranger(server);
    assert.equal(await register(other.stream, "tybalt", "secret"), "registered");
    other.stream.write(iq("set", filled("paris", "secret")));
    const refused = await other.stream.next();
    assert.equal(condition(refused), "resource-constraint");
    const error = child(refused, "error")!;
    assert.equal(error.attributes["type"], "wait");
    assert.equal(text(child(error, "text")), "Users are not allowed to register accounts so quickly");
  },
);

test("a class registers from one machine, one after the other and all at once", async () => {
  const server = await TestServer.start();
  try {
    const streams = await Promise.all(Array.from({ length: 12 }, () => stranger(server)));
    const answers = await Promise.all(
      streams.flatMap(({ stream }, index) => [register(stream, `pupil${index}`, "secret")]),
    );
    assert.deepEqual([...new Set(answers)], ["registered"]);
    const { stream } = streams[0]!;
    for (let n = 12; n < 33; n++) assert.equal(await register(stream, `pupil${n}`, "secret"), "registered");
    assert.equal((await server.command("registered_users", "h.test")).out.split("\n").length, 34);
  } finally {
    await server.stop();
  }
});

story(
  "who is logged in sees the registration and changes the password",
  { accounts: ["romeo"] },
  async (server) => {
    const romeo = await Romeo.login(server, "romeo", { presence: false });
    const ask = (type: "get" | "set", content: string, to?: string): Promise<Element> =>
      romeo.ask(type, `<query xmlns='${REGISTER}'>${content}</query>`, to);
    for (const to of [undefined, "h.test", "romeo@h.test"]) {
      const query = child(await ask("get", "", to), "query", REGISTER)!;
      assert.ok(child(query, "registered"));
      assert.equal(text(child(query, "username")), "romeo");
      assert.equal(text(child(query, "password")), "");
    }
    for (const [content, expected] of [
      [filled("juliet", "secret2"), "not-allowed"],
      [filled("romeo", ""), "bad-request"],
      ["<username>romeo</username>", "bad-request"],
      ["<password>secret2</password>", "bad-request"],
      ["", "bad-request"],
      [filled("romeo", `secret2${"x".repeat(1024)}`), "not-acceptable"],
    ] as const) {
      const answer = await ask("set", content, "h.test");
      assert.equal(condition(answer), expected, content);
      assert.equal(child(answer, "query"), undefined);
    }
    assert.ok(!romeo.stream.received.includes("secret2"));
    assert.equal((await ask("set", filled("Romeo", "new"), "h.test")).attributes["type"], "result");
    await Romeo.login(server, "romeo", { password: "new", presence: false });
    await assert.rejects(Romeo.login(server, "romeo", { presence: false }));
    assert.deepEqual(await romeo.sync(), []);
  },
);

story(
  "an account of one host is none of another",
  { hosts: ["h.test", "other.test"], accounts: ["romeo"] },
  async (server) => {
    const romeo = await Romeo.login(server, "romeo", { presence: false });
    for (const [type, content] of [
      ["get", ""],
      ["set", filled("romeo", "new")],
      ["set", "<remove/>"],
    ] as const) {
      const answer = await romeo.ask(type, `<query xmlns='${REGISTER}'>${content}</query>`, "other.test");
      assert.equal(condition(answer), "service-unavailable");
    }
    await Romeo.login(server, "romeo", { presence: false });
  },
);

story(
  "somebody leaves: the answer, then the end of every session, then nothing",
  { accounts: ["romeo"] },
  async (server) => {
    const romeo = await Romeo.login(server, "romeo");
    const other = await Romeo.login(server, "romeo");
    await romeo.ask("set", "<vCard xmlns='vcard-temp'><FN>Romeo</FN></vCard>");
    const both = await romeo.ask(
      "set",
      `<query xmlns='${REGISTER}'><remove/>${filled("romeo", "x")}</query>`,
    );
    assert.equal(condition(both), "bad-request");
    await romeo.sync();
    await other.sync();
    const answer = await romeo.ask("set", `<query xmlns='${REGISTER}'><remove/></query>`);
    assert.equal(answer.attributes["type"], "result");
    for (const one of [romeo, other]) {
      const end = await one.find(({ name }) => name === "error", "the end");
      assert.equal(condition(end), "conflict");
      assert.equal(text(child(end, "text")), "User removed");
      await one.stream.end();
      assert.equal(one.stream.finished, true);
    }
    // The name is free, and nothing is left of the one before.
    const { stream } = await stranger(server);
    let registered = "";
    while (registered !== "registered") registered = await register(stream, "romeo", "second");
    const second = await Romeo.login(server, "romeo", { password: "second" });
    const card = child(await second.ask("get", "<vCard xmlns='vcard-temp'/>"), "vCard");
    assert.deepEqual(card?.nodes, []);
  },
);
