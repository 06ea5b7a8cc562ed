import assert from "node:assert/strict";
import { test } from "node:test";
import { jid } from "../../../test/support/stanzas.ts";
import { StanzaError } from "../../xmpp/errors.ts";
import { circleOf } from "./circle.ts";

const juliet = jid("juliet@h.test");

test("where nobody has a say, everybody is in the circle", async () => {
  const excludes = await circleOf(() => undefined)(juliet);
  assert.equal(excludes(jid("romeo@h.test")), false);
});

test("who has a say may need time for it, and may fail", async () => {
  const circle = circleOf(async (asked) => {
    asked.excludes = (other) => other.domain === asked.account.domain;
    return undefined;
  });
  const excludes = await circle(juliet);
  assert.deepEqual([excludes(jid("romeo@h.test")), excludes(jid("romeo@b.test"))], [true, false]);
  const failing = circleOf(() => new StanzaError("internal-server-error"));
  assert.throws(() => failing(juliet), { condition: "internal-server-error" });
});
