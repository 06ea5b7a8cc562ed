import assert from "node:assert/strict";
import { test } from "node:test";
import { lines, rosterItems } from "../support/presence-lines.ts";
import { RawStream } from "../support/raw-stream.ts";
import { authenticate, child, condition, Romeo } from "../support/romeo.ts";
import { story, TestServer } from "../support/server.ts";

const NS = "jabber:iq:roster";
const GET = `<query xmlns='${NS}'/>`;
const set = (...items: string[]): string => `<query xmlns='${NS}'>${items.join("")}</query>`;
const NURSE =
  "<item jid='nurse@h.test' name='Nurse &amp; Co.'><group>Servants</group><group>Älteste</group></item>";

story(
  "a roster is made, changed and emptied; every client that asked for it hears of it",
  { accounts: ["juliet"] },
  async (server) => {
    const balcony = await Romeo.login(server, "juliet", { resource: "balcony" });
    const chamber = await Romeo.login(server, "juliet", { resource: "chamber" });
    const attic = await Romeo.login(server, "juliet", { resource: "attic" });
    assert.deepEqual(rosterItems(await balcony.ask("get", GET)), []);
    assert.deepEqual(rosterItems(await chamber.ask("get", GET)), []);
    await Promise.all([balcony, chamber, attic].map((one) => one.sync()));

    assert.equal((await balcony.ask("set", set(NURSE))).attributes["type"], "result");
    assert.deepEqual(lines(await balcony.sync()), ["push nurse@h.test none"]);
    assert.deepEqual(lines(await chamber.sync()), ["push nurse@h.test none"]);
    assert.deepEqual(lines(await attic.sync()), []);
    const full = await chamber.ask("get", GET, "juliet@h.test");
    assert.deepEqual(rosterItems(full), ["nurse@h.test|Nurse & Co.|none|Servants|Älteste"]);

    await chamber.ask("set", set("<item jid='Nurse@h.test' subscription='both' ask='subscribe'/>"));
    assert.deepEqual(lines(await balcony.sync()), ["push nurse@h.test none"]);
    assert.deepEqual(rosterItems(await chamber.ask("get", GET)), ["nurse@h.test||none"]);
    await chamber.ask("set", set("<item jid='nurse@h.test' subscription='remove'/>"));
    assert.deepEqual(lines(await balcony.sync()), ["push nurse@h.test remove"]);
    assert.deepEqual(rosterItems(await attic.ask("get", GET)), []);
  },
);

story(
  "RFC 6121 §2.6.1, §3.4: versions and pre-approval are announced after the login, not before",
  { accounts: ["juliet"] },
  async (server) => {
    const stream = await RawStream.connectTls(server.tlsPort, server.host);
    await stream.open();
    const names = (features: { readonly nodes: readonly (string | { readonly ns: string })[] }): string[] =>
      features.nodes.flatMap((node) => (typeof node === "string" ? [] : node.ns));
    const announced = ["urn:xmpp:features:rosterver", "urn:xmpp:features:pre-approval"];
    const before = names(await stream.next());
    assert.deepEqual(
      announced.filter((ns) => before.includes(ns)),
      [],
    );
    await authenticate(stream, "juliet", "secret");
    await stream.open();
    const after = names(await stream.next());
    assert.deepEqual(
      announced.filter((ns) => after.includes(ns)),
      announced,
    );
  },
);

story(
  "a wrong roster set gets the error of RFC 6121 §2.3.3 and changes nothing",
  { accounts: ["juliet", "romeo"], configuration: "extensions: {roster: {contacts: 3}}" },
  async (server) => {
    const juliet = await Romeo.login(server, "juliet");
    const ask = async (content: string, to?: string): Promise<string> =>
      condition(await juliet.ask("set", content, to));
    assert.equal(await ask(set()), "bad-request");
    assert.equal(await ask(set("<item jid='a@h.test'/>", "<item jid='b@h.test'/>")), "bad-request");
    assert.equal(await ask(set("<item name='x'/>")), "bad-request");
    assert.equal(await ask(set("<item jid='a@@h.test'/>")), "jid-malformed");
    assert.equal(await ask(set("<item jid='juliet@h.test'/>")), "not-allowed");
    assert.equal(await ask(set("<item jid='a@h.test'><group/></item>")), "not-acceptable");
    assert.equal(
      await ask(set("<item jid='a@h.test'><group>A</group><group>A</group></item>")),
      "bad-request",
    );
    const long = "x".repeat(10_000);
    assert.equal(await ask(set(`<item jid='a@h.test'><group>${long}</group></item>`)), "not-acceptable");
    assert.equal(await ask(set("<item jid='a@h.test' subscription='remove'/>")), "item-not-found");
    assert.equal(await ask(set("<item jid='a@h.test'/>"), "romeo@h.test"), "forbidden");
    for (const name of ["__proto__", "constructor", "4294967295"])
      assert.equal(await ask(set(`<item jid='${name}@h.test'/>`)), "none");
    assert.equal(await ask(set("<item jid='a@h.test'/>")), "resource-constraint");
    const result = await juliet.ask("get", GET);
    assert.deepEqual(rosterItems(result).sort(), [
      "4294967295@h.test||none",
      "__proto__@h.test||none",
      "constructor@h.test||none",
    ]);
    assert.equal(condition(await juliet.ask("get", GET, "romeo@h.test")), "service-unavailable");
  },
);

test("RFC 6121 §2.6: a client that comes back, to a server that has come back, gets what it has missed", async () => {
  const first = await TestServer.start({ driver: "sqlite", accounts: ["juliet"] });
  const before = await Romeo.login(first, "juliet", { resource: "balcony" });
  await before.ask("get", GET);
  for (const name of ["a", "b", "c", "d"]) await before.ask("set", set(`<item jid='${name}@h.test'/>`));
  const pushes = (await before.sync()).flatMap((push) => child(push, "query")?.attributes["ver"] ?? []);
  assert.equal(new Set(pushes).size, 4);
  await before.ask("set", set("<item jid='b@h.test' subscription='remove'/>"));
  await first.stop(true);

  const second = await TestServer.start({ driver: "sqlite", directory: first.directory });
  const after = await Romeo.login(second, "juliet", { resource: "balcony" });
  const current = `<query xmlns='${NS}' ver='${pushes.at(-1)}'/>`;
  assert.deepEqual((await after.ask("get", current)).nodes, []);
  const missed = await after.expect("iq", { type: "set" });
  assert.deepEqual(lines([missed]), ["push b@h.test remove"]);
  const latest = child(missed, "query")?.attributes["ver"] ?? "";
  assert.ok(!pushes.includes(latest));
  assert.deepEqual((await after.ask("get", `<query xmlns='${NS}' ver='${latest}'/>`)).nodes, []);
  assert.deepEqual(lines(await after.sync()), []);
  const whole = await after.ask("get", `<query xmlns='${NS}' ver='of another server'/>`);
  assert.deepEqual([rosterItems(whole).length, child(whole, "query")?.attributes["ver"]], [3, latest]);
  assert.deepEqual(second.errors, []);
  await second.stop();
});
