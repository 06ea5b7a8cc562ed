import assert from "node:assert/strict";
import { test } from "node:test";
import { ABROAD, HOST, InProcess } from "../../test/support/in-process.ts";

const delay = (from: string): string =>
  `<delay xmlns='urn:xmpp:delay' from='${from}' stamp='2002-09-10T23:08:25Z'/>`;

test("notes of delays that pretend to be ours go, all others stay", async () => {
  const server = new InProcess({ accounts: ["alice"] });
  const alice = await server.login(`alice@${HOST}/a`);
  const stays = [
    delay(ABROAD),
    delay(`rooms.${HOST}`),
    delay(`bob@${HOST}`),
    delay("@"),
    "<delay xmlns='urn:xmpp:delay' stamp='2002-09-10T23:08:25Z'/>",
  ].join("");
  const xml = `<message to='alice@${HOST}' type='headline'>${delay(HOST)}${stays}${delay("H.TEST")}<body>1</body></message>`;
  await server.arrive(`mal@${ABROAD}/m`, xml);
  assert.equal(alice.take()[0]?.inner.toString(), `${stays}<body>1</body>`);
});
