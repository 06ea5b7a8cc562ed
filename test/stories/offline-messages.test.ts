import assert from "node:assert/strict";
import { test } from "node:test";
import { child, condition, type Element, Romeo, text } from "../support/romeo.ts";
import { story, TestServer } from "../support/server.ts";

const isMessage = (element: Element): boolean => element.name === "message";
const bodies = (elements: readonly Element[]): string[] =>
  elements.filter(isMessage).map((element) => text(child(element, "body")));

story(
  "what was written to somebody offline comes at the next login, in order, once, with its time",
  { accounts: ["romeo", "juliet"] },
  async (server) => {
    const romeo = await Romeo.login(server, "romeo");
    const before = Date.now();
    for (let n = 1; n <= 120; n++)
      romeo.send(`<message to='juliet@h.test' type='chat'><body>${n}</body></message>`);
    assert.deepEqual(await romeo.sync(), []);
    const juliet = await Romeo.login(server, "juliet");
    const received: Element[] = [];
    while (received.length < 120)
      received.push(await juliet.find(isMessage, `message ${received.length + 1}`));
    assert.deepEqual(
      bodies(received),
      Array.from({ length: 120 }, (_one, index) => String(index + 1)),
    );
    const delay = child(received[0]!, "delay", "urn:xmpp:delay")!;
    assert.equal(delay.attributes["from"], "h.test");
    const stamp = Date.parse(delay.attributes["stamp"]!);
    assert.ok(stamp >= before - 1 && stamp <= Date.now(), `stamped ${stamp}`);
    await juliet.sync();
    await juliet.close();
    const again = await Romeo.login(server, "juliet");
    assert.deepEqual(bodies(await again.sync()), []);
  },
);

story(
  "messages go to the log before anybody has them: what comes while old ones are delivered comes behind them",
  { accounts: ["romeo", "juliet"] },
  async (server) => {
    const romeo = await Romeo.login(server, "romeo");
    for (let n = 1; n <= 60; n++) romeo.send(`<message to='juliet@h.test'><body>${n}</body></message>`);
    await romeo.sync();
    const juliet = await Romeo.login(server, "juliet", { presence: false });
    juliet.send("<presence/>");
    for (let n = 61; n <= 120; n++) romeo.send(`<message to='juliet@h.test'><body>${n}</body></message>`);
    const received: Element[] = [];
    while (received.length < 120)
      received.push(await juliet.find(isMessage, `message ${received.length + 1}`));
    assert.deepEqual(
      bodies(received),
      Array.from({ length: 120 }, (_one, index) => String(index + 1)),
    );
  },
);

story(
  "a resource of negative priority gets nothing that waited",
  { accounts: ["romeo", "juliet"] },
  async (server) => {
    const romeo = await Romeo.login(server, "romeo");
    romeo.send("<message to='juliet@h.test'><body>1</body></message>");
    await romeo.sync();
    const juliet = await Romeo.login(server, "juliet", {
      presence: "<presence><priority>-1</priority></presence>",
    });
    assert.deepEqual(bodies(await juliet.sync()), []);
    juliet.send("<presence><priority>0</priority></presence>");
    assert.equal(text(child(await juliet.expect("message"), "body")), "1");
  },
);

story("what should not be kept is not", { accounts: ["romeo", "juliet"] }, async (server) => {
  const romeo = await Romeo.login(server, "romeo");
  const to = "to='juliet@h.test'";
  romeo.send(`<message ${to}><body>1</body><no-store xmlns='urn:xmpp:hints'/></message>`);
  romeo.send(
    `<message ${to} type='chat'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>`,
  );
  romeo.send(`<message ${to} type='headline'><body>2</body></message>`);
  romeo.send(`<message ${to} type='error'><body>3</body></message>`);
  assert.deepEqual(await romeo.sync(), []);
  romeo.send(`<message ${to} type='groupchat' id='g'><body>4</body></message>`);
  assert.equal(condition(await romeo.expect("message", { id: "g" })), "service-unavailable");
  romeo.send(`<message ${to}><body>5</body><no-permanent-store xmlns='urn:xmpp:hints'/></message>`);
  await romeo.sync();
  const juliet = await Romeo.login(server, "juliet");
  assert.equal(text(child(await juliet.expect("message"), "body")), "5");
  assert.deepEqual(bodies(await juliet.sync()), []);
});

story(
  "beyond the limit the sender hears of it",
  { accounts: ["romeo", "juliet"], configuration: "limits: {client: {pending_messages: 2}}" },
  async (server) => {
    const romeo = await Romeo.login(server, "romeo");
    for (const n of [1, 2, 3])
      romeo.send(`<message to='juliet@h.test' id='m${n}'><body>${n}</body></message>`);
    const refused = (await romeo.sync()).filter(isMessage);
    assert.deepEqual(
      refused.map((element) => [element.attributes["id"], condition(element)]),
      [["m3", "service-unavailable"]],
    );
    const juliet = await Romeo.login(server, "juliet");
    assert.equal(text(child(await juliet.expect("message"), "body")), "1");
  },
);

test("they outlive the server", async () => {
  const first = await TestServer.start({ driver: "sqlite", accounts: ["romeo", "juliet"] });
  const romeo = await Romeo.login(first, "romeo");
  romeo.send("<message to='juliet@h.test'><body>before</body></message>");
  await romeo.sync();
  await first.stop(true);
  const second = await TestServer.start({ driver: "sqlite", directory: first.directory });
  const juliet = await Romeo.login(second, "juliet");
  assert.equal(text(child(await juliet.expect("message"), "body")), "before");
  await juliet.sync();
  await second.stop(true);
  const third = await TestServer.start({ driver: "sqlite", directory: first.directory });
  const again = await Romeo.login(third, "juliet");
  assert.deepEqual(bodies(await again.sync()), []);
  await third.stop();
});
