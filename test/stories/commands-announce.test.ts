import assert from "node:assert/strict";
import { child, type Element, Romeo, text } from "../support/romeo.ts";
import { story, type TestServer } from "../support/server.ts";

// Announcements and the message of the day, as users get them.

const hosts = { accounts: ["romeo", "juliet"], hosts: ["h.test", "other.test"] };

async function ok(server: TestServer, ...words: string[]): Promise<string> {
  const { out, err, exit } = await server.command(...words);
  assert.equal(exit, 0, `${words.join(" ")}: ${out}${err}`);
  return out;
}

function shown(message: Element): string {
  const { type, from, to } = message.attributes;
  return [type, from, to, text(child(message, "subject")), text(child(message, "body"))].join("|");
}

/** Messages that have come and were not taken. */
async function messages(session: Romeo): Promise<string[]> {
  return (await session.sync()).filter(({ name }) => name === "message").map(shown);
}

story("announce_send_online: a headline to every session of the host, or of all", hosts, async (server) => {
  await server.register("nurse", "secret", "other.test");
  const phone = await Romeo.login(server, "romeo", { resource: "phone" });
  const hidden = await Romeo.login(server, "romeo", { resource: "hidden", presence: false });
  const nurse = await Romeo.login(server, "nurse", { resource: "r", host: "other.test" });
  assert.equal(await ok(server, "announce_send_online", "h.test", "News", "two\\nlines"), "");
  for (const session of [phone, hidden]) {
    const message = await session.expect("message");
    assert.equal(shown(message), `headline|h.test|${session.jid}|News|two\nlines`);
    assert.equal(child(message, "store", "urn:xmpp:hints"), undefined);
  }
  assert.deepEqual(await messages(nurse), []);
  await ok(server, "announce_send_online", "all", "", "everybody");
  assert.equal(shown(await nurse.expect("message")), `headline|other.test|${nurse.jid}||everybody`);
  assert.equal(shown(await phone.expect("message")), `headline|h.test|${phone.jid}||everybody`);
  assert.equal((await server.command("announce_send_online", "elsewhere.test", "a", "b")).exit, 1);
});

story("announce_send_all reaches those who are away too, later", hosts, async (server) => {
  const romeo = await Romeo.login(server, "romeo");
  const { err, exit } = await server.command("announce_send_all", "h.test", "News", "for all");
  assert.deepEqual([exit, err], [0, "2 users have got it.\n"]);
  assert.equal(shown(await romeo.expect("message")), "headline|h.test|romeo@h.test|News|for all");
  const juliet = await Romeo.login(server, "juliet");
  assert.equal(shown(await juliet.expect("message")), "normal|h.test|juliet@h.test|News|for all");
});

story("a message of the day reaches each user once", hosts, async (server) => {
  const early = await Romeo.login(server, "romeo", { resource: "early" });
  await ok(server, "announce_motd_set_online", "h.test", "Today", "rain");
  assert.equal(shown(await early.expect("message")), `headline|h.test|${early.jid}|Today|rain`);
  const late = await Romeo.login(server, "romeo", { resource: "late" });
  assert.deepEqual(await messages(late), []);
  const juliet = await Romeo.login(server, "juliet", { resource: "one" });
  assert.equal(shown(await juliet.expect("message")), `headline|h.test|${juliet.jid}|Today|rain`);
  // What is written when it has arrived is there for the next session.
  await ok(server, "announce_motd_get", "h.test");
  juliet.send("<presence type='unavailable'/>");
  juliet.send("<presence/>");
  const again = await Romeo.login(server, "juliet", { resource: "two" });
  assert.deepEqual([await messages(juliet), await messages(again)], [[], []]);
  assert.equal(await ok(server, "announce_motd_get", "h.test"), "Today\train\n");
  await ok(server, "announce_motd_update", "h.test", "Today", "sun");
  assert.deepEqual([await messages(juliet), await messages(late)], [[], []]);
  const third = await Romeo.login(server, "juliet", { resource: "three" });
  assert.equal(shown(await third.expect("message")), `headline|h.test|${third.jid}|Today|sun`);
  await ok(server, "announce_motd_delete", "h.test");
  assert.deepEqual(await server.command("announce_motd_get", "h.test"), {
    out: "\t\n",
    err: "h.test has no message of the day.\n",
    exit: 0,
  });
  const fourth = await Romeo.login(server, "romeo", { resource: "four" });
  assert.deepEqual(await messages(fourth), []);
});
