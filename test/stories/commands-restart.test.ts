import assert from "node:assert/strict";
import { test } from "node:test";
import { child, Romeo, text } from "../support/romeo.ts";
import { TestServer } from "../support/server.ts";

test("groups, bans, the message of the day and who has seen it are there after a restart", async () => {
  const first = await TestServer.start({ driver: "sqlite", accounts: ["romeo", "juliet", "paris"] });
  const calls = [
    ["srg_create", "lovers", "h.test", "Lovers", "", "lovers"],
    ["srg_user_add", "romeo", "h.test", "lovers", "h.test"],
    ["srg_user_add", "juliet", "h.test", "lovers", "h.test"],
    ["srg_create", "city", "h.test", "Verona", "", ""],
    ["srg_user_add", "@all@", "h.test", "city", "h.test"],
    ["srg_add_displayed", "lovers", "h.test", "city"],
    ["ban_account", "paris", "h.test", "duels"],
    ["announce_motd_update", "h.test", "Today", "rain"],
  ];
  for (const words of calls) assert.equal((await first.command(...words)).exit, 0, words.join(" "));
  const early = await Romeo.login(first, "romeo");
  await early.expect("message", { type: "headline" });
  await early.sync();
  await first.stop(true);

  const second = await TestServer.start({ driver: "sqlite", directory: first.directory });
  try {
    const romeo = await Romeo.login(second, "romeo");
    const juliet = await Romeo.login(second, "juliet");
    await romeo.expect("presence", { from: juliet.jid });
    const query = child(await romeo.ask("get", "<query xmlns='jabber:iq:roster'/>"), "query")!;
    const jids = query.nodes.map((node) => (typeof node === "string" ? "" : node.attributes["jid"]));
    assert.deepEqual(jids.sort(), ["juliet@h.test", "paris@h.test"]);
    assert.equal(text(child(await juliet.expect("message"), "body")), "rain");
    assert.deepEqual(
      (await romeo.sync()).filter(({ name }) => name === "message"),
      [],
    );
    await assert.rejects(Romeo.login(second, "paris"), /account-disabled/);
  } finally {
    await second.stop();
  }
});
