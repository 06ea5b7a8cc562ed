import assert from "node:assert/strict";
import { test } from "node:test";
import { SteppedWorld } from "../../../test/support/stepped-world.ts";
import { Jid } from "../../xmpp/jid.ts";
import { WebSessions } from "./web-sessions.ts";

const admin = Jid.parse("admin@h.test/phone")!;
const other = Jid.parse("other@h.test")!;
const MINUTE = 60_000;

function setting(): { world: SteppedWorld; sessions: WebSessions; staying: Set<string> } {
  const world = new SteppedWorld();
  const staying = new Set(["admin@h.test", "other@h.test"]);
  const sessions = new WebSessions({ world, mayStay: async (account) => staying.has(account.toString()) });
  return { world, sessions, staying };
}

test("a session is found by what its cookie holds, until it is closed", async () => {
  const { sessions } = setting();
  const { text, session } = sessions.open(admin, "192.0.2.1");
  assert.match(text, /^[\w-]{43}$/);
  assert.notEqual(text, session.csrf);
  assert.equal((await sessions.find(text))?.account.toString(), "admin@h.test");
  assert.equal(await sessions.find(session.csrf), undefined);
  sessions.close(text);
  assert.equal(await sessions.find(text), undefined);
  assert.equal(session.signal.aborted, true);
});

test("it ends an hour after its last request, and after twelve in any case", async () => {
  const { world, sessions } = setting();
  const idle = sessions.open(admin, "192.0.2.1");
  const busy = sessions.open(admin, "192.0.2.1");
  for (let times = 1; times <= 12; times++) {
    world.pass(59 * MINUTE);
    assert.ok(await sessions.find(busy.text), `after ${times * 59} minutes`);
  }
  assert.equal(await sessions.find(idle.text), undefined);
  world.pass(20 * MINUTE);
  assert.equal(await sessions.find(busy.text), undefined);
});

test("what is live on a page ends with the time of its session", () => {
  const { world, sessions } = setting();
  const { session } = sessions.open(admin, "192.0.2.1");
  world.pass(59 * MINUTE);
  sessions.expire();
  assert.equal(session.signal.aborted, false);
  world.pass(MINUTE);
  sessions.expire();
  assert.equal(session.signal.aborted, true);
});

test("log-out everywhere ends those of the account and no others", async () => {
  const { sessions } = setting();
  const [first, second] = [sessions.open(admin, "192.0.2.1"), sessions.open(admin.bare, "192.0.2.2")];
  const stranger = sessions.open(other, "192.0.2.1");
  assert.equal(sessions.closeAll(admin), 2);
  for (const { text, session } of [first, second]) {
    assert.equal(await sessions.find(text), undefined);
    assert.equal(session.signal.aborted, true);
  }
  assert.ok(await sessions.find(stranger.text));
});

test("an account that is gone or banned is logged out", async () => {
  const { sessions, staying } = setting();
  const { text, session } = sessions.open(admin, "192.0.2.1");
  staying.delete("admin@h.test");
  assert.equal(await sessions.find(text), undefined);
  assert.equal(session.signal.aborted, true);
});

test("an account has twenty at most; the oldest makes room", async () => {
  const { sessions } = setting();
  const all = Array.from({ length: 25 }, () => sessions.open(admin, "192.0.2.1").text);
  const there = await Promise.all(all.map((text) => sessions.find(text)));
  assert.deepEqual(
    there.map((one) => one !== undefined),
    all.map((_, index) => index >= 5),
  );
});
