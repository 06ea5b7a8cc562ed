import assert from "node:assert/strict";
import { test } from "node:test";
import { gate, turns } from "../../test/support/gate.ts";
import { chat, FixtureClient, RoutingFixture } from "../../test/support/routing-fixture.ts";
import { jid } from "../../test/support/stanzas.ts";
import { sessionEnded } from "../kernel/points.ts";
import { StanzaError } from "../xmpp/errors.ts";

const account = jid("juliet@h.test");

test("sessions of an account in the order of binding, found by their full JIDs", async () => {
  const fixture = new RoutingFixture();
  const { sessions } = fixture;
  assert.deepEqual(
    [sessions.size, sessions.of(account), sessions.find(jid("juliet@h.test/a"))],
    [0, [], undefined],
  );
  const [b, a] = [await fixture.login("juliet@h.test/b"), await fixture.login("juliet@h.test/a")];
  const romeo = await fixture.login("romeo@h.test/a");
  assert.deepEqual(sessions.of(account), [b.session, a.session]);
  assert.equal(sessions.find(jid("juliet@h.test/a")), a.session);
  assert.deepEqual([...sessions.connected()], [b.session, a.session, romeo.session]);
  await b.cut();
  await b.cut();
  assert.deepEqual(sessions.of(account), [a.session]);
  assert.equal(sessions.size, 2);
});

test("a newer session with the same resource waits until its predecessor has gone, with all that it had sent", async () => {
  const fixture = new RoutingFixture();
  const log: string[] = [];
  const commit = gate();
  const cleanup = gate();
  fixture.hooks.on(sessionEnded, "presence", "test", ({ session }) => {
    log.push(`ended ${session.jid}`);
    return cleanup.wait();
  });
  fixture.storage.obstacles.commit = commit.wait;
  const first = await fixture.login("juliet@h.test/a", 0);
  first.send(chat(1, "romeo@h.test"));
  const second = fixture.login("juliet@h.test/a", 0).then(() => log.push("second bound"));
  await turns();
  assert.equal(first.error, "conflict");
  assert.deepEqual(log, []);
  await commit.open();
  assert.deepEqual(log, ["ended juliet@h.test/a"]);
  await cleanup.open();
  await second;
  assert.deepEqual(log, ["ended juliet@h.test/a", "second bound"]);
  assert.equal(fixture.sessions.size, 1);
  assert.equal(fixture.outcomes.counts().get("stored"), 1);
});

test("of two that come at the same time the later stays", async () => {
  const fixture = new RoutingFixture();
  const leaving = gate();
  fixture.hooks.on(sessionEnded, "presence", "test", leaving.wait);
  await fixture.login("juliet@h.test/a");
  const both = [fixture.login("juliet@h.test/a"), fixture.login("juliet@h.test/a")];
  await leaving.open();
  const [second, third] = await Promise.all(both);
  assert.equal(second!.error, "conflict");
  assert.deepEqual(fixture.sessions.of(account), [third!.session]);
});

test("a session whose stream ends while it waits is not added", async () => {
  const fixture = new RoutingFixture();
  const leaving = gate();
  fixture.hooks.on(sessionEnded, "presence", "test", leaving.wait);
  await fixture.login("juliet@h.test/a");
  const second = new FixtureClient(fixture, "juliet@h.test/a", 1000);
  const added = fixture.sessions.add(second.session);
  await turns();
  void second.cut();
  await leaving.open();
  await added;
  assert.equal(fixture.sessions.size, 0);
});

test("an account has as many resources as it may; taking over one of its own is no new one", async () => {
  const fixture = new RoutingFixture({ resources: 2 });
  await fixture.login("juliet@h.test/a");
  await fixture.login("juliet@h.test/b");
  await assert.rejects(fixture.login("juliet@h.test/c"), (error) => {
    assert.ok(error instanceof StanzaError);
    assert.equal(error.condition, "resource-constraint");
    assert.equal(error.application?.name, "resource-limit-exceeded");
    return true;
  });
  await fixture.login("juliet@h.test/a");
  await fixture.login("romeo@h.test/c");
  assert.equal(fixture.sessions.size, 3);
});

test("who goes through the sessions of an account may end them", async () => {
  const fixture = new RoutingFixture();
  for (const resource of ["a", "b", "c"]) await fixture.login(`juliet@h.test/${resource}`);
  const ended: string[] = [];
  for (const session of fixture.sessions.of(account)) {
    ended.push(session.jid.resource);
    session.end("policy-violation");
  }
  assert.deepEqual(ended, ["a", "b", "c"]);
  assert.equal(fixture.sessions.size, 0);
});

test("the end of all is there when nothing is on its way any more", async () => {
  const fixture = new RoutingFixture();
  const cleanup = gate();
  fixture.hooks.on(sessionEnded, "cleanup", "test", cleanup.wait);
  const juliet = await fixture.login("juliet@h.test/a");
  await fixture.sessions.settled();
  void juliet.cut();
  let settled = false;
  const end = fixture.sessions.settled().then(() => {
    settled = true;
  });
  await turns();
  assert.equal(settled, false);
  await cleanup.open();
  await end;
});
