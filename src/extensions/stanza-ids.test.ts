import assert from "node:assert/strict";
import { test } from "node:test";
import { ABROAD, HOST, InProcess } from "../../test/support/in-process.ts";

const id = (by: string, name = "stanza-id"): string => `<${name} xmlns='urn:xmpp:sid:0' by='${by}' id='1'/>`;

/** The content without the id that the archive gives, which is the last. */
function withoutOwn(content: string | undefined): string | undefined {
  return content?.replace(/<stanza-id xmlns='urn:xmpp:sid:0' id='[\w-]{22}' by='alice@h\.test'\/>$/, "");
}

test("ids that pretend to be ours go, all others stay", async () => {
  const server = new InProcess({ accounts: ["alice"] });
  const alice = await server.login(`alice@${HOST}/a`);
  const forged = [`alice@${HOST}`, HOST, `ALICE@${HOST.toUpperCase()}`, `${HOST}.`].map((by) => id(by));
  const stays = [
    id(`alice@${HOST}/a`),
    id(`bob@${HOST}`),
    id(ABROAD),
    id(""),
    id("@"),
    "<stanza-id xmlns='urn:xmpp:sid:0' id='2'/>",
    `<stanza-id xmlns='u:other' by='${HOST}'/>`,
    id(HOST, "origin-id"),
  ];
  const mixed = stays.flatMap((one, index) => [forged[index % forged.length]!, one]);
  for (const to of [`alice@${HOST}`, `alice@${HOST}/a`]) {
    await server.arrive(`mal@${ABROAD}/m`, `<message to='${to}'><body>1</body>${mixed.join("")}</message>`);
    const [message] = alice.take();
    assert.equal(withoutOwn(message?.inner.toString()), `<body>1</body>${stays.join("")}`);
  }
});

test("a message without any is the same as before", async () => {
  const server = new InProcess({ accounts: ["alice"] });
  const alice = await server.login(`alice@${HOST}/a`);
  const content = "<body>1</body><x xmlns='u:x'  a = \"1\" />";
  await server.arrive(`mal@${ABROAD}/m`, `<message to='alice@${HOST}'>${content}</message>`);
  assert.equal(withoutOwn(alice.take()[0]?.inner.toString()), content);
});

test("nobody gives ids in the own name to what goes out", async () => {
  const server = new InProcess({ accounts: ["alice"] });
  const alice = await server.login(`alice@${HOST}/a`);
  const content = `<body>1</body>${id(`alice@${HOST}`)}${id(HOST)}${id(`bob@${HOST}`)}${id("x", "origin-id")}`;
  await alice.write(`<message to='bob@${ABROAD}'>${content}</message>`);
  assert.equal(
    server.abroad[0]?.inner.toString(),
    `<body>1</body>${id(`bob@${HOST}`)}${id("x", "origin-id")}`,
  );
});
