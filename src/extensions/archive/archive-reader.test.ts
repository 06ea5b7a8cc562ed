import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryArchive } from "../../../test/support/memory-archive.ts";
import { jid } from "../../../test/support/stanzas.ts";
import { type Element, element } from "../../xml/element.ts";
import type { Filter } from "./archive-query.ts";
import { ArchiveReader } from "./archive-reader.ts";

const ME = "me@h.test";
const all: Filter = {
  with: undefined,
  start: undefined,
  end: undefined,
  beforeId: undefined,
  afterId: undefined,
  ids: undefined,
};

interface Asked {
  readonly max?: number;
  readonly after?: string;
  readonly before?: string;
}

/** What was found in one line: the keys in thousands, whether that is all, the index of the first, the count. */
async function ask(archive: MemoryArchive, filter: Partial<Filter>, page: Asked = {}): Promise<string> {
  const reader = new ArchiveReader(archive, { usual: 4, most: 100 });
  const request = { max: undefined, after: undefined, before: undefined, ...page };
  const found = await reader.read(jid(ME), { ...all, ...filter }, request);
  const keys = found.messages.map(({ key }) => key / 1000);
  return [keys.join(","), found.complete ? "all" : "more", found.index, found.count].join(" ");
}

/** Messages 1 … 10 of milliseconds 1 … 10: from juliet's phone and to it in turns, but every fifth is with the nurse. */
function ten(): MemoryArchive {
  const archive = new MemoryArchive();
  for (let n = 1; n <= 10; n++) {
    const other = n % 5 === 0 ? "nurse@h.test/n" : "juliet@h.test/phone";
    const [from, to] = n % 2 === 0 ? [`${ME}/m`, other] : [other, ME];
    archive.add(ME, n * 1000, from, to);
  }
  return archive;
}

test("pages forwards and backwards, their index and the count of all", async () => {
  const archive = ten();
  assert.equal(await ask(archive, {}), "1,2,3,4 more 0 10");
  assert.equal(await ask(archive, {}, { max: 3, after: "id4000" }), "5,6,7 more 4 10");
  assert.equal(await ask(archive, {}, { max: 3, after: "id7000" }), "8,9,10 all 7 10");
  assert.equal(await ask(archive, {}, { max: 3, after: "id10000" }), " all  10");
  assert.equal(await ask(archive, {}, { max: 3, before: "" }), "8,9,10 more 7 10");
  assert.equal(await ask(archive, {}, { max: 3, before: "id4000" }), "1,2,3 all 0 10");
  assert.equal(await ask(archive, {}, { max: 3, before: "id1000" }), " all  10");
  assert.equal(await ask(archive, {}, { max: 2, before: "id8000", after: "id2000" }), "6,7 more 5 10");
  assert.equal(await ask(archive, {}, { max: 10 }), "1,2,3,4,5,6,7,8,9,10 all 0 10");
});

test("no messages, but their count", async () => {
  assert.equal(await ask(ten(), {}, { max: 0 }), " more  10");
  assert.equal(await ask(ten(), { start: 11 }, { max: 0 }), " all  0");
  assert.equal(await ask(new MemoryArchive(), {}, { max: 0 }), " all  0");
  assert.equal(await ask(new MemoryArchive(), {}), " all  0");
});

test("times, inclusive; what is shown are milliseconds", async () => {
  const archive = ten();
  archive.add(ME, 10_500, "nurse@h.test", ME);
  const ask10 = (filter: Partial<Filter>): Promise<string> => ask(archive, filter, { max: 20 });
  assert.equal(await ask10({ start: 9 }), "9,10,10.5 all 0 3");
  assert.equal(await ask10({ start: 9.5 }), "10,10.5 all 0 2");
  assert.equal(await ask10({ end: 2 }), "1,2 all 0 2");
  assert.equal(await ask10({ end: 2.9 }), "1,2 all 0 2");
  assert.equal(await ask10({ start: 10, end: 10 }), "10,10.5 all 0 2");
  assert.equal(await ask10({ start: 5, end: 4 }), " all  0");
  assert.equal(
    await ask10({ start: -62135596800000, end: 253402300799999 }),
    "1,2,3,4,5,6,7,8,9,10,10.5 all 0 11",
  );
  assert.equal(await ask10({ start: 253402300799999 }), " all  0");
  assert.equal(await ask10({ end: -62135596800000 }), " all  0");
});

test("ids as bounds, and by name", async () => {
  const archive = ten();
  assert.equal(await ask(archive, { afterId: "id3000", beforeId: "id6000" }), "4,5 all 0 2");
  assert.equal(await ask(archive, { afterId: "id3000" }, { max: 2, after: "id5000" }), "6,7 more 2 7");
  assert.equal(await ask(archive, { ids: ["id9000", "id2000", "id9000"] }), "2,9 all 0 2");
  assert.equal(await ask(archive, { ids: ["id9000", "id2000", "id5000"] }, { max: 1 }), "2 more 0 3");
  assert.equal(await ask(archive, { ids: ["id9000", "id2000"] }, { max: 1, before: "" }), "9 more 1 2");
  assert.equal(await ask(archive, { ids: ["id9000", "id2000"] }, { after: "id2000" }), "9 all 1 2");
  assert.equal(await ask(archive, { ids: ["id9000", "id5000"], with: jid("nurse@h.test") }), "5 all 0 1");
  assert.equal(await ask(archive, { ids: ["id9000", "id5000"], start: 6 }), "9 all 0 1");
});

test("an id that is not there is not passed over", async () => {
  const archive = ten();
  const missing = { condition: "item-not-found" };
  for (const id of ["id11000", "", "other"]) {
    await assert.rejects(ask(archive, { afterId: id }), missing);
    await assert.rejects(ask(archive, { beforeId: id }), missing);
    await assert.rejects(ask(archive, { ids: ["id1000", id] }), missing);
    if (id !== "") await assert.rejects(ask(archive, {}, { after: id }), missing);
    if (id !== "") await assert.rejects(ask(archive, {}, { before: id }), missing);
  }
  const many = Array.from({ length: 101 }, () => "id1000");
  await assert.rejects(ask(archive, { ids: many }), { condition: "policy-violation" });
});

test("with whom: bare, by resource, and with oneself", async () => {
  const archive = ten();
  archive.add(ME, 11_000, `${ME}/m`, ME);
  archive.add(ME, 12_000, `${ME}/m`, "juliet@h.test");
  const ask20 = (filter: Partial<Filter>): Promise<string> => ask(archive, filter, { max: 20 });
  assert.equal(await ask20({ with: jid("nurse@h.test") }), "5,10 all 0 2");
  assert.equal(await ask20({ with: jid("juliet@h.test/phone") }), "1,2,3,4,6,7,8,9 all  ");
  assert.equal(await ask20({ with: jid("juliet@h.test/other") }), " all  ");
  assert.equal(await ask20({ with: jid(ME) }), "11 all 0 1");
  assert.equal(await ask20({ with: jid(`${ME}/m`) }), "11 all  ");
  assert.equal(await ask20({ with: jid("h.test") }), " all  0");
  assert.equal(await ask20({ with: jid(ME), ids: ["id1000", "id11000"] }), "11 all 0 1");
  assert.equal(
    await ask(archive, { with: jid("juliet@h.test/phone") }, { max: 2, before: "" }),
    "8,9 more  ",
  );
  assert.equal(await ask(archive, { with: jid("juliet@h.test/phone") }, { max: 0 }), " more  ");
});

test("what is read at once stays small, however much is asked for", async () => {
  const archive = new MemoryArchive();
  for (let n = 1; n <= 1000; n++) archive.add(ME, n * 1000, "juliet@h.test", ME);
  const reader = new ArchiveReader(archive, { usual: 50, most: 250 });
  const page = { max: Number.POSITIVE_INFINITY, after: undefined, before: undefined };
  const found = await reader.read(jid(ME), all, page);
  assert.equal(found.messages.length, 250);
  assert.equal(found.complete, false);
  assert.ok(archive.largest <= 50);
  const last = await reader.read(jid(ME), all, { ...page, before: "" });
  assert.deepEqual([last.messages.length, last.messages[0]?.key, last.index], [250, 751_000, 750]);
});

test("a page of large messages ends early, and has one at least", async () => {
  const archive = new MemoryArchive();
  const large = (size: number): Element => element("x", "u:x", {}, "x".repeat(size));
  for (let n = 1; n <= 6; n++) archive.add(ME, n * 1000, "juliet@h.test", ME, large(400_000));
  archive.add(ME, 7000, "juliet@h.test", ME, large(2_000_000));
  assert.equal(await ask(archive, {}), "1,2 more 0 7");
  assert.equal(await ask(archive, {}, { before: "id7000" }), "5,6 more 4 7");
  assert.equal(await ask(archive, {}, { before: "" }), "7 more 6 7");
  assert.equal(await ask(archive, { ids: ["id1000", "id2000", "id3000"] }), "1,2 more 0 3");
});

test("a search for a resource comes to an end", async () => {
  const archive = new MemoryArchive();
  for (let n = 1; n <= 2100; n++) archive.add(ME, n * 1000, "juliet@h.test/a", ME);
  archive.add(ME, 3_000_000, "juliet@h.test/b", ME);
  const b = { with: jid("juliet@h.test/b") };
  await assert.rejects(ask(archive, b), { condition: "resource-constraint" });
  assert.equal(archive.pages, 40);
  assert.equal(await ask(archive, b, { max: 1, before: "" }), "3000 more  ");
  assert.equal(await ask(archive, { ...b, start: 200 }), "3000 all  ");
});

test("the ends of an archive", async () => {
  const reader = new ArchiveReader(ten(), { usual: 1, most: 1 });
  const ends = await reader.ends(jid(ME));
  assert.deepEqual(
    ends?.map(({ key }) => key),
    [1000, 10_000],
  );
  assert.equal(await reader.ends(jid("nobody@h.test")), undefined);
});
