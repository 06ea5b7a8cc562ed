import assert from "node:assert/strict";
import { test } from "node:test";
import { gate } from "../../../test/support/gate.ts";
import { StreamClient as Client, header } from "../../../test/support/stream-client.ts";
import { payload } from "../../xmpp/payload.ts";

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
