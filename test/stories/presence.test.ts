import assert from "node:assert/strict";
import { lines } from "../support/presence-lines.ts";
import { child, condition, Romeo, text } from "../support/romeo.ts";
import { story, type TestServer } from "../support/server.ts";

/** Two contacts with a subscription in both directions, both offline. */
async function befriend(server: TestServer): Promise<void> {
  const romeo = await Romeo.login(server, "romeo");
  const juliet = await Romeo.login(server, "juliet");
  romeo.send(
    "<presence to='juliet@h.test' type='subscribed'/><presence to='juliet@h.test' type='subscribe'/>",
  );
  await romeo.sync();
  juliet.send(
    "<presence to='romeo@h.test' type='subscribed'/><presence to='romeo@h.test' type='subscribe'/>",
  );
  await juliet.sync();
  await romeo.close();
  await juliet.close();
}

story("contacts see each other come, change and go", { accounts: ["romeo", "juliet"] }, async (server) => {
  await befriend(server);
  const romeo = await Romeo.login(server, "romeo", { resource: "orchard" });
  const juliet = await Romeo.login(server, "juliet", {
    resource: "balcony",
    presence: "<presence><show>dnd</show><status>asleep</status></presence>",
  });
  assert.deepEqual(lines(await juliet.sync()), ["presence available romeo@h.test/orchard > juliet@h.test"]);
  const [seen, ...rest] = await romeo.sync();
  assert.deepEqual(lines([seen!]), ["presence available juliet@h.test/balcony > romeo@h.test"]);
  assert.deepEqual([text(child(seen!, "show")), text(child(seen!, "status"))], ["dnd", "asleep"]);
  assert.deepEqual(rest, []);

  // A second resource: it learns of the first and of the contact, and they of it.
  const phone = await Romeo.login(server, "juliet", { resource: "phone" });
  assert.deepEqual(lines(await phone.sync()), [
    "presence available juliet@h.test/balcony > juliet@h.test",
    "presence available romeo@h.test/orchard > juliet@h.test",
  ]);
  assert.deepEqual(lines(await juliet.sync()), ["presence available juliet@h.test/phone > juliet@h.test"]);
  assert.deepEqual(lines(await romeo.sync()), ["presence available juliet@h.test/phone > romeo@h.test"]);

  phone.send("<presence type='unavailable'><status>bye</status></presence>");
  assert.deepEqual(lines(await phone.sync()), ["presence unavailable juliet@h.test/phone > juliet@h.test"]);
  const [gone] = await romeo.sync();
  assert.equal(text(child(gone!, "status")), "bye");
  assert.deepEqual(lines(await juliet.sync()), ["presence unavailable juliet@h.test/phone > juliet@h.test"]);
  await phone.close();
  assert.deepEqual(lines(await romeo.sync()), []);

  // The connection breaks without a word.
  juliet.destroy();
  const lost = await romeo.expect("presence", { type: "unavailable" });
  assert.deepEqual(lines([lost]), ["presence unavailable juliet@h.test/balcony > romeo@h.test"]);
  assert.deepEqual(lines(await romeo.sync()), []);
});

story(
  "a login that replaces another one is seen as going and coming, in this order",
  { accounts: ["romeo", "juliet"] },
  async (server) => {
    await befriend(server);
    const romeo = await Romeo.login(server, "romeo");
    const first = await Romeo.login(server, "juliet", { resource: "balcony" });
    await romeo.sync();
    await Romeo.login(server, "juliet", { resource: "balcony" });
    assert.equal(condition(await first.expect("error")), "conflict");
    assert.deepEqual(lines(await romeo.sync()), [
      "presence unavailable juliet@h.test/balcony > romeo@h.test",
      "presence available juliet@h.test/balcony > romeo@h.test",
    ]);
  },
);

story(
  "D18: directed presence ends with its session, for those who got it and for nobody else",
  { accounts: ["romeo", "juliet", "friend"] },
  async (server) => {
    await befriend(server);
    const romeo = await Romeo.login(server, "romeo");
    const friend = await Romeo.login(server, "friend", { resource: "f" });
    const hidden = await Romeo.login(server, "juliet", { resource: "hidden", presence: false });
    hidden.send(`<presence to='${friend.jid}'><show>chat</show></presence>`);
    await hidden.sync();
    assert.deepEqual(lines(await friend.sync()), [
      "presence available juliet@h.test/hidden > friend@h.test/f",
    ]);
    hidden.destroy();
    const end = await friend.expect("presence", { type: "unavailable" });
    assert.deepEqual(lines([end]), ["presence unavailable juliet@h.test/hidden > friend@h.test/f"]);
    assert.deepEqual(lines(await romeo.sync()), []);

    // The same after she was available and said that she is not any more.
    const juliet = await Romeo.login(server, "juliet", { resource: "balcony" });
    juliet.send(`<presence type='unavailable'/><presence to='${friend.jid}'/>`);
    await juliet.sync();
    await romeo.sync();
    await friend.sync();
    juliet.destroy();
    await friend.expect("presence", { type: "unavailable" });
    assert.deepEqual(lines(await romeo.sync()), []);
  },
);

story(
  "priorities: the highest gets messages for the account, a negative one never",
  { accounts: ["romeo", "juliet"] },
  async (server) => {
    const at = (priority: number): string => `<presence><priority>${priority}</priority></presence>`;
    const romeo = await Romeo.login(server, "romeo");
    const low = await Romeo.login(server, "juliet", { resource: "low", presence: at(1) });
    const high = await Romeo.login(server, "juliet", { resource: "high", presence: at(127) });
    const deaf = await Romeo.login(server, "juliet", { resource: "deaf", presence: at(-128) });
    const all = [low, high, deaf];
    await Promise.all(all.map((one) => one.sync()));
    const who = async (): Promise<string[]> => {
      romeo.send("<message to='juliet@h.test' type='chat'><body>hi</body></message>");
      assert.deepEqual(await romeo.sync(), []);
      const got = await Promise.all(
        all.map(async (one) => (await one.sync()).some(({ name }) => name === "message")),
      );
      return all.filter((_one, index) => got[index]).map(({ jid }) => jid.slice(jid.indexOf("/") + 1));
    };
    assert.deepEqual(await who(), ["high"]);
    low.send(at(127));
    await low.sync();
    assert.deepEqual(await who(), ["low", "high"]);
    high.send(at(-1));
    low.send("<presence type='unavailable'/>");
    await Promise.all([high.sync(), low.sync()]);
    assert.deepEqual(await who(), []);
    deaf.send(at(0));
    const kept = await deaf.expect("message");
    assert.equal(text(child(kept, "body")), "hi");
    for (const wrong of ["128", "-129", "high", "1</priority><priority>2"]) {
      low.send(`<presence id='wrong'><priority>${wrong}</priority></presence>`);
      const error = await low.expect("presence", { id: "wrong" });
      assert.equal(condition(error), "bad-request", wrong);
    }
  },
);

story("presence that makes no sense is a bad request", { accounts: ["romeo"] }, async (server) => {
  const romeo = await Romeo.login(server, "romeo");
  for (const head of [
    "type='available'",
    "type='subscribe'",
    "type='odd' to='romeo@h.test'",
    "type='odd' to='a@b.test'",
  ]) {
    romeo.send(`<presence id='x' ${head}/>`);
    assert.equal(condition(await romeo.expect("presence", { id: "x" })), "bad-request", head);
  }
  assert.deepEqual(lines(await romeo.sync()), []);
});
