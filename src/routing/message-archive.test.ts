import assert from "node:assert/strict";
import { test } from "node:test";
import { gate, turns } from "../../test/support/gate.ts";
import { chat, type FixtureClient, RoutingFixture } from "../../test/support/routing-fixture.ts";
import { jid } from "../../test/support/stanzas.ts";
import type { AcceptedMessage } from "../kernel/points.ts";
import { messageAccepted, stanzaFromAccount, stanzaToAccount } from "../kernel/points.ts";
import { HINTS, STANZA_ID } from "../xmpp/namespaces.ts";
import { LoggedMessages } from "./message-archive.ts";

const romeo = "romeo@h.test";
const juliet = "juliet@h.test";

/** A fixture whose accounts archive what these names say. */
function archiving(archives: readonly string[] = [romeo, juliet], before?: RoutingFixture): RoutingFixture {
  const fixture = new RoutingFixture(
    before === undefined ? {} : { storage: before.storage, world: before.world },
  );
  for (const point of [stanzaFromAccount, stanzaToAccount]) {
    fixture.hooks.on(point, "archive", "test", (passage) => {
      passage.archived = archives.includes(passage.account.toString());
    });
  }
  return fixture;
}

function archiveOf({ storage, ids, homes, log }: RoutingFixture): LoggedMessages {
  return new LoggedMessages(storage, ids, homes, log);
}

const stanzaIds = (client: FixtureClient): (string | undefined)[] =>
  client.received.map((one) => one.child("stanza-id", STANZA_ID)?.attr("id"));

/** Resolves when the store knows what was delivered. */
async function marked({ world }: RoutingFixture): Promise<void> {
  await turns();
  world.pass(200);
  await turns();
}

test("a message stands in both archives, and its receiver sees the id that it has there", async () => {
  const fixture = archiving();
  const sender = await fixture.login(`${romeo}/o`);
  const receiver = await fixture.login(`${juliet}/b`, 0);
  sender.send(chat(1), chat(2));
  await sender.settled();
  await turns();
  assert.deepEqual(await fixture.archived(romeo), ["1", "2"]);
  assert.deepEqual(await fixture.archived(juliet), ["1", "2"]);
  assert.deepEqual(await fixture.stored(juliet), []);
  const entries = await archiveOf(fixture).page(jid(juliet), { limit: 10 });
  assert.deepEqual(
    stanzaIds(receiver),
    entries.map(({ id }) => id),
  );
  assert.equal(receiver.received[0]!.child("stanza-id", STANZA_ID)!.attr("by"), juliet);
  assert.equal(entries[0]!.stanza.has("stanza-id", STANZA_ID), false);
});

test("each account decides for its own archive", async () => {
  for (const archives of [[], [romeo], [juliet]]) {
    const fixture = archiving(archives);
    const sender = await fixture.login(`${romeo}/o`);
    sender.send(chat(1));
    await sender.settled();
    assert.deepEqual(await fixture.archived(romeo), archives.includes(romeo) ? ["1"] : []);
    assert.deepEqual(await fixture.archived(juliet), archives.includes(juliet) ? ["1"] : []);
    assert.deepEqual(await fixture.stored(juliet), archives.includes(juliet) ? [] : ["1"]);
    const receiver = await fixture.login(`${juliet}/b`, 0);
    await marked(fixture);
    assert.deepEqual(receiver.ids, ["1"]);
    assert.deepEqual(await fixture.stored(juliet), []);
  }
});

test("what is not to be stored for good waits in no archive (XEP-0334 §4.1)", async () => {
  const fixture = archiving();
  const sender = await fixture.login(`${romeo}/o`);
  const hint = `<no-permanent-store xmlns='${HINTS}'/>`;
  sender.send(`<message to='${juliet}' type='chat' id='1'><body>b</body>${hint}</message>`);
  await sender.settled();
  assert.deepEqual([await fixture.archived(romeo), await fixture.archived(juliet)], [[], []]);
  const receiver = await fixture.login(`${juliet}/b`, 0);
  await turns();
  assert.deepEqual([receiver.ids, stanzaIds(receiver)], [["1"], [undefined]]);
});

test("after a restart what was delivered is not pending, what waited is, with the same id", async () => {
  const first = archiving();
  const sender = await first.login(`${romeo}/o`);
  const receiver = await first.login(`${juliet}/b`, 0);
  sender.send(chat(1));
  await sender.settled();
  await marked(first);
  await receiver.cut();
  sender.send(chat(2), chat(3));
  await sender.settled();
  const [, second, third] = await archiveOf(first).page(jid(juliet), { limit: 10 });
  const again = archiving([romeo, juliet], first);
  await again.log.start();
  const later = await again.login(`${juliet}/b`, 0);
  await turns();
  assert.deepEqual(later.ids, ["2", "3"]);
  assert.deepEqual(stanzaIds(later), [second!.id, third!.id]);
  // What romeo has sent waits for nobody.
  const back = await again.login(`${romeo}/o`, 0);
  await turns();
  assert.deepEqual(back.ids, []);
});

test("a crash before the mark is written delivers once more, with the same id", async () => {
  const first = archiving();
  const sender = await first.login(`${romeo}/o`);
  const receiver = await first.login(`${juliet}/b`, 0);
  sender.send(chat(1));
  await sender.settled();
  await turns();
  const again = archiving([romeo, juliet], first);
  await again.log.start();
  const later = await again.login(`${juliet}/b`, 0);
  await turns();
  assert.deepEqual(stanzaIds(later), stanzaIds(receiver));
});

test("a message to oneself stands once in the archive", async () => {
  const fixture = archiving();
  const own = await fixture.login(`${romeo}/o`, 0);
  own.send(chat(1, romeo));
  await own.settled();
  await turns();
  assert.deepEqual([await fixture.archived(romeo), own.ids], [["1"], ["1"]]);
});

test("removing old entries leaves those that wait", async () => {
  const fixture = archiving();
  const sender = await fixture.login(`${romeo}/o`);
  const receiver = await fixture.login(`${juliet}/b`, 0);
  sender.send(chat(1), chat(2));
  await sender.settled();
  await marked(fixture);
  await receiver.cut();
  sender.send(chat(3), chat(4));
  await sender.settled();
  const archive = archiveOf(fixture);
  await archive.trim(jid(juliet), { newest: 1 });
  assert.deepEqual(await fixture.archived(juliet), ["3", "4"]);
  await archive.trim(jid(juliet), { since: archive.keyAt(1e15) });
  assert.deepEqual(await fixture.archived(juliet), ["3", "4"]);
  await archive.trim(jid(romeo), { newest: 1 });
  assert.deepEqual(await fixture.archived(romeo), ["4"]);
});

test("other sessions of both accounts can have copies, once the message is in the store", async () => {
  const fixture = archiving();
  const copies: string[] = [];
  fixture.hooks.on(messageAccepted, "copy", "test", (message: AcceptedMessage) => {
    const { account, direction, sessions, stanza } = message;
    const names = sessions.map((session) => session.jid.resource);
    copies.push(
      `${direction} ${account} ${names} ${stanza.id} ${stanza.child("stanza-id", STANZA_ID)?.attr("by")}`,
    );
  });
  const sender = await fixture.login(`${romeo}/o`);
  const receiver = await fixture.login(`${juliet}/b`, 0);
  sender.send(chat(1));
  await sender.settled();
  await turns();
  // Nobody else is there.
  assert.deepEqual(copies, []);
  await fixture.login(`${romeo}/other`, -1);
  await fixture.login(`${juliet}/other`, -1);
  const commit = gate();
  fixture.storage.obstacles.commit = commit.wait;
  sender.send(
    chat(2),
    `<message to='${juliet}/b' type='headline' id='3'/>`,
    "<message to='r@elsewhere' id='4'/>",
  );
  await turns();
  assert.deepEqual(copies, []);
  await commit.open();
  await sender.settled();
  assert.deepEqual(copies, [
    `sent ${romeo} o 2 ${romeo}`,
    `received ${juliet} b 2 ${juliet}`,
    `sent ${romeo} o 3 undefined`,
    `received ${juliet} b 3 undefined`,
    `sent ${romeo} o 4 undefined`,
  ]);
  assert.deepEqual(receiver.ids, ["1", "2", "3"]);
});

test("an account that sends much has not much to look through after a restart", async () => {
  const fixture = archiving();
  const sender = await fixture.login(`${romeo}/o`);
  for (let id = 0; id < 600; id++) sender.send(chat(id));
  await sender.settled();
  await marked(fixture);
  const again = archiving([romeo, juliet], fixture);
  await again.log.start();
  let reads = 0;
  again.storage.obstacles.read = () => void reads++;
  await again.log.load(again.homes.of(jid(romeo)));
  // The mark, at most 500 entries in pages of 50, and what is in no archive.
  assert.ok(reads <= 13, `${reads} reads`);
});
