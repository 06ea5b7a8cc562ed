import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, conditionOf } from "../../test/support/asking.ts";
import { HOST, InProcess } from "../../test/support/in-process.ts";

const PING = "<ping xmlns='urn:xmpp:ping'/>";

test("the server answers for itself and for the one who asks, and for nobody else", async () => {
  const server = new InProcess({ accounts: ["romeo", "juliet"] });
  const romeo = await server.login(`romeo@${HOST}/a`);
  for (const to of [undefined, HOST, `romeo@${HOST}`]) {
    const answer = await ask(romeo, "get", PING, to);
    assert.equal(answer.type, "result", String(to));
    assert.equal(answer.children.length, 0);
    assert.equal(String(answer.from), to ?? `romeo@${HOST}`);
  }
  for (const to of [`juliet@${HOST}`, `nobody@${HOST}`, `juliet@${HOST}/a`]) {
    assert.equal(conditionOf(await ask(romeo, "get", PING, to)), "service-unavailable", to);
  }
  assert.equal(conditionOf(await ask(romeo, "set", PING, HOST)), "service-unavailable");
});
