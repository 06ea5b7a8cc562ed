import assert from "node:assert/strict";
import { child, condition, type Element, Romeo, text } from "../../support/romeo.ts";
import { type Arena, type Code, times } from "../arena.ts";

const MAM = "urn:xmpp:mam:2";
const RSM = "http://jabber.org/protocol/rsm";

async function session(arena: Arena, user: string, resource: string): Promise<Romeo> {
  await arena.ensure(user);
  const romeo = await Romeo.login(arena.server, user, { resource });
  arena.keep(romeo.stream);
  return romeo;
}

const isMessage = ({ name }: Element): boolean => name === "message";

export const forgedCarbons: Code = async (arena) => {
  const one = await session(arena, "carol", "one");
  const two = await session(arena, "carol", "two");
  await one.ask("set", "<enable xmlns='urn:xmpp:carbons:2'/>");
  const mal = await session(arena, "mal", "m");
  const forged = (name: string): string =>
    `<${name} xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='bob@h.test/b' to='carol@h.test/two' type='chat'><body>x</body></message></forwarded></${name}>`;
  for (const name of ["sent", "received"])
    mal.send(`<message to='${two.jid}' type='chat'>${forged(name)}</message>`);
  mal.send(`<message to='${two.jid}' type='chat'><body>last</body></message>`);
  await mal.sync();
  assert.equal((await two.sync()).filter(isMessage).length, 3);
  const copies = (await one.sync()).filter(isMessage);
  assert.equal(copies.length, 1);
  assert.equal(copies[0]!.attributes["from"], "carol@h.test");
  assert.ok(JSON.stringify(copies[0]).includes("last"));
};

export const archiveOfFriend: Code = async (arena) => {
  const carol = await session(arena, "carol", "c");
  const dave = await session(arena, "dave", "d");
  carol.send("<presence type='subscribe' to='dave@h.test'/>");
  await dave.find((one) => one.attributes["type"] === "subscribe", "a request");
  dave.send("<presence type='subscribed' to='carol@h.test'/>");
  await dave.sync();
  for (const [type, name] of [
    ["set", "query"],
    ["get", "query"],
    ["get", "metadata"],
    ["get", "prefs"],
    ["set", "prefs"],
  ] as const) {
    const answer = await carol.ask(type, `<${name} xmlns='${MAM}' default='never'/>`, "dave@h.test");
    assert.equal(condition(answer), "forbidden");
  }
  const prefs = await dave.ask("get", `<prefs xmlns='${MAM}'/>`);
  assert.equal(child(prefs, "prefs")?.attributes["default"], "always");
};

const field = (name: string, ...values: readonly string[]): string =>
  `<field var='${name}'>${values.map((value) => `<value>${value}</value>`).join("")}</field>`;
const form = (fields: string): string =>
  `<x xmlns='jabber:x:data' type='submit'>${field("FORM_TYPE", MAM)}${fields}</x>`;

export const archiveCost: Code = async (arena) => {
  const mal = await session(arena, "mal", "m");
  const messages = times(300, 5000);
  for (let n = 0; n < messages; n++) mal.send(`<message to='mal@h.test/m'><body>${n}</body></message>`);
  await mal.sync();
  const ask = async (content: string): Promise<{ answer: Element; results: number }> => {
    const answer = await mal.ask("set", `<query xmlns='${MAM}'>${content}</query>`);
    return { answer, results: mal.stream.takeAll().filter(isMessage).length };
  };
  for (const max of ["1000000000", "9".repeat(1000)]) {
    const { answer, results } = await ask(`<set xmlns='${RSM}'><max>${max}</max></set>`);
    assert.equal(results, 250);
    const fin = child(answer, "fin")!;
    assert.equal(fin.attributes["complete"], undefined);
    assert.ok(Number(text(child(child(fin, "set", RSM)!, "count"))) >= messages);
  }
  const span = field("start", "0001-01-01T00:00:00Z") + field("end", "9999-12-31T23:59:59Z");
  assert.equal((await ask(form(span))).results, 50);
  assert.equal((await ask(form(field("start", "9999-12-31T23:59:59Z")))).results, 0);
  const many = (count: number): string[] => Array.from({ length: count }, (_one, n) => `u${n}@h.test`);
  const rows: readonly (readonly [string, string])[] = [
    [form(field("with", ...many(100))), "bad-request"],
    [
      form(
        many(100)
          .map((one) => field("with", one))
          .join(""),
      ),
      "bad-request",
    ],
    [form(field("{urn:xmpp:fulltext:0}fulltext", "a*a*a*".repeat(100))), "feature-not-implemented"],
    [form(field("ids", ...many(1000))), "policy-violation"],
    [form(field("end", `2010-01-01T00:00:00.${"9".repeat(10_000)}+99:99`)), "bad-request"],
    [`<set xmlns='${RSM}'><max>-1</max></set>`, "bad-request"],
  ];
  for (const [content, wanted] of rows) assert.equal(condition((await ask(content)).answer), wanted, content);
  const refused = await mal.ask("set", `<query xmlns='${MAM}' queryid='${"q".repeat(60_000)}'/>`);
  assert.equal(condition(refused), "bad-request");
};
