import assert from "node:assert/strict";
import { RawStream } from "../support/raw-stream.ts";
import { authenticate, child, condition, Romeo, text } from "../support/romeo.ts";
import { toBase64 } from "../support/scram-client.ts";
import { story, type TestServer } from "../support/server.ts";

// Commands about accounts beyond registration: what clients get to feel of them.

const SASL = "urn:ietf:params:xml:ns:xmpp-sasl";

async function ok(server: TestServer, ...words: string[]): Promise<string> {
  const { out, err, exit } = await server.command(...words);
  assert.equal(exit, 0, `${words.join(" ")}: ${out}${err}`);
  return out;
}

async function connect(server: TestServer): Promise<RawStream> {
  const stream = await RawStream.connectTls(server.tlsPort, server.host);
  await stream.open();
  await stream.next();
  return stream;
}

/** What PLAIN ends in: the condition and its text. */
async function plain(server: TestServer, user: string, password: string): Promise<string> {
  const stream = await connect(server);
  stream.write(`<auth xmlns='${SASL}' mechanism='PLAIN'>${toBase64(`\0${user}\0${password}`)}</auth>`);
  const answer = await stream.next();
  stream.destroy();
  return answer.name === "success"
    ? "success"
    : `${condition({ ...answer, name: "error" })}: ${text(child(answer, "text"))}`;
}

story(
  "ban_account: sessions end with the reason, no mechanism lets in, unban_account brings the old password back",
  { accounts: ["romeo", "juliet"] },
  async (server) => {
    const romeo = await Romeo.login(server, "romeo");
    const early = await connect(server);
    await authenticate(early, "romeo", "secret");
    await early.open();
    await early.next();
    assert.equal(await ok(server, "ban_account", "romeo", "h.test", "spamming"), "");
    for (const stream of [romeo.stream, early]) {
      const error = await stream.find(({ name }) => name === "error", "the end");
      assert.equal(`${condition(error)}: ${text(child(error, "text"))}`, "conflict: spamming");
      await stream.end();
    }
    assert.equal(await plain(server, "romeo", "secret"), "account-disabled: Account is banned: spamming");
    // Who does not know the password learns nothing.
    assert.equal(await plain(server, "romeo", "wrong"), "not-authorized: ");
    const scram = await connect(server);
    await assert.rejects(authenticate(scram, "romeo", "secret"), /account-disabled/);
    scram.destroy();
    assert.equal(await plain(server, "juliet", "secret"), "success");
    assert.equal((await server.command("check_password", "romeo", "h.test", "secret")).exit, 0);
    assert.equal(await ok(server, "unban_account", "romeo", "h.test"), "");
    await Romeo.login(server, "romeo");
  },
);

story(
  "a ban without a reason has one, and goes with its account",
  { accounts: ["romeo"] },
  async (server) => {
    await ok(server, "ban_account", "romeo", "h.test", "");
    assert.equal(
      await plain(server, "romeo", "secret"),
      "account-disabled: Account is banned: Kicked by administrator",
    );
    await ok(server, "unregister", "romeo", "h.test");
    await server.register("romeo", "new");
    assert.equal(await plain(server, "romeo", "new"), "success");
  },
);

story(
  "get_ban_details, list_banned, count_banned",
  { accounts: ["romeo", "juliet"], hosts: ["h.test", "other.test"] },
  async (server) => {
    await server.register("nurse", "secret", "other.test");
    await Romeo.login(server, "juliet");
    await ok(server, "ban_account", "romeo", "h.test", "spamming");
    await ok(server, "ban_account", "juliet", "h.test", "noise");
    await ok(server, "ban_account", "nurse", "other.test", "x");
    assert.match(
      await ok(server, "get_ban_details", "romeo", "h.test"),
      /^reason\tspamming\nbandate\t\d{4}-.*Z\nlastdate\t\d{4}-.*Z\nlastreason\tRegistered but didn't login\n$/,
    );
    assert.match(await ok(server, "get_ban_details", "juliet", "h.test"), /\nlastreason\tONLINE\n$/);
    assert.equal(await ok(server, "list_banned", "h.test"), "juliet@h.test\nromeo@h.test\n");
    assert.equal(await ok(server, "list_banned", "all"), "juliet@h.test\nromeo@h.test\nnurse@other.test\n");
    assert.equal(await ok(server, "count_banned", "h.test"), "2\n");
    assert.equal(await ok(server, "count_banned", "all"), "3\n");
    const refusals: readonly (readonly [string[], string])[] = [
      [["ban_account", "romeo", "h.test", "again"], "Error: conflict: romeo@h.test is banned already.\n"],
      [["ban_account", "nobody", "h.test", "x"], "Error: not_found: There is no account nobody@h.test.\n"],
      [["unban_account", "nobody", "h.test"], "Error: not_found: There is no account nobody@h.test.\n"],
    ];
    for (const [words, out] of refusals)
      assert.deepEqual(await server.command(...words), { out, err: "", exit: 1 });
    await ok(server, "unban_account", "romeo", "h.test");
    assert.equal((await server.command("unban_account", "romeo", "h.test")).exit, 1);
    assert.deepEqual(await server.command("get_ban_details", "romeo", "h.test"), {
      out: "",
      err: "romeo@h.test is not banned.\n",
      exit: 0,
    });
  },
);

story(
  "get_last and set_last; contacts see what was set",
  { accounts: ["romeo", "juliet"] },
  async (server) => {
    assert.match(
      await ok(server, "get_last", "juliet", "h.test"),
      /^\d{4}-\d\d-\d\dT[\d:.]+Z\tRegistered but didn't login\n$/,
    );
    const romeo = await Romeo.login(server, "romeo");
    const juliet = await Romeo.login(server, "juliet");
    romeo.send("<presence to='juliet@h.test' type='subscribe'/>");
    await juliet.expect("presence", { type: "subscribe" });
    juliet.send("<presence to='romeo@h.test' type='subscribed'/>");
    await romeo.expect("presence", { from: juliet.jid });
    assert.match(await ok(server, "get_last", "juliet", "h.test"), /\tONLINE\n$/);
    juliet.send("<presence type='unavailable'><status>to bed</status></presence>");
    await juliet.close();
    await romeo.expect("presence", { from: juliet.jid, type: "unavailable" });
    // The end of a session is written behind its last stanza.
    while (!(await ok(server, "get_last", "juliet", "h.test")).endsWith("\tto bed\n"));
    const hour = Math.floor(Date.now() / 1000) - 3600;
    await ok(server, "set_last", "juliet", "h.test", String(hour), "at the ball");
    assert.equal(
      await ok(server, "get_last", "juliet", "h.test"),
      `${new Date(hour * 1000).toISOString()}\tat the ball\n`,
    );
    const query = child(await romeo.ask("get", "<query xmlns='jabber:iq:last'/>", "juliet@h.test"), "query")!;
    assert.equal(text(query), "at the ball");
    assert.match(query.attributes["seconds"]!, /^36\d\d$/);
    assert.equal((await server.command("get_last", "nobody", "h.test")).exit, 1);
    assert.equal((await server.command("set_last", "juliet", "h.test", "-5", "")).exit, 1);
  },
);

story(
  "delete_old_users: who was here stays, so do administrators and those who are connected",
  {
    accounts: ["romeo", "juliet", "paris", "nurse"],
    hosts: ["h.test", "other.test"],
    configuration: "admins: [nurse@h.test]",
  },
  async (server) => {
    await server.register("tybalt", "secret", "other.test");
    assert.equal(await ok(server, "delete_old_users", "1"), "Deleted 0 users: []\n");
    const romeo = await Romeo.login(server, "romeo");
    for (const user of ["romeo", "juliet", "nurse"]) await ok(server, "set_last", user, "h.test", "1000", "");
    await ok(server, "set_last", "tybalt", "other.test", "1000", "");
    assert.equal(
      await ok(server, "delete_old_users_vhost", "h.test", "1"),
      "Deleted 1 users: [juliet@h.test]\n",
    );
    assert.equal(await ok(server, "delete_old_users", "1"), "Deleted 1 users: [tybalt@other.test]\n");
    assert.equal(await plain(server, "juliet", "secret"), "not-authorized: ");
    assert.equal(await plain(server, "paris", "secret"), "success");
    assert.equal(await plain(server, "nurse", "secret"), "success");
    await romeo.sync();
    assert.equal((await server.command("delete_old_users", "-1")).exit, 1);
  },
);
