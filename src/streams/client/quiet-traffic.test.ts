import assert from "node:assert/strict";
import { test } from "node:test";
import { stanza } from "../../../test/support/stanzas.ts";
import { QuietTraffic } from "./quiet-traffic.ts";

const ids = (quiet: QuietTraffic): unknown[] => quiet.take().map(({ id }) => id);
const from = (who: string, xml: string) => stanza(`${who}@h.test/x`, xml);
const STATE = "<composing xmlns='http://jabber.org/protocol/chatstates'/>";

test("presence and who is typing wait, the latest of each sender, in order", () => {
  const quiet = new QuietTraffic();
  const waits = [
    from("romeo", "<presence id='1'/>"),
    from("nurse", "<presence id='2'/>"),
    from("nurse", `<message type='chat' id='3'>${STATE}<thread>t</thread></message>`),
    from("romeo", "<presence id='4' type='unavailable'/>"),
    from(
      "romeo",
      `<message type='chat' id='5'>${STATE}<no-store xmlns='urn:xmpp:hints'/><origin-id xmlns='urn:xmpp:sid:0' id='i'/></message>`,
    ),
  ];
  for (const one of waits) assert.equal(quiet.hold(one), true, String(one.id));
  assert.deepEqual(ids(quiet), ["2", "3", "4", "5"]);
  assert.deepEqual(ids(quiet), []);
});

test("whatever somebody may be waiting for does not wait", () => {
  const quiet = new QuietTraffic();
  for (const xml of [
    "<message type='chat'><body>b</body></message>",
    `<message type='chat'><body>b</body>${STATE}</message>`,
    `<message type='chat'>${STATE}<receipt xmlns='urn:r'/></message>`,
    `<message type='error'>${STATE}</message>`,
    "<message/>",
    "<message><thread>t</thread></message>",
    "<iq type='get' id='1'><q xmlns='urn:q'/></iq>",
    "<presence type='subscribe'/>",
    "<presence type='error'/>",
  ])
    assert.equal(quiet.hold(from("romeo", xml)), false, xml);
  assert.deepEqual(ids(quiet), []);
});

test("not more waits than so many, or so much", () => {
  const many = new QuietTraffic();
  for (let n = 0; n < 200; n++) assert.equal(many.hold(from(`u${n}`, "<presence/>")), true);
  assert.equal(many.hold(from("one-more", "<presence/>")), false);
  assert.equal(many.take().length, 200);
  assert.equal(many.hold(from("one-more", "<presence/>")), true);
  const large = new QuietTraffic();
  const status = `<presence><status>${"x".repeat(50_000)}</status></presence>`;
  const held = ["a", "b", "c", "d"].map((who) => large.hold(from(who, status)));
  assert.deepEqual(held, [true, true, true, false]);
  // The latest of a sender takes the place of the one before.
  const same = new QuietTraffic();
  for (let n = 0; n < 10; n++) assert.equal(same.hold(from("romeo", status)), true);
});
