import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, conditionOf } from "../../../test/support/asking.ts";
import { HOST, InProcess, type TestSession } from "../../../test/support/in-process.ts";
import { jid } from "../../../test/support/stanzas.ts";

const ASK = "<vCard xmlns='vcard-temp'/>";
const CARD = "<vCard xmlns='vcard-temp' version='3.0'><FN>Romeo &lt;M&gt;</FN><N><FAMILY/></N></vCard>";
const ROMEO = `romeo@${HOST}`;

async function two(options = {}): Promise<{ romeo: TestSession; juliet: TestSession }> {
  const server = new InProcess({ accounts: ["romeo", "juliet"], options });
  return { romeo: await server.login(`${ROMEO}/a`), juliet: await server.login(`juliet@${HOST}/b`) };
}

test("a vCard comes back as it was set, to its owner and to others", async () => {
  const { romeo, juliet } = await two();
  assert.equal((await ask(romeo, "get", ASK)).inner.toString(), ASK);
  assert.equal((await ask(romeo, "set", CARD)).type, "result");
  for (const [who, to] of [
    [romeo, undefined],
    [romeo, ROMEO],
    [juliet, ROMEO],
  ] as const) {
    const answer = await ask(who, "get", ASK, to);
    assert.equal(answer.type, "result");
    assert.equal(answer.inner.toString(), CARD);
  }
});

test("an account without a vCard looks like one that is missing; so does every attempt to write another's", async () => {
  const { juliet } = await two();
  for (const [type, content] of [
    ["get", ASK],
    ["set", CARD],
  ] as const) {
    const answer = await ask(juliet, type, content, ROMEO);
    assert.equal(conditionOf(answer), "service-unavailable");
    const missing = await ask(juliet, type, content, `nobody@${HOST}`);
    assert.deepEqual(missing.with({ from: jid(ROMEO) }).bytes(), answer.bytes());
  }
});

test("the host has none", async () => {
  const { juliet } = await two();
  assert.equal(conditionOf(await ask(juliet, "get", ASK, HOST)), "item-not-found");
  assert.equal(conditionOf(await ask(juliet, "set", CARD, HOST)), "service-unavailable");
});

test("one that is too large is refused and the old one stays; an empty one removes it", async () => {
  const { romeo } = await two({ vcard: { size: 1024 } });
  await ask(romeo, "set", CARD);
  const large = `<vCard xmlns='vcard-temp'><PHOTO><BINVAL>${"A".repeat(1100)}</BINVAL></PHOTO></vCard>`;
  assert.equal(conditionOf(await ask(romeo, "set", large)), "policy-violation");
  assert.equal((await ask(romeo, "get", ASK)).inner.toString(), CARD);
  assert.equal((await ask(romeo, "set", ASK)).type, "result");
  assert.equal((await ask(romeo, "get", ASK)).inner.toString(), ASK);
});
