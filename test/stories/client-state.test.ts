import assert from "node:assert/strict";
import { ManagedClient } from "../support/managed-client.ts";
import { child, type Element, Romeo } from "../support/romeo.ts";
import { story, type TestServer } from "../support/server.ts";

const accounts = ["romeo", "juliet"];
const INACTIVE = "<inactive xmlns='urn:xmpp:csi:0'/>";
const ACTIVE = "<active xmlns='urn:xmpp:csi:0'/>";
const TYPING =
  "<message to='juliet@h.test' type='chat'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>";
const shown = (show: string): string => `<presence to='juliet@h.test'><show>${show}</show></presence>`;
const chat = (id: string): string =>
  `<message to='juliet@h.test' type='chat' id='${id}'><body>${id}</body></message>`;

/** What of this came, without the answers to questions. */
function kinds(elements: readonly Element[]): readonly string[] {
  return elements
    .filter(({ name }) => name === "message" || name === "presence")
    .map((one) => {
      const show = child(one, "show")?.nodes[0];
      return String(show ?? one.attributes["id"] ?? "typing");
    });
}

async function romeoSays(server: TestServer): Promise<Romeo> {
  const romeo = await Romeo.login(server, "romeo");
  romeo.send(shown("away") + TYPING + shown("dnd"));
  await romeo.sync();
  return romeo;
}

story(
  "who does not look is not woken for presence and typing, and hears the latest then",
  { accounts },
  async (server) => {
    const juliet = await Romeo.login(server, "juliet");
    assert.match(juliet.stream.received, /<csi xmlns='urn:xmpp:csi:0'\/>/);
    juliet.send(INACTIVE);
    // An answer would bring along what waits: the question comes before the others speak.
    await juliet.sync();
    const romeo = await romeoSays(server);
    juliet.send(ACTIVE);
    assert.deepEqual(kinds(await juliet.sync()), ["typing", "dnd"]);
    // What wakes brings along the rest, in order; then it is quiet again.
    juliet.send(INACTIVE);
    await juliet.sync();
    romeo.send(shown("xa") + chat("1"));
    assert.equal((await juliet.expect("message")).attributes["id"], "1");
    assert.deepEqual(kinds(juliet.stream.takeAll()), ["xa"]);
    romeo.send(shown("chat"));
    await romeo.sync();
    juliet.send(ACTIVE);
    assert.deepEqual(kinds(await juliet.sync()), ["chat"]);
  },
);

story("a resumed client counts as one that looks, and misses nothing", { accounts }, async (server) => {
  const juliet = await ManagedClient.login(server, "juliet");
  juliet.send(INACTIVE);
  await juliet.sync();
  const romeo = await romeoSays(server);
  const back = await ManagedClient.resume(server, juliet.cut());
  assert.deepEqual(kinds(await back.sync()), ["typing", "dnd"]);
  romeo.send(shown("xa"));
  await romeo.sync();
  assert.deepEqual(kinds(await back.sync()), ["xa"]);
});
