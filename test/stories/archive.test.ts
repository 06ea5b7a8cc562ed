import assert from "node:assert/strict";
import { test } from "node:test";
import { child, condition, type Element, Romeo, text } from "../support/romeo.ts";
import { story, TestServer } from "../support/server.ts";

const MAM = "urn:xmpp:mam:2";
const RSM = "http://jabber.org/protocol/rsm";
const SID = "urn:xmpp:sid:0";

const field = (name: string, ...values: readonly string[]): string =>
  `<field var='${name}'>${values.map((value) => `<value>${value}</value>`).join("")}</field>`;
const form = (...fields: readonly string[]): string =>
  `<x xmlns='jabber:x:data' type='submit'>${field("FORM_TYPE", MAM)}${fields.join("")}</x>`;
const set = (content: string): string => `<set xmlns='${RSM}'>${content}</set>`;

interface Found {
  /** In the order of coming. */
  readonly ids: readonly string[];
  readonly bodies: readonly string[];
  readonly stamps: readonly string[];
  readonly complete: boolean;
  readonly first: string;
  readonly last: string;
  readonly count: string;
}

let asked = 0;

/** Everything that comes before the answer to a query is its result. */
async function query(client: Romeo, content = ""): Promise<Found> {
  const queryid = `q${++asked}`;
  const answer = await client.ask("set", `<query xmlns='${MAM}' queryid='${queryid}'>${content}</query>`);
  assert.equal(answer.attributes["type"], "result", JSON.stringify(answer));
  const results = client.stream.takeAll().map((one) => {
    assert.equal(one.attributes["from"], client.account);
    assert.equal(one.attributes["to"], client.jid);
    return child(one, "result", MAM)!;
  });
  const forwarded = results.map((one) => child(one, "forwarded", "urn:xmpp:forward:0")!);
  for (const one of results) assert.equal(one.attributes["queryid"], queryid);
  const fin = child(answer, "fin", MAM)!;
  const page = child(fin, "set", RSM)!;
  return {
    ids: results.map((one) => one.attributes["id"]!),
    bodies: forwarded.map((one) => text(child(child(one, "message", "jabber:client")!, "body"))),
    stamps: forwarded.map((one) => child(one, "delay", "urn:xmpp:delay")!.attributes["stamp"]!),
    complete: fin.attributes["complete"] === "true",
    first: text(child(page, "first")),
    last: text(child(page, "last")),
    count: text(child(page, "count")),
  };
}

const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_one, n) => String(from + n));

/** Romeo has written `count` messages to Juliet, who was there. */
async function chat(server: TestServer, count: number): Promise<{ romeo: Romeo; juliet: Romeo }> {
  const romeo = await Romeo.login(server, "romeo");
  const juliet = await Romeo.login(server, "juliet");
  for (const n of numbers(1, count))
    romeo.send(`<message to='juliet@h.test' type='chat'><body>${n}</body></message>`);
  await romeo.sync();
  await juliet.sync();
  return { romeo, juliet };
}

story(
  "an archive is found and read page by page, forwards and backwards",
  { accounts: ["romeo", "juliet"] },
  async (server) => {
    const { romeo, juliet } = await chat(server, 120);
    const info = await juliet.ask(
      "get",
      "<query xmlns='http://jabber.org/protocol/disco#info'/>",
      juliet.account,
    );
    const features = child(info, "query")!.nodes.map((one) => (one as Element).attributes["var"]);
    for (const name of [MAM, `${MAM}#extended`, SID, RSM]) assert.ok(features.includes(name), name);
    const read: string[] = [];
    for (let page = await query(romeo); ; page = await query(romeo, set(`<after>${page.last}</after>`))) {
      read.push(...page.bodies);
      assert.equal(page.count, "120");
      assert.equal(page.first, page.ids[0]);
      if (page.complete) break;
      assert.equal(page.bodies.length, 50);
    }
    assert.deepEqual(read, numbers(1, 120));
    const last = await query(juliet, set("<max>100</max><before/>"));
    assert.deepEqual(last.bodies, numbers(21, 120));
    const rest = await query(juliet, `${set(`<max>100</max><before>${last.first}</before>`)}<flip-page/>`);
    assert.deepEqual(rest.bodies, numbers(1, 20).reverse());
    assert.ok(rest.complete);
    assert.deepEqual(rest.stamps.toSorted().reverse(), rest.stamps);
  },
);

story(
  "who comes back asks for what came behind the last message that it knows",
  { accounts: ["romeo", "juliet", "nurse"] },
  async (server) => {
    const { romeo, juliet } = await chat(server, 3);
    romeo.send("<message to='juliet@h.test' type='chat'><body>known</body></message>");
    await romeo.sync();
    const known = child(await juliet.expect("message"), "stanza-id", SID)!.attributes["id"]!;
    await juliet.close();
    const nurse = await Romeo.login(server, "nurse");
    romeo.send("<message to='juliet@h.test' type='chat'><body>a</body></message>");
    await romeo.sync();
    nurse.send("<message to='juliet@h.test'><body>b</body></message>");
    await nurse.sync();
    const again = await Romeo.login(server, "juliet");
    const kept = [await again.expect("message"), await again.expect("message")];
    const missed = await query(again, form(field("after-id", known)));
    assert.deepEqual(missed.bodies, ["a", "b"]);
    assert.deepEqual(
      kept.map((one) => child(one, "stanza-id", SID)!.attributes["id"]),
      missed.ids,
    );
    assert.deepEqual((await query(again, form(field("with", "nurse@h.test")))).bodies, ["b"]);
    assert.deepEqual((await query(again, form(field("with", romeo.jid)))).bodies, [
      "1",
      "2",
      "3",
      "known",
      "a",
    ]);
    assert.deepEqual((await query(again, form(field("ids", missed.ids[1]!, known)))).bodies, ["known", "b"]);
    assert.deepEqual((await query(again, form(field("before-id", known)))).bodies, numbers(1, 3));
    const stamps = (await query(again)).stamps;
    assert.ok((await query(again, form(field("start", stamps[4]!)))).bodies.includes("a"));
    assert.equal((await query(again, form(field("end", "2001-01-01T00:00:00Z")))).count, "0");
    const foreign = await romeo.ask("set", `<query xmlns='${MAM}'>${form(field("ids", known))}</query>`);
    assert.equal(condition(foreign), "item-not-found");
    const meta = child(await again.ask("get", `<metadata xmlns='${MAM}'/>`), "metadata", MAM)!;
    assert.equal(child(meta, "end")?.attributes["id"], missed.ids[1]);
  },
);

story(
  "who wants nothing archived has nothing archived, and gets it all the same",
  { accounts: ["romeo", "juliet"] },
  async (server) => {
    const { romeo, juliet } = await chat(server, 1);
    await juliet.ask("set", `<prefs xmlns='${MAM}' default='never'/>`);
    await juliet.close();
    for (const n of numbers(2, 3))
      romeo.send(`<message to='juliet@h.test' type='chat'><body>${n}</body></message>`);
    await romeo.sync();
    const again = await Romeo.login(server, "juliet");
    for (const n of numbers(2, 3)) {
      const message = await again.expect("message");
      assert.equal(text(child(message, "body")), n);
      assert.equal(child(message, "stanza-id", SID), undefined);
    }
    await again.sync();
    assert.deepEqual((await query(again)).bodies, ["1"]);
    assert.deepEqual((await query(romeo)).bodies, numbers(1, 3));
  },
);

story(
  "a page comes as fast as its client reads, and others do not wait for it",
  { accounts: ["romeo", "juliet"], configuration: "limits: {client: {rate: 100 MB, burst: 100 MB}}" },
  async (server) => {
    const romeo = await Romeo.login(server, "romeo");
    const content = "x".repeat(30_000);
    for (const n of numbers(1, 100))
      romeo.send(
        `<message to='${romeo.jid}' type='chat'><body>${n}</body><x xmlns='u:x'>${content}</x></message>`,
      );
    while ((await romeo.sync()).length > 0);
    const juliet = await Romeo.login(server, "juliet");
    romeo.stream.socket.pause();
    for (let count = 0; count < 4; count++)
      romeo.send(
        `<iq type='set' id='page${count}'><query xmlns='${MAM}'>${set("<max>250</max>")}</query></iq>`,
      );
    for (let count = 0; count < 5; count++) assert.deepEqual((await query(juliet)).bodies, []);
    romeo.stream.socket.resume();
    for (let count = 0; count < 4; count++) {
      const answer = await romeo.expect("iq", { id: `page${count}` });
      // 1 MiB of messages, and not all that are there.
      assert.equal(child(answer, "fin", MAM)!.attributes["complete"], undefined);
    }
    assert.equal(romeo.stream.takeAll().length, 4 * 34);
  },
);

test("it outlives the server, ids included", async () => {
  const first = await TestServer.start({ driver: "sqlite", accounts: ["romeo", "juliet"] });
  const { romeo } = await chat(first, 5);
  const before = await query(romeo);
  await first.stop(true);
  const second = await TestServer.start({ driver: "sqlite", directory: first.directory });
  const again = await Romeo.login(second, "romeo");
  const after = await query(again, form(field("after-id", before.ids[1]!)));
  assert.deepEqual(after.ids, before.ids.slice(2));
  assert.deepEqual(after.bodies, numbers(3, 5));
  await second.stop();
});
