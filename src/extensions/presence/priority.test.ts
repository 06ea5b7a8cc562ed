import assert from "node:assert/strict";
import { test } from "node:test";
import { stanza } from "../../../test/support/stanzas.ts";
import { StanzaError } from "../../xmpp/errors.ts";
import { priorityOf } from "./priority.ts";

const read = (content: string): number => priorityOf(stanza("a@h.test/r", `<presence>${content}</presence>`));

test("RFC 6121 §4.7.2.3: a whole number from -128 to 127, 0 where there is none", () => {
  assert.equal(read(""), 0);
  assert.equal(read("<show>away</show>"), 0);
  assert.equal(read("<priority/>"), 0);
  assert.equal(read("<priority> </priority>"), 0);
  assert.equal(read("<x xmlns='urn:x'><priority>5</priority></x><priority xmlns='urn:x'>9</priority>"), 0);
  for (const [text, value] of [
    ["0", 0],
    ["1", 1],
    ["+7", 7],
    [" 12\n", 12],
    ["-1", -1],
    ["-128", -128],
    ["127", 127],
    ["007", 7],
  ] as const) {
    assert.equal(read(`<show>chat</show><priority>${text}</priority>`), value, text);
  }
});

test("anything else is a bad request", () => {
  const wrong = ["128", "-129", "1.5", "1e1", "ten", "0x10", "--1", "1 2", "99999999999999999999", "١"];
  for (const text of wrong) {
    assert.throws(
      () => read(`<priority>${text}</priority>`),
      (error) => error instanceof StanzaError && error.condition === "bad-request",
      text,
    );
  }
  for (const content of [
    "<priority>1</priority><priority>2</priority>",
    "<priority/><priority/>",
    "<priority><b/></priority><priority>1</priority>",
  ]) {
    assert.throws(() => read(content), StanzaError, content);
  }
});
