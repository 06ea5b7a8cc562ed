import assert from "node:assert/strict";
import { test } from "node:test";
import { ask } from "../../test/support/asking.ts";
import { HOST, InProcess } from "../../test/support/in-process.ts";

test("whoever asks for a session has it, with and without an address", async () => {
  const server = new InProcess({ accounts: ["romeo"] });
  const romeo = await server.login(`romeo@${HOST}/a`);
  for (const to of [undefined, HOST]) {
    const answer = await ask(romeo, "set", "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/>", to);
    assert.equal(answer.type, "result");
    assert.equal(answer.children.length, 0);
  }
});
