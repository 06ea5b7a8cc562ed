import assert from "node:assert/strict";
import { test } from "node:test";
import { chat, RoutingFixture } from "../../test/support/routing-fixture.ts";
import { jid } from "../../test/support/stanzas.ts";
import { Homes } from "./homes.ts";

test("a home stays while it is in use, and goes when there are too many", () => {
  const homes = new Homes();
  const busy = homes.of(jid("busy@h.test"));
  busy.pending.add(1, false);
  const idle = homes.of(jid("idle@h.test"));
  for (let n = 0; n < 10_050; n++) homes.of(jid(`user${n}@h.test`));
  assert.equal(homes.peek(jid("busy@h.test")), busy);
  assert.equal(homes.peek(jid("idle@h.test")), undefined);
  assert.notEqual(homes.of(jid("idle@h.test")), idle);
});

test("an account that is removed is forgotten, also by those who hold its home", () => {
  const homes = new Homes();
  const home = homes.of(jid("juliet@h.test"));
  homes.forget(jid("juliet@h.test"));
  homes.forget(jid("nobody@h.test"));
  assert.equal(home.forgotten, true);
  assert.equal(homes.peek(jid("juliet@h.test")), undefined);
});

test("available sessions are those that have said so", async () => {
  const fixture = new RoutingFixture();
  const a = await fixture.login("juliet@h.test/a", 1);
  const b = await fixture.login("juliet@h.test/b");
  const home = fixture.homes.peek(jid("juliet@h.test"))!;
  assert.deepEqual(home.available(), [a.session]);
  fixture.setPriority(b.session, -1);
  assert.deepEqual(home.available(), [a.session, b.session]);
  assert.equal(home.find("b"), b.session);
  assert.equal(home.find("c"), undefined);
});

test("a home that was swept while messages wait knows them again", async () => {
  const fixture = new RoutingFixture();
  const romeo = await fixture.login("romeo@h.test/orchard");
  romeo.send(chat(1), chat(2));
  await romeo.settled();
  const first = fixture.homes.peek(jid("juliet@h.test"))!;
  for (let n = 0; n < 10_050; n++) fixture.homes.of(jid(`user${n}@h.test`));
  assert.equal(fixture.homes.peek(jid("juliet@h.test")), undefined);
  romeo.send(chat(3));
  await romeo.settled();
  const second = fixture.homes.peek(jid("juliet@h.test"))!;
  assert.notEqual(second, first);
  assert.equal(second.pending.size, 3);
});
