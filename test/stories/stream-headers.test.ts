import assert from "node:assert/strict";
import { RawStream } from "../support/raw-stream.ts";
import { authenticate, bind, condition, Romeo } from "../support/romeo.ts";
import { story, type TestServer } from "../support/server.ts";

const secure = (server: TestServer): Promise<RawStream> => RawStream.connectTls(server.tlsPort, server.host);

story("the header's answer names whom the client has named", { accounts: ["romeo"] }, async (server) => {
  const named = async (from: string, to = "h.test"): Promise<string | undefined> => {
    const stream = await RawStream.connect(server.port, server.host);
    const header = await stream.open(`to='${to}' version='1.0'${from}`);
    stream.destroy();
    return header.attributes["to"];
  };
  // RFC 6120 §4.7.2
  assert.equal(await named(" from='romeo@h.test'"), "romeo@h.test");
  assert.equal(await named(" from='Romeo@h.test/garden'"), "romeo@h.test");
  assert.equal(await named(" from='romeo@h.test'", "unknown.test"), "romeo@h.test");
  assert.equal(await named(" from='@'"), undefined);
  assert.equal(await named(""), undefined);
  // After the login too.
  const stream = await secure(server);
  await stream.open();
  await stream.next();
  await authenticate(stream, "romeo", "secret");
  assert.equal((await stream.open()).attributes["to"], undefined);
});

story("the lower version is the one that holds", {}, async (server) => {
  // RFC 6120 §4.7.5
  for (const [theirs, ours] of [
    ["version='1.0'", "1.0"],
    ["version='1.10'", "1.0"],
    ["version='99.9'", "1.0"],
    ["version='010.0'", "1.0"],
    ["version='0.9'", "0.9"],
    ["version='00.010'", "0.10"],
    ["version='one'", undefined],
    ["", undefined],
  ] as const) {
    const stream = await RawStream.connect(server.port, server.host);
    assert.equal((await stream.open(`to='h.test' ${theirs}`)).attributes["version"], ours, theirs);
    assert.equal((await stream.next()).name, "features");
    stream.destroy();
  }
});

story(
  "text of the server is English; what a client sends has the client's language",
  { accounts: ["romeo"] },
  async (server) => {
    // RFC 6120 §4.7.4; what is no language is none.
    for (const [asked, sent] of [
      ["de-CH", "de-CH"],
      ["en", "en"],
      ["not a language", undefined],
      [`de${"-abcdefgh".repeat(8)}`, undefined],
      ["", undefined],
    ] as const) {
      const stream = await secure(server);
      const attributes = `to='h.test' version='1.0' xml:lang='${asked}'`;
      assert.equal((await stream.open(attributes)).attributes["xml:lang"], "en");
      await stream.next();
      await authenticate(stream, "romeo", "secret");
      await stream.open(attributes);
      await stream.next();
      const jid = await bind(stream);
      stream.write(`<message to='${jid}' id='plain'/><message to='${jid}' id='own' xml:lang='fr'/>`);
      assert.equal((await stream.next()).attributes["xml:lang"], sent);
      assert.equal((await stream.next()).attributes["xml:lang"], "fr");
      stream.destroy();
    }
  },
);

story("who logs in is who the header has named", { accounts: ["romeo", "juliet"] }, async (server) => {
  const login = async (from: string): Promise<string> => {
    const stream = await secure(server);
    await stream.open(`to='h.test' version='1.0' from='${from}'`);
    await stream.next();
    const plain = Buffer.from("\0romeo\0secret").toString("base64");
    stream.write(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${plain}</auth>`);
    const answer = await stream.next();
    if (answer.name !== "error") return answer.name;
    await stream.end();
    return condition(answer);
  };
  // RFC 6120 §6.4.6
  assert.equal(await login("juliet@h.test"), "invalid-from");
  assert.equal(await login("romeo@other.test"), "invalid-from");
  assert.equal(await login("ROMEO@h.test/garden"), "success");
  assert.equal(await login("laptop.home"), "success");
});

story(
  "before login and binding stanzas for others end the stream",
  { accounts: ["romeo"] },
  async (server) => {
    const register = "<query xmlns='jabber:iq:register'/>";
    const ask = async (to: string): Promise<string> => {
      const stream = await secure(server);
      await stream.open();
      await stream.next();
      stream.write(`<iq type='get' id='1' to='${to}'>${register}</iq>`);
      const answer = await stream.next();
      return answer.name === "error" ? condition(answer) : answer.attributes["type"]!;
    };
    // RFC 6120 §4.3.5
    assert.equal(await ask("h.test"), "result");
    assert.equal(await ask("far.test"), "not-authorized");
    assert.equal(await ask("romeo@h.test"), "not-authorized");
    const wish = async (to: string): Promise<string> => {
      const stream = await secure(server);
      await stream.open();
      await stream.next();
      await authenticate(stream, "romeo", "secret");
      await stream.open();
      await stream.next();
      stream.write(`<iq type='set' id='1' to='${to}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>`);
      const answer = await stream.next();
      return answer.name === "error" ? condition(answer) : answer.attributes["type"]!;
    };
    // RFC 6120 §7.1
    assert.equal(await wish("h.test"), "result");
    assert.equal(await wish("romeo@h.test"), "result");
    assert.equal(await wish("juliet@h.test"), "not-authorized");
    assert.equal(await wish("far.test"), "not-authorized");
  },
);

story("a client asks six times for a resource, and no more", { accounts: ["romeo"] }, async (server) => {
  const stream = await secure(server);
  await stream.open();
  await stream.next();
  await authenticate(stream, "romeo", "secret");
  await stream.open();
  await stream.next();
  // RFC 6120 §7.7.3; §8.1.3: without an id there is nothing to bind for.
  for (let tries = 0; tries < 6; tries++) {
    stream.write("<iq type='set'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>");
    const answer = await stream.next();
    assert.equal(condition(answer), "bad-request");
    assert.equal(answer.attributes["id"], "");
  }
  assert.equal(condition(await stream.next()), "policy-violation");
  await stream.end();
});

story("a client that has met an error gets the closing tag", { accounts: ["romeo"] }, async (server) => {
  const error =
    "<stream:error><not-well-formed xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>";
  const early = await RawStream.connect(server.port, server.host);
  await early.open();
  await early.next();
  const romeo = await Romeo.login(server, "romeo");
  for (const stream of [early, romeo.stream]) {
    stream.write(error);
    await stream.end();
    // RFC 6120 §4.9.1.1
    assert.equal(stream.finished, true);
    assert.deepEqual(stream.takeAll(), []);
  }
});

story("what was asked before the closing tag is answered", { accounts: ["romeo"] }, async (server) => {
  const romeo = await Romeo.login(server, "romeo");
  const asked = ["a", "b", "c"];
  romeo.send(
    asked
      .map((id) => `<iq type='set' id='${id}'><vCard xmlns='vcard-temp'><FN>${id}</FN></vCard></iq>`)
      .join("") +
      "<message to='nobody@h.test' type='chat' id='m'><body>x</body></message>" +
      "</stream:stream>",
  );
  await romeo.stream.end();
  assert.equal(romeo.stream.finished, true);
  assert.deepEqual(
    romeo.stream.takeAll().map(({ attributes }) => `${attributes["type"]} ${attributes["id"]}`),
    ["result a", "result b", "result c", "error m"],
  );
});
