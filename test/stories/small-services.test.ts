import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { RawStream } from "../support/raw-stream.ts";
import { authenticate, bind, child, condition, type Element, Romeo, text } from "../support/romeo.ts";
import { story, TestServer } from "../support/server.ts";

const INFO = "http://jabber.org/protocol/disco#info";

const elements = (parent: Element): Element[] => parent.nodes.filter((node) => typeof node !== "string");

story(
  "a client finds out what the server is, with one question or none",
  { accounts: ["romeo"] },
  async (server) => {
    const stream = await RawStream.connectTls(server.tlsPort, server.host);
    await stream.open();
    assert.equal(child(await stream.next(), "c"), undefined);
    await authenticate(stream, "romeo", "secret");
    await stream.open();
    const features = await stream.next();
    const caps = child(features, "c", "http://jabber.org/protocol/caps")!.attributes;
    assert.ok(child(child(features, "session")!, "optional"));
    await bind(stream);
    stream.write(
      `<iq type='get' id='d' to='h.test'><query xmlns='${INFO}' node='${caps["node"]}#${caps["ver"]}'/></iq>`,
    );
    const query = child(await stream.find((one) => one.attributes["id"] === "d", "the answer"), "query")!;
    // XEP-0115 §5.1, once more.
    const identities = elements(query).filter(({ name }) => name === "identity");
    const vars = elements(query).filter(({ name }) => name === "feature");
    const parts = [
      ...identities.map(
        ({ attributes }) => `${attributes["category"]}/${attributes["type"]}//${attributes["name"]}`,
      ),
      ...vars.map(({ attributes }) => attributes["var"]!).sort(),
    ];
    const hash = createHash("sha1").update(parts.map((part) => `${part}<`).join(""));
    assert.equal(caps["ver"], hash.digest("base64"));
    assert.equal(caps["hash"], "sha-1");
  },
);

story("ping, version, time, uptime, an old client's session", { accounts: ["romeo"] }, async (server) => {
  const romeo = await Romeo.login(server, "romeo", { presence: false });
  assert.equal((await romeo.ask("get", "<ping xmlns='urn:xmpp:ping'/>")).attributes["type"], "result");
  const version = child(await romeo.ask("get", "<query xmlns='jabber:iq:version'/>", "h.test"), "query")!;
  assert.equal(text(child(version, "name")), "Tercet");
  assert.match(text(child(version, "version")), /^\d+\.\d+\.\d+/);
  const time = child(await romeo.ask("get", "<time xmlns='urn:xmpp:time'/>", "h.test"), "time")!;
  assert.ok(Math.abs(Date.parse(text(child(time, "utc"))) - Date.now()) < 60_000);
  const last = child(await romeo.ask("get", "<query xmlns='jabber:iq:last'/>", "h.test"), "query")!;
  assert.match(last.attributes["seconds"]!, /^\d{1,3}$/);
  const session = await romeo.ask("set", "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/>", "h.test");
  assert.equal(session.attributes["type"], "result");
});

story(
  "vCards and private data are there for the next session",
  { accounts: ["romeo", "juliet"] },
  async (server) => {
    const first = await Romeo.login(server, "romeo");
    await first.ask("set", "<vCard xmlns='vcard-temp'><FN>Romeo</FN></vCard>");
    await first.ask(
      "set",
      "<query xmlns='jabber:iq:private'><storage xmlns='storage:bookmarks'>b</storage></query>",
    );
    await first.close();
    const again = await Romeo.login(server, "romeo");
    const stored = await again.ask(
      "get",
      "<query xmlns='jabber:iq:private'><storage xmlns='storage:bookmarks'/></query>",
    );
    assert.equal(text(child(child(stored, "query")!, "storage")), "b");
    const juliet = await Romeo.login(server, "juliet");
    const card = await juliet.ask("get", "<vCard xmlns='vcard-temp'/>", "romeo@h.test");
    assert.equal(text(child(child(card, "vCard")!, "FN")), "Romeo");
  },
);

test("when somebody was last here outlives the server", async () => {
  const first = await TestServer.start({ driver: "sqlite", accounts: ["romeo", "juliet"] });
  const romeo = await Romeo.login(first, "romeo");
  const juliet = await Romeo.login(first, "juliet");
  romeo.send("<presence type='subscribe' to='juliet@h.test'/>");
  await juliet.expect("presence", { type: "subscribe" });
  juliet.send("<presence type='subscribed' to='romeo@h.test'/>");
  await juliet.sync();
  juliet.send("<presence type='unavailable'><status>Good night</status></presence>");
  await juliet.sync();
  // Juliet is still connected: the end of the server is the end of her session.
  await first.stop(true);
  const second = await TestServer.start({ driver: "sqlite", directory: first.directory });
  const again = await Romeo.login(second, "romeo");
  const answer = await again.ask("get", "<query xmlns='jabber:iq:last'/>", "juliet@h.test");
  const query = child(answer, "query");
  assert.match(query?.attributes["seconds"] ?? condition(answer), /^\d{1,2}$/);
  assert.equal(text(query), "Good night");
  await second.stop();
});

story(
  "without the extension nothing is kept for those who are offline, and their senders hear of it",
  { accounts: ["romeo", "juliet"], configuration: "extensions: {offline: false}" },
  async (server) => {
    const romeo = await Romeo.login(server, "romeo");
    const info = await romeo.ask("get", `<query xmlns='${INFO}'/>`, "h.test");
    const vars = elements(child(info, "query")!).map(({ attributes }) => attributes["var"]);
    assert.ok(!vars.includes("msgoffline"));
    romeo.send("<message to='juliet@h.test' type='chat' id='m'><body>1</body></message>");
    const bounced = await romeo.expect("message", { id: "m" });
    assert.equal(condition(bounced), "service-unavailable");
    assert.equal(child(child(bounced, "error")!, "text"), undefined);
    const juliet = await Romeo.login(server, "juliet");
    assert.deepEqual(await juliet.sync(), []);
    romeo.send("<message to='juliet@h.test' type='chat'><body>2</body></message>");
    assert.equal(text(child(await juliet.expect("message"), "body")), "2");
  },
);

story(
  "nobody speaks in the name of the server or the receiver",
  { accounts: ["alice", "mal"] },
  async (server) => {
    const mal = await Romeo.login(server, "mal");
    const forged = ["alice@h.test", "h.test", "Alice@H.TEST", "mal@h.test"].map(
      (by) => `<stanza-id xmlns='urn:xmpp:sid:0' by='${by}' id='1'/>`,
    );
    const delay = "<delay xmlns='urn:xmpp:delay' from='h.test' stamp='2002-09-10T23:08:25Z'/>";
    mal.send(
      `<message to='alice@h.test'>${forged.join("")}${delay}<body>1</body><stanza-id xmlns='urn:xmpp:sid:0' by='room@rooms.test' id='2'/></message>`,
    );
    await mal.sync();
    const alice = await Romeo.login(server, "alice");
    const message = await alice.expect("message");
    assert.deepEqual(
      elements(message).map(({ name, attributes }) => [name, attributes["by"] ?? attributes["from"]]),
      [
        ["body", undefined],
        ["stanza-id", "room@rooms.test"],
        ["stanza-id", "alice@h.test"],
        ["delay", "h.test"],
      ],
    );
    assert.notEqual(elements(message)[2]!.attributes["id"], "1");
    assert.notEqual(child(message, "delay")!.attributes["stamp"], "2002-09-10T23:08:25Z");
  },
);
