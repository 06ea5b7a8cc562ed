import assert from "node:assert/strict";
import { test } from "node:test";
import { gate, turns } from "../../test/support/gate.ts";
import { chat, type FixtureClient, RoutingFixture } from "../../test/support/routing-fixture.ts";
import { jid } from "../../test/support/stanzas.ts";

const delayedIds = (client: FixtureClient): unknown[] =>
  client.received.filter((one) => one.has("delay", "urn:xmpp:delay")).map(({ id }) => id);

async function romeo(fixture: RoutingFixture): Promise<FixtureClient> {
  return fixture.login("romeo@h.test/orchard");
}

test("a message that is being committed when a session becomes available comes once", async () => {
  const fixture = new RoutingFixture();
  const sender = await romeo(fixture);
  sender.send(chat("before"));
  await sender.settled();
  const commit = gate();
  fixture.storage.obstacles.commit = commit.wait;
  sender.send(chat("meanwhile"));
  const juliet = await fixture.login("juliet@h.test/a", 0);
  await turns();
  await commit.open();
  assert.deepEqual(juliet.ids, ["before", "meanwhile"]);
  assert.deepEqual(delayedIds(juliet), ["before"]);
});

test("what comes while a session gets what waited comes behind it: messages, requests, presence", async () => {
  const fixture = new RoutingFixture();
  const sender = await romeo(fixture);
  sender.send(chat(1), chat(2));
  await sender.settled();
  const read = gate();
  fixture.storage.obstacles.read = read.wait;
  const juliet = await fixture.login("juliet@h.test/a", 0);
  sender.send(
    chat(3),
    "<iq type='get' id='4' to='juliet@h.test/a'><q xmlns='urn:q'/></iq>",
    "<presence id='5' to='juliet@h.test'/>",
    "<message type='headline' id='6' to='juliet@h.test'/>",
  );
  await sender.settled();
  assert.deepEqual(juliet.ids, []);
  await read.open();
  assert.deepEqual(juliet.ids, ["1", "2", "3", "4", "5", "6"]);
});

test("a stream that dies while it gets what waited: the rest waits on, with what came meanwhile", async () => {
  const fixture = new RoutingFixture();
  const sender = await romeo(fixture);
  for (let id = 1; id <= 60; id++) sender.send(chat(id));
  await sender.settled();
  // The second page does not come before the end.
  let reads = 0;
  const read = gate();
  fixture.storage.obstacles.read = () => (++reads < 2 ? undefined : read.wait());
  const juliet = await fixture.login("juliet@h.test/a", 0);
  await turns(300);
  assert.equal(juliet.ids.length, 50);
  sender.send(chat(61));
  await sender.settled();
  await juliet.cut();
  await read.open();
  fixture.storage.obstacles.read = undefined;
  const again = await fixture.login("juliet@h.test/b", 0);
  await turns(300);
  assert.deepEqual(
    again.ids,
    Array.from({ length: 11 }, (_one, index) => String(index + 51)),
  );
});

test("a session that takes no messages any more gets no more of what waited", async () => {
  const fixture = new RoutingFixture();
  const sender = await romeo(fixture);
  sender.send(chat(1), chat(2));
  await sender.settled();
  const read = gate();
  fixture.storage.obstacles.read = read.wait;
  const juliet = await fixture.login("juliet@h.test/a", 0);
  fixture.setPriority(juliet.session, -1);
  await read.open();
  assert.deepEqual(juliet.ids, []);
  fixture.setPriority(juliet.session, 1);
  await turns();
  assert.deepEqual(juliet.ids, ["1", "2"]);
});

test("a session that takes messages again, at whatever moment, gets what came between", async () => {
  for (let moment = 0; moment < 15; moment++) {
    const fixture = new RoutingFixture();
    const sender = await romeo(fixture);
    sender.send(chat(1));
    await sender.settled();
    const read = gate();
    fixture.storage.obstacles.read = read.wait;
    const juliet = await fixture.login("juliet@h.test/a", 0);
    fixture.setPriority(juliet.session, -1);
    sender.send(chat(2));
    await sender.settled();
    void read.open();
    await turns(moment);
    fixture.setPriority(juliet.session, 0);
    await turns();
    assert.deepEqual(juliet.ids, ["1", "2"], `after ${moment} turns`);
  }
});

test("what has not left for a lost stream goes to another session, else it waits", async () => {
  const fixture = new RoutingFixture();
  const sender = await romeo(fixture);
  const first = await fixture.login("juliet@h.test/a", 5);
  const second = await fixture.login("juliet@h.test/b", 0);
  first.eager = false;
  sender.send(chat(1), chat(2));
  await sender.settled();
  await first.cut();
  await turns();
  assert.deepEqual(second.ids, ["1", "2"]);
  assert.deepEqual(delayedIds(second), ["1", "2"]);
  second.eager = false;
  sender.send(chat(3));
  await sender.settled();
  await second.cut();
  const third = await fixture.login("juliet@h.test/c", 0);
  await turns();
  assert.deepEqual(third.ids, ["3"]);
});

test("what is being brought to another session is not brought twice", async () => {
  const fixture = new RoutingFixture();
  const sender = await romeo(fixture);
  const first = await fixture.login("juliet@h.test/a", 5);
  const second = await fixture.login("juliet@h.test/b", 0);
  first.eager = false;
  sender.send(chat(1));
  await sender.settled();
  const read = gate();
  fixture.storage.obstacles.read = read.wait;
  await first.cut();
  const third = await fixture.login("juliet@h.test/c", 1);
  await read.open();
  assert.deepEqual([second.ids, third.ids], [["1"], []]);
});

test("two sessions of the same priority both get it; left for one is delivered", async () => {
  const fixture = new RoutingFixture();
  const sender = await romeo(fixture);
  const first = await fixture.login("juliet@h.test/a", 1);
  const second = await fixture.login("juliet@h.test/b", 1);
  second.eager = false;
  sender.send(chat(1));
  await sender.settled();
  await turns();
  await second.cut();
  await turns();
  assert.deepEqual(first.ids, ["1"]);
  fixture.world.pass(1000);
  await turns();
  assert.deepEqual(await fixture.stored("juliet@h.test"), []);
});

test("who does not read ends, also while the rest is held back, and nothing is lost", async () => {
  const fixture = new RoutingFixture();
  const sender = await romeo(fixture);
  sender.send(chat(0));
  await sender.settled();
  const read = gate();
  fixture.storage.obstacles.read = read.wait;
  const juliet = await fixture.login("juliet@h.test/a", 0, 500);
  juliet.eager = false;
  for (let id = 1; id <= 9; id++) sender.send(chat(id));
  await sender.settled();
  assert.equal(juliet.error, "resource-constraint");
  await juliet.cut();
  await read.open();
  fixture.storage.obstacles.read = undefined;
  const again = await fixture.login("juliet@h.test/b", 0);
  await turns();
  assert.deepEqual(again.ids, ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
});

test("the delay says when the message came, not when it goes", async () => {
  const fixture = new RoutingFixture();
  const sender = await romeo(fixture);
  sender.send(chat(1));
  await sender.settled();
  fixture.world.pass(86_400_000);
  const juliet = await fixture.login("juliet@h.test/a", 0);
  await turns();
  const delay = juliet.received[0]!.child("delay", "urn:xmpp:delay")!;
  assert.equal(delay.attr("stamp"), new Date(1_000_000).toISOString());
  assert.equal(delay.attr("from"), "h.test");
});

test("an account that goes while its messages are being read takes no more of them", async () => {
  const fixture = new RoutingFixture();
  const sender = await romeo(fixture);
  const read = gate();
  fixture.storage.obstacles.read = read.wait;
  sender.send(chat(1));
  await turns();
  fixture.homes.forget(jid("juliet@h.test"));
  await read.open();
  await sender.settled();
  await turns();
  assert.deepEqual(sender.errors, ["1 service-unavailable"]);
  assert.deepEqual(await fixture.stored("juliet@h.test"), []);
});
