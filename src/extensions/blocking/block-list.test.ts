import assert from "node:assert/strict";
import { test } from "node:test";
import { jid } from "../../../test/support/stanzas.ts";
import { BlockList } from "./block-list.ts";

const others = [
  "romeo@b.test/orchard",
  "romeo@b.test/street",
  "romeo@b.test",
  "paris@b.test/tomb",
  "b.test/orchard",
  "b.test",
  "x.b.test",
  "romeo@c.test/orchard",
];

/** Which of `others` the items block. */
function blocked(...items: string[]): string[] {
  const list = new BlockList(jid("juliet@h.test"), new Set(items.map((item) => jid(item).toString())));
  return others.filter((other) => list.blocks(jid(other)));
}

test("XEP-0191 §6: a resource, an account, a resource of a domain, a domain", () => {
  assert.deepEqual(blocked(), []);
  assert.deepEqual(blocked("romeo@b.test/orchard"), ["romeo@b.test/orchard"]);
  assert.deepEqual(blocked("romeo@b.test"), ["romeo@b.test/orchard", "romeo@b.test/street", "romeo@b.test"]);
  assert.deepEqual(blocked("b.test/orchard"), ["b.test/orchard"]);
  assert.deepEqual(blocked("b.test"), others.slice(0, 6));
});

test("items are compared as addresses", () => {
  assert.deepEqual(blocked("ROMEO@B.TEST"), blocked("romeo@b.test"));
  assert.deepEqual(blocked("B.Test."), blocked("b.test"));
  const list = new BlockList(jid("juliet@h.test"), new Set(["b.test"]));
  assert.equal(list.blocks(jid("Romeo@B.TEST/x")), true);
});

test("XEP-0191 §5, the note: the own account and its server stay, other accounts of the server do not", () => {
  const own = ["h.test", "juliet@h.test", "juliet@h.test/balcony", "h.test/x"];
  const list = new BlockList(jid("juliet@h.test"), new Set(own));
  for (const one of own) assert.equal(list.blocks(jid(one)), false, one);
  assert.equal(list.blocks(jid("nurse@h.test/x")), true);
  assert.equal(list.blocks(jid("nurse@h.test")), true);
  assert.deepEqual(list.jids().map(String), own);
});
