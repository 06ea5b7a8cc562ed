import assert from "node:assert/strict";
import { test } from "node:test";
import { knownName } from "./known-names.ts";

function known(text: string): string | undefined {
  const bytes = Buffer.from(`<${text}>`);
  return knownName(bytes, 1, bytes.length - 1);
}

test("a known name is found, its neighbours are not", () => {
  for (const name of [
    "message",
    "a",
    "to",
    "xml:lang",
    "http://jabber.org/protocol/disco#info",
    "urn:xmpp:sid:0",
    "jabber:client",
  ]) {
    assert.equal(known(name), name);
    for (const other of [`${name}x`, name.slice(0, -1), `x${name.slice(1)}`, `${name.slice(0, -1)}\u00e9`]) {
      assert.ok([undefined, other].includes(known(other)), other);
    }
  }
  assert.equal(known(""), undefined);
  assert.equal(known("x".repeat(10_000)), undefined);
});
