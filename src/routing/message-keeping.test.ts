import assert from "node:assert/strict";
import { test } from "node:test";
import { gate, turns } from "../../test/support/gate.ts";
import { chat, type FixtureClient, RoutingFixture } from "../../test/support/routing-fixture.ts";
import { jid } from "../../test/support/stanzas.ts";
import { Drop } from "../kernel/hooks.ts";
import { waitingMessage } from "../kernel/points.ts";
import { StorageError, stanzaCodec } from "../kernel/storage.ts";

async function romeo(fixture: RoutingFixture): Promise<FixtureClient> {
  return fixture.login("romeo@h.test/orchard");
}

test("a commit that fails: the sender hears of it, nobody gets it, the next one is taken", async () => {
  const fixture = new RoutingFixture();
  const sender = await romeo(fixture);
  const juliet = await fixture.login("juliet@h.test/a", 0);
  fixture.storage.obstacles.commit = () => {
    throw new Error("disk full");
  };
  sender.send(chat(1));
  await sender.settled();
  fixture.storage.obstacles.commit = undefined;
  sender.send(chat(2));
  await sender.settled();
  await turns();
  assert.deepEqual(sender.errors, ["1 resource-constraint"]);
  assert.deepEqual(juliet.ids, ["2"]);
  fixture.world.pass(1000);
  await turns();
  assert.equal(fixture.homes.peek(jid("juliet@h.test"))!.pending.idle, true);
});

test("a read of what waits that fails is tried again", async () => {
  const fixture = new RoutingFixture();
  const sender = await romeo(fixture);
  fixture.storage.obstacles.read = () => {
    throw new Error("broken");
  };
  sender.send(chat(1));
  await sender.settled();
  await turns();
  assert.deepEqual(sender.errors, ["1 resource-constraint"]);
  fixture.storage.obstacles.read = undefined;
  sender.send(chat(2));
  await sender.settled();
  assert.equal(fixture.outcomes.counts().get("stored"), 1);
});

test("a store that is closed while something waits is the end of the server, and no failure", async () => {
  const fixture = new RoutingFixture();
  fixture.storage.obstacles.read = () => {
    throw new StorageError("closed", "the storage is closed");
  };
  await fixture.login("juliet@h.test/a", 0);
  await turns();
  assert.deepEqual(fixture.lines, []);
});

test("what waited and cannot be read waits on", async () => {
  const fixture = new RoutingFixture();
  const sender = await romeo(fixture);
  sender.send(chat(1));
  await sender.settled();
  fixture.storage.obstacles.read = () => {
    throw new Error("broken");
  };
  const juliet = await fixture.login("juliet@h.test/a", 0);
  await turns();
  assert.match(fixture.lines.join(), /pending messages could not be read/);
  sender.send(chat(2));
  await sender.settled();
  await turns();
  assert.deepEqual(juliet.ids, ["2"]);
  fixture.storage.obstacles.read = undefined;
  const again = await fixture.login("juliet@h.test/b", 0);
  await turns();
  assert.deepEqual(again.ids, ["1"]);
});

test("no more may wait than allowed, those in the air counted", async () => {
  const fixture = new RoutingFixture({ pendingLimit: 2 });
  const sender = await romeo(fixture);
  sender.send(chat(1), chat(2), chat(3));
  await sender.settled();
  await turns();
  assert.deepEqual(sender.errors, ["3 service-unavailable"]);
  assert.deepEqual(await fixture.stored("juliet@h.test"), ["1", "2"]);
});

test("what has been delivered leaves the store, in one commit, and after a failure with the next", async () => {
  const fixture = new RoutingFixture();
  const sender = await romeo(fixture);
  const juliet = await fixture.login("juliet@h.test/a", 0);
  sender.send(chat(1));
  await sender.settled();
  await turns();
  assert.deepEqual(juliet.ids, ["1"]);
  fixture.storage.obstacles.commit = () => {
    throw new Error("broken");
  };
  fixture.world.pass(200);
  await turns();
  const { pending } = fixture.homes.peek(jid("juliet@h.test"))!;
  assert.equal(pending.idle, false);
  assert.deepEqual(await fixture.stored("juliet@h.test"), ["1"]);
  let commits = 0;
  fixture.storage.obstacles.commit = () => void commits++;
  sender.send(chat(2));
  await sender.settled();
  await turns();
  fixture.world.pass(200);
  await turns();
  assert.equal(commits, 2);
  assert.equal(pending.idle, true);
  assert.deepEqual(await fixture.stored("juliet@h.test"), []);
});

test("nothing is stored for an account that was removed meanwhile", async () => {
  const fixture = new RoutingFixture();
  const sender = await romeo(fixture);
  const read = gate();
  fixture.storage.obstacles.read = read.wait;
  sender.send(chat(1));
  fixture.homes.forget(jid("juliet@h.test"));
  await read.open();
  assert.deepEqual(sender.errors, ["1 service-unavailable"]);
  fixture.storage.obstacles.read = undefined;
  assert.deepEqual(await fixture.stored("juliet@h.test"), []);
});

test("what is kept and what is not (XEP-0160 §3, XEP-0334)", async () => {
  const fixture = new RoutingFixture();
  const sender = await romeo(fixture);
  const hint = (name: string): string => `<${name} xmlns='urn:xmpp:hints'/>`;
  const composing = "<composing xmlns='http://jabber.org/protocol/chatstates'/>";
  const contents = {
    "chat state": `type='chat'>${composing}<thread>t</thread>`,
    "chat state with an id": `type='chat'>${composing}<origin-id xmlns='urn:xmpp:sid:0' id='i'/>`,
    "private chat state": `type='chat'>${composing}<private xmlns='urn:xmpp:carbons:2'/>`,
    "chat state to be stored": `type='chat'>${composing}${hint("store")}`,
    "chat state with body": `type='chat'>${composing}<body>b</body>`,
    "no-store": `><body>b</body>${hint("no-store")}`,
    "no-permanent-store": `><body>b</body>${hint("no-permanent-store")}`,
    empty: ">",
  };
  for (const [id, content] of Object.entries(contents))
    sender.send(`<message to='juliet@h.test' id='${id}' ${content}</message>`);
  await sender.settled();
  assert.deepEqual(await fixture.stored("juliet@h.test"), [
    "chat state to be stored",
    "chat state with body",
    "no-permanent-store",
  ]);
  assert.deepEqual(Object.fromEntries(fixture.outcomes.counts()), { "dropped:no-store": 5, stored: 3 });
});

test("what waited is not delivered where the account wants it no more, and waits on where that is not known", async () => {
  const fixture = new RoutingFixture();
  const sender = await romeo(fixture);
  let broken = true;
  fixture.hooks.on(waitingMessage, "guard", "test", ({ stanza }) => {
    if (broken) throw new Error("not known");
    return stanza.id === "2" ? new Drop("dropped:blocked") : undefined;
  });
  for (const id of [1, 2, 3]) sender.send(chat(id));
  await sender.settled();
  const first = await fixture.login("juliet@h.test/a", 0);
  await turns();
  assert.deepEqual(first.ids, []);
  broken = false;
  const second = await fixture.login("juliet@h.test/b", 0);
  await turns();
  assert.deepEqual(second.ids, ["1", "3"]);
  fixture.world.pass(1000);
  await turns();
  assert.deepEqual(await fixture.stored("juliet@h.test"), []);
});

test("an entry that is gone from the store is passed over", async () => {
  const fixture = new RoutingFixture();
  const sender = await romeo(fixture);
  sender.send(chat(1), chat(2), chat(3));
  await sender.settled();
  const store = fixture.storage.log("passing-messages", stanzaCodec);
  const entries = await store.page(jid("juliet@h.test"), { limit: 10 });
  await fixture.storage.commit([store.remove(jid("juliet@h.test"), { keys: [entries[1]!.key] })]);
  const juliet = await fixture.login("juliet@h.test/a", 0);
  await turns();
  assert.deepEqual(juliet.ids, ["1", "3"]);
  fixture.world.pass(1000);
  await turns();
  assert.equal(fixture.homes.peek(jid("juliet@h.test"))!.pending.idle, true);
});

test("what waited for one resource goes to that one, if it is there again", async () => {
  const fixture = new RoutingFixture();
  const sender = await romeo(fixture);
  const read = gate();
  sender.send(chat("a", "juliet@h.test/a"), chat("any"), chat("b", "juliet@h.test/b"));
  await sender.settled();
  fixture.storage.obstacles.read = read.wait;
  const first = await fixture.login("juliet@h.test/a", 0);
  const second = await fixture.login("juliet@h.test/b", 0);
  await read.open();
  await turns();
  assert.deepEqual([first.ids, second.ids], [["a", "any"], ["b"]]);
  fixture.world.pass(1000);
  await turns();
  assert.deepEqual(await fixture.stored("juliet@h.test"), []);
});
