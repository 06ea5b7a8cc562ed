import assert from "node:assert/strict";
import { test } from "node:test";
import { parseElement } from "../xml/parse.ts";
import { serialize } from "../xml/writer.ts";
import { type PageRequest, readPageRequest, resultSet } from "./result-set.ts";

const read = (content: string): PageRequest =>
  readPageRequest(parseElement(Buffer.from(`<query xmlns='u:q'>${content}</query>`)));
const set = (content: string): PageRequest =>
  read(`<set xmlns='http://jabber.org/protocol/rsm'>${content}</set>`);

test("requests", () => {
  const whole = { max: undefined, after: undefined, before: undefined };
  assert.deepEqual(read(""), whole);
  assert.deepEqual(read("<set xmlns='u:q'><max>1</max></set>"), whole);
  assert.deepEqual(set(""), whole);
  assert.deepEqual(set("<max> 10 </max><after>a</after>"), { ...whole, max: 10, after: "a" });
  assert.deepEqual(set("<max>0</max><before/>"), { ...whole, max: 0, before: "" });
  assert.deepEqual(set("<before>b</before><after/>"), { ...whole, before: "b" });
  assert.equal(set(`<max>${"9".repeat(400)}</max>`).max, Number.POSITIVE_INFINITY);
});

test("broken requests, and what is not offered", () => {
  for (const max of ["", "-1", "1e9", "1.5", "ten", "0x10", "+1"])
    assert.throws(() => set(`<max>${max}</max>`), { condition: "bad-request" }, max);
  assert.throws(() => set("<index>0</index>"), { condition: "feature-not-implemented" });
});

test("answers", () => {
  const nothing = { first: undefined, last: undefined, index: undefined, count: undefined };
  const write = (facts: object): string =>
    serialize(resultSet({ ...nothing, ...facts }), "http://jabber.org/protocol/rsm");
  assert.equal(write({}), "<set/>");
  assert.equal(write({ count: 0 }), "<set><count>0</count></set>");
  assert.equal(
    write({ first: "a", last: "b", index: 0, count: 2 }),
    "<set><first index='0'>a</first><last>b</last><count>2</count></set>",
  );
  assert.equal(write({ first: "a", last: "a" }), "<set><first>a</first><last>a</last></set>");
});
