import assert from "node:assert/strict";
import { child, condition, Romeo, text } from "../support/romeo.ts";
import { story, type TestServer } from "../support/server.ts";

// Commands that send: clients get what they say.

const two = { accounts: ["romeo", "juliet"] };

async function ok(server: TestServer, ...words: string[]): Promise<string> {
  const { out, err, exit } = await server.command(...words);
  assert.equal(exit, 0, `${words.join(" ")}: ${out}${err}`);
  return out;
}

story("send_message: every type, from an account and from the host", two, async (server) => {
  const phone = await Romeo.login(server, "juliet", {
    resource: "phone",
    presence: "<presence><priority>5</priority></presence>",
  });
  const tablet = await Romeo.login(server, "juliet", { resource: "tablet" });
  const send = ["send_message"];
  assert.equal(await ok(server, ...send, "chat", "romeo@h.test/orchard", "juliet@h.test", "", "hello"), "");
  const chat = await phone.expect("message", { type: "chat", from: "romeo@h.test/orchard" });
  assert.equal(text(child(chat, "body")), "hello");
  assert.equal(child(chat, "subject"), undefined);
  assert.ok(chat.attributes["id"]);
  await ok(server, ...send, "headline", "h.test", "juliet@h.test", "News", "for <all> & everybody");
  for (const session of [phone, tablet]) {
    const headline = await session.expect("message", { type: "headline", from: "h.test" });
    assert.equal(text(child(headline, "subject")), "News");
    assert.equal(text(child(headline, "body")), "for <all> & everybody");
  }
  await ok(server, ...send, "normal", "romeo@h.test", "juliet@h.test/tablet", "s", "b");
  await tablet.expect("message", { type: "normal", to: tablet.jid });
  assert.deepEqual(
    (await phone.sync()).filter(({ name }) => name === "message"),
    [],
  );
});

story("send_message to nobody: silent, exit 0, and the truth on standard error", two, async (server) => {
  assert.deepEqual(await server.command("send_message", "chat", "romeo@h.test", "nobody@h.test", "", "x"), {
    out: "",
    err: "Nobody got it: bounced:service-unavailable.\n",
    exit: 0,
  });
  const headline = await server.command("send_message", "headline", "h.test", "juliet@h.test", "", "x");
  assert.deepEqual([headline.exit, headline.err], [0, "Nobody got it: dropped:nobody-available.\n"]);
  // Kept for her who is offline.
  await ok(server, "send_message", "chat", "romeo@h.test", "juliet@h.test", "", "later");
  const juliet = await Romeo.login(server, "juliet");
  assert.equal(text(child(await juliet.expect("message"), "body")), "later");
  for (const words of [
    ["shout", "romeo@h.test", "juliet@h.test"],
    ["chat", "@", "juliet@h.test"],
    ["chat", "romeo@h.test", ""],
    ["chat", "romeo@elsewhere.test", "juliet@h.test"],
  ]) {
    assert.equal((await server.command("send_message", ...words, "", "x")).exit, 1, words.join(" "));
  }
});

story(
  "send_stanza: a message, presence that asks, a question whose answer comes back",
  two,
  async (server) => {
    const romeo = await Romeo.login(server, "romeo");
    const juliet = await Romeo.login(server, "juliet");
    const send = (xml: string): Promise<string> => ok(server, "send_stanza", romeo.jid, juliet.account, xml);
    await send("<message from='x@y' to='z@y' type='chat'><body>hi</body><thread>t</thread></message>");
    const message = await juliet.expect("message", { from: romeo.jid, to: juliet.account });
    assert.equal(text(child(message, "thread")), "t");
    await send("<presence type='subscribe'/>");
    await juliet.expect("presence", { from: romeo.account, type: "subscribe" });
    await send("<iq type='get' id='q1'><query xmlns='jabber:iq:last'/></iq>");
    assert.equal(condition(await romeo.expect("iq", { id: "q1", type: "error" })), "service-unavailable");
    const refused = await server.command(
      "send_stanza",
      romeo.jid,
      juliet.account,
      "<message><body></message>",
    );
    assert.equal(refused.exit, 1);
    assert.match(refused.out, /^Error: error\nError: "invalid xml: /);
    for (const xml of ["<message xmlns='jabber:server'/>", "<query/>", "", "<message/><message/>"]) {
      assert.equal((await server.command("send_stanza", romeo.jid, juliet.account, xml)).exit, 1, xml);
    }
  },
);

story("send_stanza_c2s writes to that client and to nobody else", two, async (server) => {
  const romeo = await Romeo.login(server, "romeo");
  const juliet = await Romeo.login(server, "juliet", { resource: "phone" });
  const words = ["send_stanza_c2s", "juliet", "h.test", "phone"];
  await ok(
    server,
    ...words,
    "<message to='romeo@h.test' from='a@b.test'><body>for the phone</body></message>",
  );
  const message = await juliet.expect("message", { to: "romeo@h.test", from: "a@b.test" });
  assert.equal(text(child(message, "body")), "for the phone");
  await ok(server, ...words, "<presence/>");
  await juliet.expect("presence", { from: "juliet@h.test", to: juliet.jid });
  assert.deepEqual(
    (await romeo.sync()).filter(({ name }) => name === "message"),
    [],
  );
  assert.equal((await server.command(...words.slice(0, 3), "tablet", "<presence/>")).exit, 1);
});

story(
  "stats and stats_host count accounts and sessions",
  { ...two, hosts: ["h.test", "other.test"] },
  async (server) => {
    await server.register("nurse", "secret", "other.test");
    await Romeo.login(server, "romeo");
    await Romeo.login(server, "nurse", { host: "other.test" });
    assert.equal(await ok(server, "stats", "registeredusers"), "3\n");
    assert.equal(await ok(server, "stats", "onlineusersnode"), "2\n");
    assert.equal(await ok(server, "stats_host", "registeredusers", "h.test"), "2\n");
    assert.equal(await ok(server, "stats_host", "onlineusers", "other.test"), "1\n");
    // ejabberd's counter goes wrong here.
    await ok(server, "unregister", "nobody", "h.test");
    assert.equal(await ok(server, "stats_host", "registeredusers", "h.test"), "2\n");
    assert.equal((await server.command("stats_host", "bogus", "h.test")).exit, 1);
    assert.equal((await server.command("stats_host", "onlineusers", "elsewhere.test")).exit, 1);
  },
);

story("set_loglevel: lines below it stay out at once", { accounts: ["romeo"] }, async (server) => {
  const login = async (): Promise<number> => {
    server.lines.length = 0;
    await (await Romeo.login(server, "romeo")).close();
    return server.lines.filter((line) => line.includes('"event":"logged in"')).length;
  };
  assert.equal(await ok(server, "get_loglevel"), "info\n");
  assert.equal(await login(), 1);
  assert.equal(await ok(server, "set_loglevel", "warning"), "");
  assert.equal(await ok(server, "get_loglevel"), "warn\n");
  assert.equal(await login(), 0);
  await ok(server, "set_loglevel", "debug");
  assert.equal(await login(), 1);
  assert.deepEqual(await server.command("set_loglevel", "bogus"), {
    out: 'Error: error\nError: "Invalid log level"\n',
    err: "",
    exit: 1,
  });
});
