import assert from "node:assert/strict";
import { test } from "node:test";
import { lines, rosterItems } from "../support/presence-lines.ts";
import { child, condition, type LoginOptions, Romeo, text } from "../support/romeo.ts";
import { story, TestServer } from "../support/server.ts";

const GET = "<query xmlns='jabber:iq:roster'/>";

/** A client that has asked for its roster, as clients do, and is available. */
async function login(server: TestServer, user: string, options: LoginOptions = {}): Promise<Romeo> {
  const client = await Romeo.login(server, user, { resource: "r", ...options, presence: false });
  await client.ask("get", GET);
  client.send("<presence/>");
  await client.expect("presence", { from: client.jid });
  return client;
}

story(
  "two users become contacts and part again, step by step as in RFC 6121 §3",
  { accounts: ["romeo", "juliet"] },
  async (server) => {
    const romeo = await login(server, "romeo");
    const juliet = await login(server, "juliet");
    const both = async (): Promise<[string[], string[]]> => [
      lines(await romeo.sync()),
      lines(await juliet.sync()),
    ];
    romeo.send("<presence to='juliet@h.test' type='subscribe'/>");
    assert.deepEqual(await both(), [
      ["push juliet@h.test none subscribe"],
      ["presence subscribe romeo@h.test > juliet@h.test"],
    ]);
    juliet.send(
      "<presence to='romeo@h.test' type='subscribed'/><presence to='romeo@h.test' type='subscribe'/>",
    );
    assert.deepEqual(lines(await juliet.sync()), [
      "push romeo@h.test from",
      "push romeo@h.test from subscribe",
    ]);
    assert.deepEqual(lines(await romeo.sync()), [
      "presence subscribed juliet@h.test > romeo@h.test",
      "push juliet@h.test to",
      "presence available juliet@h.test/r > romeo@h.test",
      "presence subscribe juliet@h.test > romeo@h.test",
    ]);
    romeo.send("<presence to='juliet@h.test' type='subscribed'/>");
    assert.deepEqual(await both(), [
      ["push juliet@h.test both"],
      [
        "presence subscribed romeo@h.test > juliet@h.test",
        "push romeo@h.test both",
        "presence available romeo@h.test/r > juliet@h.test",
      ],
    ]);
    romeo.send("<presence to='juliet@h.test' type='unsubscribe'/>");
    assert.deepEqual(await both(), [
      ["push juliet@h.test from", "presence unavailable juliet@h.test/r > romeo@h.test"],
      ["presence unsubscribe romeo@h.test > juliet@h.test", "push romeo@h.test to"],
    ]);
    const remove = "<query xmlns='jabber:iq:roster'><item jid='romeo@h.test' subscription='remove'/></query>";
    await juliet.ask("set", remove);
    assert.deepEqual(await both(), [
      ["presence unsubscribe juliet@h.test > romeo@h.test", "push juliet@h.test none"],
      ["push romeo@h.test remove", "presence unavailable romeo@h.test/r > juliet@h.test"],
    ]);
  },
);

test("RFC 6121 §3.1.3: a request to somebody offline is kept whole, over a restart, until it is answered", async () => {
  const first = await TestServer.start({ driver: "sqlite", accounts: ["romeo", "juliet"] });
  const asking = await login(first, "romeo");
  asking.send(
    "<presence to='juliet@h.test' type='subscribe'><status>It is the east</status><nick xmlns='http://jabber.org/protocol/nick'>R</nick></presence>",
  );
  await asking.sync();
  await first.stop(true);

  const second = await TestServer.start({ driver: "sqlite", directory: first.directory });
  for (const resource of ["one", "two"]) {
    const juliet = await Romeo.login(second, "juliet", { resource });
    const request = await juliet.expect("presence", { type: "subscribe" });
    assert.equal(text(child(request, "status")), "It is the east");
    assert.equal(text(child(request, "nick")), "R");
    assert.equal(request.attributes["from"], "romeo@h.test");
    await juliet.close();
  }
  const juliet = await login(second, "juliet");
  await juliet.expect("presence", { type: "subscribe" });
  juliet.send("<presence to='romeo@h.test' type='subscribed'/>");
  await juliet.sync();
  const again = await login(second, "juliet", { resource: "again" });
  assert.deepEqual(lines(await again.sync()), ["presence available juliet@h.test/r > juliet@h.test"]);
  const romeo = await login(second, "romeo");
  assert.deepEqual(lines(await romeo.sync()), [
    "presence available juliet@h.test/r > romeo@h.test",
    "presence available juliet@h.test/again > romeo@h.test",
  ]);
  assert.deepEqual(rosterItems(await romeo.ask("get", GET)), ["juliet@h.test||to"]);
  assert.deepEqual(second.errors, []);
  await second.stop();
});

story(
  "RFC 6121 §3.4: who is approved before gets the subscription without a question",
  { accounts: ["romeo", "juliet"] },
  async (server) => {
    const juliet = await login(server, "juliet");
    juliet.send("<presence to='romeo@h.test' type='subscribed'/>");
    assert.deepEqual(lines(await juliet.sync()), ["push romeo@h.test none true"]);
    const romeo = await login(server, "romeo");
    romeo.send("<presence to='juliet@h.test' type='subscribe'/>");
    assert.deepEqual(lines(await romeo.sync()), [
      "push juliet@h.test none subscribe",
      "presence subscribed juliet@h.test > romeo@h.test",
      "push juliet@h.test to",
      "presence available juliet@h.test/r > romeo@h.test",
    ]);
    assert.deepEqual(lines(await juliet.sync()), ["push romeo@h.test from true"]);
  },
);

story(
  "an unregistered account disappears from its contacts, and its name means nothing to them when it comes back",
  { accounts: ["romeo", "juliet"] },
  async (server) => {
    const romeo = await login(server, "romeo");
    const juliet = await login(server, "juliet");
    romeo.send(
      "<presence to='juliet@h.test' type='subscribed'/><presence to='juliet@h.test' type='subscribe'/>",
    );
    await romeo.sync();
    juliet.send(
      "<presence to='romeo@h.test' type='subscribed'/><presence to='romeo@h.test' type='subscribe'/>",
    );
    await juliet.sync();
    assert.deepEqual(rosterItems(await juliet.ask("get", GET)), ["romeo@h.test||both"]);
    await juliet.sync();
    assert.equal((await server.command("unregister", "romeo", "h.test")).exit, 0);
    assert.equal(condition(await romeo.expect("error")), "conflict");
    assert.deepEqual(lines(await juliet.sync()), [
      "presence unavailable romeo@h.test/r > juliet@h.test",
      "presence unsubscribe romeo@h.test > juliet@h.test",
      "push romeo@h.test to",
      "presence unsubscribed romeo@h.test > juliet@h.test",
      "push romeo@h.test none",
    ]);
    await server.register("romeo");
    const other = await login(server, "romeo");
    assert.deepEqual(rosterItems(await other.ask("get", GET)), []);
    assert.deepEqual(lines(await juliet.sync()), []);
    assert.deepEqual(lines(await other.sync()), []);
  },
);

story(
  "strangers and accounts that are not there look the same; nothing unasked changes a roster",
  { accounts: ["romeo", "juliet"] },
  async (server) => {
    const mallory = await login(server, "romeo");
    const juliet = await login(server, "juliet");
    const probes = ["juliet@h.test", "juliet@h.test/r", "missing@h.test", "missing@h.test/r"];
    for (const to of probes) mallory.send(`<presence type='probe' id='p' to='${to}'/>`);
    // `unsubscribed` in all four cases, which changes nothing for one who is not subscribed, and so is not shown (RFC 6121 Table 9).
    assert.deepEqual(lines(await mallory.sync()), []);
    for (const type of ["subscribed", "unsubscribed", "unsubscribe"])
      mallory.send(`<presence type='${type}' to='juliet@h.test'/>`);
    // The first of them is a pre-approval, and the second takes it back: her side does not hear of either.
    assert.deepEqual(lines(await mallory.sync()), [
      "push juliet@h.test none true",
      "push juliet@h.test none",
    ]);
    assert.deepEqual(lines(await juliet.sync()), []);
    assert.deepEqual(rosterItems(await juliet.ask("get", GET)), []);
    mallory.send("<presence type='subscribe' to='missing@h.test'/>");
    assert.deepEqual(lines(await mallory.sync()), ["push missing@h.test none subscribe"]);
    mallory.send("<presence type='subscribe' id='far' to='a@far.test'/>");
    const [push, error] = await mallory.sync();
    assert.deepEqual(lines([push!]), ["push a@far.test none subscribe"]);
    assert.deepEqual([error!.attributes["id"], condition(error!)], ["far", "remote-server-not-found"]);
  },
);
