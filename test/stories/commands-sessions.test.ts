import assert from "node:assert/strict";
import { connect } from "node:net";
import { callControl } from "../support/control.ts";
import { child, condition, type Element, Romeo, text } from "../support/romeo.ts";
import { story, type TestServer } from "../support/server.ts";

// Commands about sessions: what they say, and what clients see of them.

const both = { accounts: ["romeo", "juliet"] };

async function ok(server: TestServer, ...words: string[]): Promise<string> {
  const { out, err, exit } = await server.command(...words);
  assert.equal(exit, 0, `${words.join(" ")}: ${out}${err}`);
  return out;
}

function errorText(error: Element): string {
  return `${condition(error)}: ${text(child(error, "text"))}`;
}

/** Juliet's presence goes to Romeo, and Romeo's to her. */
async function befriend(romeo: Romeo, juliet: Romeo): Promise<void> {
  romeo.send(`<presence to='${juliet.account}' type='subscribe'/>`);
  await juliet.expect("presence", { type: "subscribe" });
  juliet.send(`<presence to='${romeo.account}' type='subscribed'/>`);
  await romeo.expect("presence", { from: juliet.jid });
}

/** Resolves with the code of the error that connecting ends with. */
function refusal(port: number): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect(port, "127.0.0.1", () => {
    resolve("none");
    socket.destroy();
  });
  socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? ""));
  return promise;
}

story(
  "kick_session: the chosen session alone ends, with the reason, and contacts see it go",
  both,
  async (server) => {
    const romeo = await Romeo.login(server, "romeo");
    const phone = await Romeo.login(server, "juliet", { resource: "phone" });
    const tablet = await Romeo.login(server, "juliet", { resource: "tablet" });
    await befriend(romeo, phone);
    assert.equal(await ok(server, "kick_session", "juliet", "h.test", "phone", "too loud"), "");
    assert.equal(errorText(await phone.expect("error")), "conflict: too loud");
    await phone.stream.end();
    await romeo.expect("presence", { from: phone.jid, type: "unavailable" });
    assert.equal(
      (await tablet.sync()).some(({ name }) => name === "error"),
      false,
    );
    assert.equal(await ok(server, "user_resources", "juliet", "h.test"), "tablet\n");
  },
);

story(
  "kick_session of what is not there: silent, exit 0, and a sentence on standard error",
  both,
  async (server) => {
    for (const words of [
      ["juliet", "h.test", "phone"],
      ["nobody", "h.test", "phone"],
      ["juliet", "elsewhere.test", "phone"],
    ]) {
      const printed = await server.command("kick_session", ...words, "why");
      assert.deepEqual(printed, {
        out: "",
        err: `There is no session ${words[0]}@${words[1]}/phone.\n`,
        exit: 0,
      });
    }
  },
);

story("kick_user and kick_users end sessions with policy-violation", both, async (server) => {
  const phone = await Romeo.login(server, "juliet", { resource: "phone" });
  const tablet = await Romeo.login(server, "juliet", { resource: "tablet" });
  const romeo = await Romeo.login(server, "romeo");
  assert.equal(await ok(server, "kick_user", "juliet", "h.test"), "Kicked sessions: 2\n");
  for (const session of [phone, tablet]) {
    assert.equal(errorText(await session.expect("error")), "policy-violation: has been kicked");
    await session.stream.end();
  }
  assert.equal(
    (await romeo.sync()).some(({ name }) => name === "error"),
    false,
  );
  assert.equal(await ok(server, "kick_user", "juliet", "h.test"), "Kicked sessions: 0\n");
  assert.equal(await ok(server, "kick_users", "h.test"), "1\n");
  assert.equal(errorText(await romeo.expect("error")), "policy-violation: has been kicked");
  assert.equal((await server.command("kick_users", "elsewhere.test")).exit, 1);
});

story("lists and counts of sessions", { ...both, hosts: ["h.test", "other.test"] }, async (server) => {
  await server.register("nurse", "secret", "other.test");
  await Romeo.login(server, "romeo", {
    resource: "orchard",
    presence: "<presence><show>away</show><status>in the\norchard</status><priority>5</priority></presence>",
  });
  await Romeo.login(server, "romeo", { resource: "attic", presence: false });
  await Romeo.login(server, "nurse", { resource: "r", host: "other.test" });
  assert.equal(await ok(server, "connected_users_number"), "3\n");
  assert.equal(
    await ok(server, "connected_users"),
    "romeo@h.test/orchard\nromeo@h.test/attic\nnurse@other.test/r\n",
  );
  assert.equal(await ok(server, "connected_users_vhost", "other.test"), "nurse@other.test/r\n");
  const info = (await ok(server, "connected_users_info")).split("\n")[0]!.split("\t");
  assert.deepEqual(
    [...info.slice(0, 3), ...info.slice(4, 6), ...info.slice(7)],
    [
      "romeo@h.test/orchard",
      "c2s_tls",
      "127.0.0.1",
      "5",
      "tercet@h.test",
      "away",
      "orchard",
      "in the orchard",
    ],
  );
  assert.match(info[3]!, /^\d{4,5}$/);
  assert.match(info[6]!, /^\d$/);
  const attic = (await ok(server, "user_sessions_info", "romeo", "h.test")).split("\n")[1]!;
  assert.match(attic, /^c2s_tls\t127\.0\.0\.1\t\d+\t-1\ttercet@h\.test\t\d+\tunavailable\tattic\t$/);
  assert.equal(await ok(server, "num_resources", "romeo", "h.test"), "2\n");
  assert.equal(await ok(server, "resource_num", "romeo", "h.test", "2"), "attic\n");
  for (const number of ["0", "3"]) {
    assert.deepEqual(await server.command("resource_num", "romeo", "h.test", number), {
      out: `Error: bad_argument: Wrong resource number: ${number}\n`,
      err: "",
      exit: 1,
    });
  }
  assert.equal(await ok(server, "status_num", "all"), "3\n");
  assert.equal(await ok(server, "status_num", "away"), "1\n");
  assert.equal(await ok(server, "status_num_host", "h.test", "unavailable"), "1\n");
  assert.equal(await ok(server, "status_list", "away"), "romeo@h.test/orchard\t5\tin the orchard\n");
  assert.equal(await ok(server, "status_list_host", "other.test", "available"), "nurse@other.test/r\t0\t\n");
});

story(
  "set_presence: contacts see it; get_presence says it of the session with the highest priority",
  both,
  async (server) => {
    const romeo = await Romeo.login(server, "romeo");
    const juliet = await Romeo.login(server, "juliet", { resource: "phone" });
    await befriend(romeo, juliet);
    const set = ["set_presence", "juliet", "h.test", "phone"];
    assert.equal(await ok(server, ...set, "available", "dnd", "asleep", "7"), "");
    const seen = await romeo.expect("presence", { from: juliet.jid });
    assert.deepEqual(
      ["show", "status", "priority"].map((name) => text(child(seen, name))),
      ["dnd", "asleep", "7"],
    );
    await Romeo.login(server, "juliet", { resource: "tablet" });
    assert.equal(await ok(server, "get_presence", "juliet", "h.test"), "juliet@h.test/phone\tdnd\tasleep\n");
    await ok(server, ...set, "unavailable", "", "gone", "0");
    const gone = await romeo.expect("presence", { from: juliet.jid, type: "unavailable" });
    assert.equal(text(child(gone, "status")), "gone");
    assert.equal(await ok(server, "get_presence", "juliet", "h.test"), "juliet@h.test/tablet\tavailable\t\n");
    assert.equal(await ok(server, "get_presence", "nobody", "h.test"), "nobody@h.test\tunavailable\t\n");
    assert.deepEqual(
      await server.command("set_presence", "juliet", "h.test", "x", "available", "", "", "0"),
      {
        out: 'Error: error\nError: "User session not found"\n',
        err: "",
        exit: 1,
      },
    );
    assert.equal((await server.command(...set, "busy", "", "", "0")).exit, 1);
    assert.equal((await server.command(...set, "available", "lazy", "", "0")).exit, 1);
    assert.equal((await server.command(...set, "available", "", "", "128")).exit, 1);
  },
);

story(
  "stop_kindly: no new connections, the announcement from each user's own host, time to go on, the end",
  { ...both, hosts: ["h.test", "other.test"] },
  async (server) => {
    await server.register("nurse", "secret", "other.test");
    const romeo = await Romeo.login(server, "romeo");
    const silent = await Romeo.login(server, "juliet", { presence: false });
    const nurse = await Romeo.login(server, "nurse", { host: "other.test" });
    const seen: string[] = [];
    const stopping = callControl(server.directory, ["stop_kindly", "1", "back at noon"], (so) =>
      seen.push(so),
    );
    for (const session of [romeo, silent, nurse]) {
      const message = await session.expect("message");
      const { from, to, type } = message.attributes;
      assert.deepEqual([from, to, type], [session.jid.replace(/.*@|\/.*/g, ""), session.jid, "headline"]);
      const [subject, body] = [child(message, "subject")!, child(message, "body")!];
      assert.equal(text(subject), "Server stop in 1 seconds!");
      assert.equal(text(body), "back at noon");
      assert.deepEqual(
        [subject, body].map(({ attributes }) => attributes["xml:lang"]),
        ["en", "en"],
      );
      assert.ok(child(message, "store", "urn:xmpp:hints"));
    }
    assert.equal(await refusal(server.port), "ECONNREFUSED");
    assert.equal(await refusal(server.tlsPort), "ECONNREFUSED");
    const again = await server.command("stop_kindly", "1", "twice");
    assert.deepEqual([again.exit, again.out], [1, "Error: conflict: The end was announced already.\n"]);
    romeo.send(`<message to='${nurse.jid}'><body>goodbye</body></message>`);
    assert.equal(text(child(await nurse.expect("message", { from: romeo.jid }), "body")), "goodbye");
    for (const session of [romeo, silent, nurse]) {
      assert.equal(condition(await session.expect("error")), "system-shutdown");
      await session.stream.end();
    }
    const { out, exit } = await stopping;
    assert.equal(exit, 0);
    assert.equal(
      out,
      "[1/4 0s] Stopping tercet port listeners... ok\n[2/4 0s] Sending announcement to connected users... ok\n" +
        "[3/4 0s] Waiting 1 seconds... ok\n[4/4 1s] Stopping tercet node... ok\n",
    );
    assert.ok(
      seen.includes("[1/4 0s] Stopping tercet port listeners... "),
      "each piece comes when it is true",
    );
    assert.equal(await server.running.stopped, "asked");
  },
);

story("restart_kindly ends the server for a new start", both, async (server) => {
  const romeo = await Romeo.login(server, "romeo");
  // What it gets at its login is over.
  await romeo.sync();
  const { out, exit } = await server.command("restart_kindly", "0", "new version");
  assert.equal(exit, 0);
  assert.match(out, /\n\[4\/4 0s\] Restarting tercet node\.\.\. ok\n$/);
  assert.equal(text(child(await romeo.expect("message"), "subject")), "Server stop in 0 seconds!");
  assert.equal(condition(await romeo.expect("error")), "system-shutdown");
  assert.equal(await server.running.stopped, "restart");
});

story("evacuate_kindly: the sessions end, the server runs on behind closed ports", both, async (server) => {
  const romeo = await Romeo.login(server, "romeo");
  // What it gets at its login is over.
  await romeo.sync();
  const { out, exit } = await server.command("evacuate_kindly", "0", "leave");
  assert.equal(exit, 0);
  assert.match(out, /^\[1\/4 0s\] .*\n\[4\/4 0s\] Ending all sessions\.\.\. ok\n$/s);
  await romeo.expect("message", { type: "headline" });
  assert.equal(condition(await romeo.expect("error")), "system-shutdown");
  await romeo.stream.end();
  assert.equal(await refusal(server.port), "ECONNREFUSED");
  assert.match(await ok(server, "status"), /is started with status: started/);
  assert.equal(await ok(server, "connected_users_number"), "0\n");
});

story("a kindly stop takes a sensible delay only", both, async (server) => {
  for (const delay of ["-1", "2000001", "soon"]) {
    assert.equal((await server.command("stop_kindly", delay, "x")).exit, 1);
  }
  await Romeo.login(server, "romeo");
});
