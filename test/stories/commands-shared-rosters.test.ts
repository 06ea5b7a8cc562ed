import assert from "node:assert/strict";
import { child, condition, type Element, Romeo, text } from "../support/romeo.ts";
import { story, type TestServer } from "../support/server.ts";

// Shared roster groups, as their members see each other.

const verona = { accounts: ["romeo", "juliet", "nurse"] };

async function ok(server: TestServer, ...words: string[]): Promise<string> {
  const { out, err, exit } = await server.command(...words);
  assert.equal(exit, 0, `${words.join(" ")}: ${out}${err}`);
  return out;
}

const children = (parent: Element): Element[] => parent.nodes.filter((node) => typeof node !== "string");

/** "jid subscription group,…" */
function shown(item: Element): string {
  const { jid, subscription } = item.attributes;
  return `${jid} ${subscription} ${children(item)
    .map((group) => text(group))
    .join(",")}`.trim();
}

async function roster(
  session: Romeo,
  ver?: string,
): Promise<{ readonly items: string[]; readonly ver: string | undefined }> {
  const attribute = ver === undefined ? "" : ` ver='${ver}'`;
  const query = child(await session.ask("get", `<query xmlns='jabber:iq:roster'${attribute}/>`), "query");
  return { items: query === undefined ? [] : children(query).map(shown), ver: query?.attributes["ver"] };
}

interface Push {
  readonly item: string;
  readonly ver: string;
}

async function push(session: Romeo): Promise<Push> {
  const query = child(await session.expect("iq", { type: "set" }), "query")!;
  return { item: shown(child(query, "item")!), ver: query.attributes["ver"]! };
}

async function leftovers(session: Romeo): Promise<string[]> {
  return (await session.sync()).map(
    ({ name, attributes }) => `${name} ${attributes["type"] ?? ""} ${attributes["from"]}`,
  );
}

story(
  "members see each other in roster and presence at once, and no longer when they leave",
  verona,
  async (server) => {
    const romeo = await Romeo.login(server, "romeo", { resource: "r" });
    const juliet = await Romeo.login(server, "juliet", { resource: "j" });
    for (const session of [romeo, juliet]) assert.deepEqual((await roster(session)).items, []);
    await ok(server, "srg_create", "lovers", "h.test", "Lovers", "of Verona", "lovers");
    for (const user of ["romeo", "juliet"])
      assert.equal(await ok(server, "srg_user_add", user, "h.test", "lovers", "h.test"), "");
    assert.equal((await push(romeo)).item, "juliet@h.test both Lovers");
    assert.equal((await push(juliet)).item, "romeo@h.test both Lovers");
    await romeo.expect("presence", { from: juliet.jid });
    await juliet.expect("presence", { from: romeo.jid });
    assert.deepEqual([await leftovers(romeo), await leftovers(juliet)], [[], []], "each thing once");
    romeo.send("<presence><show>away</show></presence>");
    assert.equal(text(child(await juliet.expect("presence", { from: romeo.jid }), "show")), "away");
    // Who comes later sees it too.
    const tablet = await Romeo.login(server, "juliet", { resource: "t" });
    await tablet.expect("presence", { from: romeo.jid });
    await romeo.expect("presence", { from: tablet.jid });
    assert.deepEqual((await roster(tablet)).items, ["romeo@h.test both Lovers"]);
    await ok(server, "srg_user_del", "juliet", "h.test", "lovers", "h.test");
    assert.equal((await push(romeo)).item, "juliet@h.test remove");
    assert.equal((await push(juliet)).item, "romeo@h.test remove");
    for (const gone of [juliet, tablet])
      await romeo.expect("presence", { from: gone.jid, type: "unavailable" });
    await juliet.expect("presence", { from: romeo.jid, type: "unavailable" });
    romeo.send("<presence><show>dnd</show></presence>");
    await romeo.sync();
    assert.deepEqual(
      (await leftovers(juliet)).filter((line) => line.includes("romeo")),
      [],
    );
  },
);

story("a group that displays another one: only its members see", verona, async (server) => {
  const romeo = await Romeo.login(server, "romeo");
  const nurse = await Romeo.login(server, "nurse");
  for (const session of [romeo, nurse]) await roster(session);
  await ok(server, "srg_add", "staff", "h.test");
  await ok(server, "srg_create", "guests", "h.test", "", "", "");
  await ok(server, "srg_user_add", "nurse", "h.test", "staff", "h.test");
  await ok(server, "srg_user_add", "romeo", "h.test", "guests", "h.test");
  assert.deepEqual([await leftovers(romeo), await leftovers(nurse)], [[], []]);
  await ok(server, "srg_add_displayed", "guests", "h.test", "staff");
  assert.equal((await push(romeo)).item, "nurse@h.test to staff");
  await romeo.expect("presence", { from: nurse.jid });
  nurse.send("<presence><show>away</show></presence>");
  assert.equal(text(child(await romeo.expect("presence", { from: nurse.jid }), "show")), "away");
  romeo.send("<presence><show>dnd</show></presence>");
  await romeo.sync();
  assert.deepEqual(
    (await leftovers(nurse)).filter((line) => line.includes("romeo")),
    [],
  );
  assert.deepEqual((await roster(nurse)).items, []);
  await ok(server, "srg_set_info", "staff", "h.test", "label", "Servants");
  assert.equal((await push(romeo)).item, "nurse@h.test to Servants");
  await ok(server, "srg_del_displayed", "guests", "h.test", "staff");
  assert.equal((await push(romeo)).item, "nurse@h.test remove");
  await romeo.expect("presence", { from: nurse.jid, type: "unavailable" });
});

story("@all@: every account of the host, those registered and removed later too", verona, async (server) => {
  const romeo = await Romeo.login(server, "romeo");
  await roster(romeo);
  await ok(server, "srg_create", "city", "h.test", "Verona", "", "city");
  await ok(server, "srg_user_add", "@all@", "h.test", "city", "h.test");
  const pushes = [await push(romeo), await push(romeo)];
  assert.deepEqual(pushes.map(({ item }) => item).sort(), [
    "juliet@h.test both Verona",
    "nurse@h.test both Verona",
  ]);
  await server.register("tybalt");
  assert.equal((await push(romeo)).item, "tybalt@h.test both Verona");
  const tybalt = await Romeo.login(server, "tybalt");
  await romeo.expect("presence", { from: tybalt.jid });
  await ok(server, "unregister", "tybalt", "h.test");
  assert.equal((await push(romeo)).item, "tybalt@h.test remove");
  assert.match(await ok(server, "srg_get_info", "city", "h.test"), /\nall_users\ttrue\n$/);
  await ok(server, "srg_delete", "city", "h.test");
  assert.deepEqual((await roster(romeo)).items, []);
});

story("@online@: those who are there, for as long as they are", verona, async (server) => {
  await ok(server, "srg_create", "now", "h.test", "Here", "", "now");
  await ok(server, "srg_user_add", "@online@", "h.test", "now", "h.test");
  const romeo = await Romeo.login(server, "romeo");
  assert.deepEqual((await roster(romeo)).items, []);
  const juliet = await Romeo.login(server, "juliet");
  assert.equal((await push(romeo)).item, "juliet@h.test both Here");
  await romeo.expect("presence", { from: juliet.jid });
  await juliet.expect("presence", { from: romeo.jid });
  assert.deepEqual((await roster(juliet)).items, ["romeo@h.test both Here"]);
  await juliet.close();
  await romeo.expect("presence", { from: juliet.jid, type: "unavailable" });
  assert.equal((await push(romeo)).item, "juliet@h.test remove");
});

story(
  "what a group brings joins what the account has; its own part alone can be changed",
  verona,
  async (server) => {
    const romeo = await Romeo.login(server, "romeo");
    const juliet = await Romeo.login(server, "juliet");
    for (const session of [romeo, juliet]) await roster(session);
    await ok(server, "srg_create", "lovers", "h.test", "Lovers", "", "lovers");
    for (const user of ["romeo", "juliet"])
      await ok(server, "srg_user_add", user, "h.test", "lovers", "h.test");
    await push(romeo);
    await romeo.expect("presence", { from: juliet.jid });
    const set = (item: string): Promise<Element> =>
      romeo.ask("set", `<query xmlns='jabber:iq:roster'>${item}</query>`);
    const refused = await set("<item jid='juliet@h.test' subscription='remove'/>");
    assert.equal(condition(refused), "not-allowed");
    await set("<item jid='juliet@h.test' name='J'><group>Lovers</group><group>Mine</group></item>");
    assert.equal((await push(romeo)).item, "juliet@h.test both Mine,Lovers");
    // Asking is not needed, and nobody is bothered by it.
    await juliet.sync();
    romeo.send("<presence to='juliet@h.test' type='subscribe'/>");
    await romeo.sync();
    assert.deepEqual(await leftovers(juliet), []);
    await ok(server, "srg_user_del", "romeo", "h.test", "lovers", "h.test");
    assert.equal((await push(romeo)).item, "juliet@h.test none Mine");
    await romeo.expect("presence", { from: juliet.jid, type: "unavailable" });
  },
);

story(
  "versions: unchanged groups cost nothing, changed ones bring the whole roster",
  verona,
  async (server) => {
    await ok(server, "srg_create", "lovers", "h.test", "Lovers", "", "lovers");
    for (const user of ["romeo", "juliet"])
      await ok(server, "srg_user_add", user, "h.test", "lovers", "h.test");
    const romeo = await Romeo.login(server, "romeo");
    const { ver } = await roster(romeo, "");
    assert.deepEqual(await roster(romeo, ver), { items: [], ver: undefined });
    await ok(server, "srg_create", "family", "h.test", "Family", "", "");
    await ok(server, "srg_user_add", "nurse", "h.test", "family", "h.test");
    await ok(server, "srg_user_add", "juliet", "h.test", "family", "h.test");
    await ok(server, "srg_add_displayed", "lovers", "h.test", "family");
    const [first, second] = [await push(romeo), await push(romeo)];
    // With the first alone the client would miss something.
    assert.equal((await roster(romeo, first.ver)).items.length, 2);
    assert.deepEqual(await roster(romeo, second.ver), { items: [], ver: undefined });
    assert.equal((await roster(romeo, ver)).items.length, 2);
  },
);

story("srg_*: what they list, and what they refuse", verona, async (server) => {
  await ok(server, "srg_create", "b", "h.test", "B", "second", "b");
  await ok(server, "srg_add", "a", "h.test");
  assert.equal(await ok(server, "srg_list", "h.test"), "a\nb\n");
  await ok(server, "srg_add_displayed", "b", "h.test", "a");
  assert.equal(await ok(server, "srg_get_displayed", "b", "h.test"), "b\na\n");
  assert.equal(
    await ok(server, "srg_get_info", "b", "h.test"),
    "label\tB\ndisplayed_groups\tb, a\ndescription\tsecond\n",
  );
  await ok(server, "srg_set_info", "b", "h.test", "description", "changed");
  assert.match(await ok(server, "srg_get_info", "b", "h.test"), /\ndescription\tchanged\n/);
  await ok(server, "srg_user_add", "romeo", "h.test", "b", "h.test");
  assert.equal(await ok(server, "srg_get_members", "b", "h.test"), "romeo@h.test\n");
  const notes: readonly (readonly [string[], string])[] = [
    [["srg_user_add", "romeo", "h.test", "b", "h.test"], "romeo@h.test was member of b already.\n"],
    [["srg_user_del", "nurse", "h.test", "b", "h.test"], "nurse@h.test was no member of b.\n"],
    [["srg_user_add", "new", "h.test", "b", "h.test"], "There is no account new@h.test yet.\n"],
    [["srg_delete", "none", "h.test"], "There was no group none.\n"],
  ];
  for (const [words, err] of notes)
    assert.deepEqual(await server.command(...words), { out: "", err, exit: 0 });
  for (const words of [
    ["srg_create", "b", "h.test", "", "", ""],
    ["srg_create", "c", "h.test", "", "", "missing"],
    ["srg_create", "@all@", "h.test", "", "", ""],
    ["srg_create", "", "h.test", "", "", ""],
    ["srg_add", "c", "elsewhere.test"],
    ["srg_get_info", "c", "h.test"],
    ["srg_set_info", "b", "h.test", "colour", "red"],
    ["srg_add_displayed", "b", "h.test", "missing"],
    ["srg_del_displayed", "b", "h.test", "missing"],
    ["srg_user_add", "romeo", "elsewhere.test", "b", "h.test"],
    ["srg_user_add", "romeo", "h.test", "missing", "h.test"],
  ]) {
    assert.equal((await server.command(...words)).exit, 1, words.join(" "));
  }
});
