import assert from "node:assert/strict";
import { child, type Element, Romeo, text } from "../support/romeo.ts";
import { story, type TestServer } from "../support/server.ts";

// Commands about rosters, vCards and private data: clients see what they do.

const two = { accounts: ["romeo", "juliet"] };

async function ok(server: TestServer, ...words: string[]): Promise<string> {
  const { out, err, exit } = await server.command(...words);
  assert.equal(exit, 0, `${words.join(" ")}: ${out}${err}`);
  return out;
}

const ROSTER = "<query xmlns='jabber:iq:roster'/>";

/** "jid|name|subscription|group,…" of the item in a push. */
function item(push: Element): string {
  const found = child(child(push, "query")!, "item")!;
  const groups = found.nodes.filter((node) => typeof node !== "string").map((node) => text(node));
  const { jid, name = "", subscription } = found.attributes;
  return [jid, name, subscription, groups.join(",")].join("|");
}

story(
  "add_rosteritem: the client gets it at once; presence flows when both rosters say so",
  two,
  async (server) => {
    const romeo = await Romeo.login(server, "romeo");
    const juliet = await Romeo.login(server, "juliet");
    for (const session of [romeo, juliet]) await session.ask("get", ROSTER);
    const add = [
      "add_rosteritem",
      "romeo",
      "h.test",
      "juliet",
      "h.test",
      "Juliet",
      "Friends,Capulets",
      "both",
    ];
    assert.equal(await ok(server, ...add), "");
    assert.equal(
      item(await romeo.expect("iq", { type: "set" })),
      "juliet@h.test|Juliet|both|Friends,Capulets",
    );
    // She is neither asked nor told, and he sees nothing that her roster does not grant.
    assert.deepEqual(await juliet.sync(), []);
    assert.deepEqual(await romeo.sync(), []);
    await ok(server, "add_rosteritem", "juliet", "h.test", "romeo", "h.test", "", "", "from");
    assert.equal(item(await juliet.expect("iq", { type: "set" })), "romeo@h.test||from|");
    await romeo.expect("presence", { from: juliet.jid });
    assert.deepEqual(await juliet.sync(), []);
    await ok(server, "add_rosteritem", "juliet", "h.test", "romeo", "h.test", "", "", "both");
    await juliet.expect("presence", { from: romeo.jid });
    await ok(server, "add_rosteritem", "juliet", "h.test", "romeo", "h.test", "", "", "none");
    await romeo.expect("presence", { from: juliet.jid, type: "unavailable" });
    await juliet.expect("presence", { from: romeo.jid, type: "unavailable" });
    assert.equal(
      await ok(server, "get_roster", "romeo", "h.test"),
      "juliet@h.test\tJuliet\tboth\tnone\tFriends,Capulets\n",
    );
    assert.equal(await ok(server, "get_roster_count", "romeo", "h.test"), "1\n");
  },
);

story("delete_rosteritem ends the subscriptions on both sides", two, async (server) => {
  const romeo = await Romeo.login(server, "romeo");
  const juliet = await Romeo.login(server, "juliet");
  for (const session of [romeo, juliet]) await session.ask("get", ROSTER);
  await ok(server, "add_rosteritem", "romeo", "h.test", "juliet", "h.test", "", "", "both");
  await ok(server, "add_rosteritem", "juliet", "h.test", "romeo", "h.test", "", "", "both");
  await juliet.expect("presence", { from: romeo.jid });
  await juliet.sync();
  await ok(server, "delete_rosteritem", "romeo", "h.test", "juliet", "h.test");
  const push = (): Promise<Element> =>
    romeo.find((one) => one.name === "iq" && item(one).includes("remove"), "the push");
  assert.equal(item(await push()), "juliet@h.test||remove|");
  await juliet.expect("presence", { from: romeo.jid, type: "unavailable" });
  assert.match(await ok(server, "get_roster", "juliet", "h.test"), /^romeo@h\.test\t\tnone\tnone\t\n$/);
  assert.deepEqual(await server.command("delete_rosteritem", "romeo", "h.test", "juliet", "h.test"), {
    out: "",
    err: "juliet@h.test is not in the roster of romeo@h.test.\n",
    exit: 0,
  });
});

story("get_roster says what waits; commands about rosters refuse what cannot be", two, async (server) => {
  const romeo = await Romeo.login(server, "romeo");
  romeo.send("<presence to='juliet@h.test' type='subscribe'/>");
  await romeo.sync();
  assert.equal(await ok(server, "get_roster", "romeo", "h.test"), "juliet@h.test\t\tnone\tout\t\n");
  assert.equal(await ok(server, "get_roster", "juliet", "h.test"), "romeo@h.test\t\tnone\tin\t\n");
  assert.deepEqual(await server.command("get_roster", "nobody", "h.test"), {
    out: "",
    err: "There is no account nobody@h.test.\n",
    exit: 0,
  });
  for (const words of [
    ["nobody", "h.test", "juliet", "h.test", "", "", "both"],
    ["romeo", "h.test", "romeo", "h.test", "", "", "both"],
    ["romeo", "h.test", "a b", "h.test", "", "", "both"],
    ["romeo", "h.test", "juliet", "h.test", "", "", "all"],
  ]) {
    assert.equal((await server.command("add_rosteritem", ...words)).exit, 1, words.join(" "));
  }
});

story("process_rosteritems and push_alltoall", { accounts: ["romeo", "juliet", "nurse"] }, async (server) => {
  await ok(server, "push_alltoall", "h.test", "Verona");
  const romeo = await Romeo.login(server, "romeo");
  const juliet = await Romeo.login(server, "juliet");
  await romeo.expect("presence", { from: juliet.jid });
  await ok(server, "add_rosteritem", "romeo", "h.test", "friend", "icq.example", "", "", "to");
  assert.equal(
    await ok(server, "process_rosteritems", "list", "any", "any", "romeo@*", "any"),
    "romeo@h.test\tjuliet@h.test\nromeo@h.test\tnurse@h.test\nromeo@h.test\tfriend@icq.example\n",
  );
  assert.equal(
    await ok(server, "process_rosteritems", "delete", "none:to", "none", "any", "*@*icq*"),
    "romeo@h.test\tfriend@icq.example\n",
  );
  const query = child(await romeo.ask("get", ROSTER), "query")!;
  assert.equal(query.nodes.length, 2);
  await ok(server, "process_rosteritems", "delete", "both", "any", "juliet@h.test", "any");
  await romeo.expect("presence", { from: juliet.jid, type: "unavailable" });
  for (const words of [
    ["drop", "any", "any", "any", "any"],
    ["list", "all", "any", "any", "any"],
    ["list", "any", "maybe", "any", "any"],
    ["list", "any", "any", "[a", "any"],
  ]) {
    assert.equal((await server.command("process_rosteritems", ...words)).exit, 1, words.join(" "));
  }
});

story("vCards by command, seen by another user", two, async (server) => {
  const juliet = await Romeo.login(server, "juliet");
  const card = async (): Promise<Element> =>
    child(await juliet.ask("get", "<vCard xmlns='vcard-temp'/>", "romeo@h.test"), "vCard")!;
  assert.equal(
    (await server.command("get_vcard", "romeo", "h.test", "FN")).out,
    "Error: not_found: romeo@h.test has no vCard.\n",
  );
  await ok(server, "set_vcard", "romeo", "h.test", "FN", "Romeo Montague");
  await ok(server, "set_vcard2", "romeo", "h.test", "N", "family", "Montague");
  await ok(server, "set_vcard2_multi", "romeo", "h.test", "ORG", "ORGUNIT", "Lovers,Poets");
  await ok(server, "set_nickname", "romeo", "h.test", "Ro");
  const seen = await card();
  assert.equal(text(child(seen, "FN")), "Romeo Montague");
  assert.equal(text(child(child(seen, "N")!, "FAMILY")), "Montague");
  assert.equal(text(child(seen, "NICKNAME")), "Ro");
  assert.equal(await ok(server, "get_vcard", "romeo", "h.test", "FN"), "Romeo Montague\n");
  assert.equal(await ok(server, "get_vcard2", "romeo", "h.test", "N", "FAMILY"), "Montague\n");
  assert.equal(await ok(server, "get_vcard2_multi", "romeo", "h.test", "ORG", "ORGUNIT"), "Lovers\nPoets\n");
  await ok(server, "set_vcard", "romeo", "h.test", "FN", "");
  assert.equal(child(await card(), "FN"), undefined);
  assert.equal((await server.command("get_vcard", "romeo", "h.test", "FN")).exit, 1);
  assert.equal((await server.command("set_vcard", "romeo", "h.test", "<", "x")).exit, 1);
  assert.equal((await server.command("set_vcard", "nobody", "h.test", "FN", "x")).exit, 1);
});

story("private data by command, seen by the user's client", two, async (server) => {
  const romeo = await Romeo.login(server, "romeo");
  const kept = async (): Promise<Element> =>
    child(
      child(await romeo.ask("get", "<query xmlns='jabber:iq:private'><s xmlns='test:s'/></query>"), "query")!,
      "s",
    )!;
  await ok(server, "private_set", "romeo", "h.test", "<s xmlns='test:s'><a>1</a></s>");
  assert.equal(text(child(await kept(), "a")), "1");
  assert.equal(
    await ok(server, "private_get", "romeo", "h.test", "s", "test:s"),
    "<query xmlns='jabber:iq:private'><s xmlns='test:s'><a>1</a></s></query>\n",
  );
  await ok(server, "private_set", "romeo", "h.test", "<s xmlns='test:s'/>");
  assert.equal((await kept()).nodes.length, 0);
  for (const xml of ["<s>", "<s/>", ""]) {
    assert.equal((await server.command("private_set", "romeo", "h.test", xml)).exit, 1, xml);
  }
  assert.equal((await server.command("private_get", "romeo", "h.test", "a b", "x")).exit, 1);
});

story("get_offline_count and delete_old_messages: what is dropped does not come", two, async (server) => {
  const romeo = await Romeo.login(server, "romeo");
  for (const body of ["one", "two"]) {
    romeo.send(`<message to='juliet@h.test' type='chat'><body>${body}</body></message>`);
  }
  await romeo.sync();
  assert.equal(await ok(server, "get_offline_count", "juliet", "h.test"), "2\n");
  assert.deepEqual(await server.command("delete_old_messages", "1"), {
    out: "",
    err: "0 messages were dropped.\n",
    exit: 0,
  });
  assert.equal(await ok(server, "get_offline_count", "juliet", "h.test"), "2\n");
  assert.equal((await server.command("delete_old_messages", "0")).err, "2 messages were dropped.\n");
  assert.equal(await ok(server, "get_offline_count", "juliet", "h.test"), "0\n");
  romeo.send("<message to='juliet@h.test' type='chat'><body>three</body></message>");
  await romeo.sync();
  const juliet = await Romeo.login(server, "juliet");
  const bodies = (await juliet.sync()).filter(({ name }) => name === "message");
  assert.deepEqual(
    bodies.map((message) => text(child(message, "body"))),
    ["three"],
  );
  assert.equal((await server.command("get_offline_count", "nobody", "h.test")).exit, 1);
  assert.equal((await server.command("delete_old_messages", "-1")).exit, 1);
});
