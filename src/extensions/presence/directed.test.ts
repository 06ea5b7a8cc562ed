import assert from "node:assert/strict";
import { test } from "node:test";
import { jid } from "../../../test/support/stanzas.ts";
import { StanzaError } from "../../xmpp/errors.ts";
import { DirectedPresence } from "./directed.ts";

const room = jid("room@rooms.test/nick");
const friend = jid("friend@abroad.test");

test("each address is remembered once, and taken once", () => {
  const directed = new DirectedPresence();
  directed.add(room, 10);
  directed.add(room, 10);
  directed.add(friend, 10);
  assert.deepEqual(directed.take().map(String), [`${room}`, `${friend}`]);
  assert.deepEqual(directed.take(), []);
});

test("covers the address and, by its bare JID, its resources; reaches the bare JID", () => {
  const directed = new DirectedPresence();
  directed.add(room, 10);
  directed.add(friend, 10);
  assert.equal(directed.covers(room), true);
  assert.equal(directed.covers(jid("room@rooms.test/other")), false);
  assert.equal(directed.covers(jid("friend@abroad.test/phone")), true);
  assert.equal(directed.reaches(room.bare), true);
  assert.equal(directed.reaches(jid("other@rooms.test")), false);
});

test("the limit counts addresses, and what leaves makes room", () => {
  const directed = new DirectedPresence();
  directed.add(room, 2);
  directed.add(jid("room@rooms.test/two"), 2);
  assert.throws(() => directed.add(friend, 2), StanzaError);
  assert.equal(directed.reaches(friend), false);
  directed.delete(jid("room@rooms.test/two"));
  directed.delete(jid("room@rooms.test/two"));
  directed.add(friend, 2);
  assert.throws(() => directed.add(jid("x@y.test"), 2), StanzaError);
  directed.deleteAll(room.bare);
  directed.add(jid("x@y.test"), 2);
  assert.equal(directed.reaches(room.bare), false);
  assert.equal(directed.take().length, 2);
});

test("some are taken, the others stay, and there is room again", () => {
  const directed = new DirectedPresence();
  for (const one of [room, jid("room@rooms.test/two"), friend]) directed.add(one, 3);
  assert.deepEqual(directed.takeThose((entity) => entity.domain === "rooms.test").map(String), [
    room.toString(),
    "room@rooms.test/two",
  ]);
  assert.equal(directed.reaches(room.bare), false);
  directed.add(jid("x@y.test"), 2);
  assert.deepEqual(directed.take().map(String), [friend.toString(), "x@y.test"]);
});

test("names that mean something to JavaScript are names (D25)", () => {
  const directed = new DirectedPresence();
  for (const name of ["__proto__", "constructor", "tostring"]) {
    assert.equal(directed.reaches(jid(`${name}@h.test`)), false);
    directed.add(jid(`${name}@h.test/__proto__`), 10);
    assert.equal(directed.covers(jid(`${name}@h.test/__proto__`)), true);
    assert.equal(directed.covers(jid(`${name}@h.test/constructor`)), false);
  }
});

test("whom presence was sent to is known again after a restart", () => {
  const directed = new DirectedPresence();
  assert.equal(directed.empty, true);
  const entities = ["room@muc.test/me", "romeo@h.test", "romeo@h.test/o"].map((text) => jid(text));
  for (const entity of entities) directed.add(entity, 10);
  assert.equal(directed.empty, false);
  assert.deepEqual(DirectedPresence.to(directed.all()).all().map(String), directed.all().map(String));
  assert.equal(directed.all().length, 3);
});
