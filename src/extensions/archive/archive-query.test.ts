import assert from "node:assert/strict";
import { test } from "node:test";
import { parseElement } from "../../xml/parse.ts";
import { serialize } from "../../xml/writer.ts";
import { type ArchiveQuery, queryForm, readQuery } from "./archive-query.ts";

const field = (name: string, ...values: readonly string[]): string =>
  `<field var='${name}'>${values.map((value) => `<value>${value}</value>`).join("")}</field>`;
const form = (...fields: readonly string[]): string =>
  `<x xmlns='jabber:x:data' type='submit'>${field("FORM_TYPE", "urn:xmpp:mam:2")}${fields.join("")}</x>`;
const read = (content: string, attributes = ""): ArchiveQuery =>
  readQuery(parseElement(Buffer.from(`<query xmlns='urn:xmpp:mam:2' ${attributes}>${content}</query>`)));

test("a query without anything asks for everything", () => {
  const filter = {
    with: undefined,
    start: undefined,
    end: undefined,
    beforeId: undefined,
    afterId: undefined,
    ids: undefined,
  };
  const page = { max: undefined, after: undefined, before: undefined };
  assert.deepEqual(read(""), { queryId: undefined, filter, page, flipped: false });
  assert.deepEqual(read(form()), { queryId: undefined, filter, page, flipped: false });
});

test("every field", () => {
  const all = read(
    `${form(
      field("with", "Juliet@capulet.lit/balcony"),
      field("start", "0001-01-01T00:00:00Z"),
      field("end", "9999-12-31T23:59:59.999Z"),
      field("before-id", "b"),
      field("after-id", "a"),
      field("ids", "1", "2", "1"),
      field("include-groupchat", "true"),
    )}<set xmlns='http://jabber.org/protocol/rsm'><max>3</max></set><flip-page/>`,
    "queryid='q1'",
  );
  assert.equal(all.queryId, "q1");
  assert.equal(all.filter.with?.toString(), "juliet@capulet.lit/balcony");
  assert.equal(all.filter.start, -62135596800000);
  assert.equal(all.filter.end, 253402300799999);
  assert.equal(all.filter.beforeId, "b");
  assert.equal(all.filter.afterId, "a");
  assert.deepEqual(all.filter.ids, ["1", "2", "1"]);
  assert.equal(all.page.max, 3);
  assert.equal(all.flipped, true);
});

test("values that a field cannot have", () => {
  const broken = [
    field("with", "a@@h.test"),
    field("with", ""),
    field("with"),
    field("with", "a@h.test", "b@h.test"),
    field("start", "yesterday"),
    field("start", ""),
    field("end", "2010-02-30T00:00:00Z"),
    field("before-id"),
    field("after-id", "a", "b"),
    field("include-groupchat", "maybe"),
    `${field("with", "a@h.test")}${field("with", "a@h.test")}`,
  ];
  for (const one of broken) assert.throws(() => read(form(one)), { condition: "bad-request" }, one);
  assert.throws(() => read(form().replace("submit", "form")), { condition: "bad-request" });
  assert.throws(() => read("", `queryid='${"x".repeat(1001)}'`), { condition: "bad-request" });
});

test("fields and nodes that nobody knows", () => {
  assert.throws(() => read(form(field("{http://example.com/}text", "a"))), {
    condition: "feature-not-implemented",
  });
  assert.throws(() => read(form(field("__proto__", "a"))), { condition: "feature-not-implemented" });
  assert.throws(() => read("", "node='n'"), { condition: "item-not-found" });
});

test("the form names what can be asked, and requires nothing", () => {
  const names = queryForm.elements().map((one) => `${one.attr("var")} ${one.attr("type")}`);
  assert.deepEqual(names, [
    "FORM_TYPE hidden",
    "with jid-single",
    "start text-single",
    "end text-single",
    "before-id text-single",
    "after-id text-single",
    "ids list-multi",
    "include-groupchat boolean",
  ]);
  assert.ok(!serialize(queryForm, "").includes("required"));
});
