import assert from "node:assert/strict";
import { type Cases, juliet, nurse, owner, raw, romeo } from "./subject.ts";

const odd = ["__proto__", "constructor", "tostring", "0", "4294967295", "hasownproperty", "-1"];

/** Documents and maps. */
export const valueCases: Cases = {
  "a document is set, read, replaced and removed": async (storage) => {
    const cards = storage.document<{ name: string }>("vcard");
    assert.equal(await cards.get(romeo), undefined);
    await storage.commit([cards.set(romeo, { name: "Romeo" }), cards.set(juliet, { name: "Juliet" })]);
    await storage.commit([cards.set(romeo, { name: "Montague" })]);
    assert.deepEqual(await cards.get(romeo), { name: "Montague" });
    assert.deepEqual(await cards.get(romeo.withResource("orchard")!), { name: "Montague" });
    await storage.commit([cards.remove(romeo), cards.remove(nurse)]);
    assert.equal(await cards.get(romeo), undefined);
    assert.deepEqual(await cards.get(juliet), { name: "Juliet" });
  },

  "values are not shared with the caller": async (storage) => {
    const lists = storage.document<string[]>("lists");
    const blobs = storage.document<Uint8Array>("blobs", raw);
    const list = ["a"];
    const blob = Buffer.from("abc");
    const done = storage.commit([lists.set(romeo, list), blobs.set(romeo, blob)]);
    list.push("b");
    blob[0] = 0x78;
    await done;
    const first = (await lists.get(romeo))!;
    (await blobs.get(romeo))![1] = 0x78;
    first.push("c");
    assert.deepEqual(await lists.get(romeo), ["a"]);
    assert.equal(Buffer.from((await blobs.get(romeo))!).toString(), "abc");
  },

  "empty, binary and large values come back byte for byte": async (storage, reopen, persists) => {
    const large = new Uint8Array(1_048_576).map((_, at) => (at * 31) & 0xff);
    const blobs = storage.document<Uint8Array>("blobs", raw);
    const parts = storage.map<Uint8Array>("parts", raw);
    const every = Uint8Array.from({ length: 256 }, (_, at) => at);
    await storage.commit([
      blobs.set(romeo, large),
      blobs.set(juliet, new Uint8Array(0)),
      parts.set(romeo, "large", large),
      parts.set(romeo, "every", every),
    ]);
    const again = persists ? await reopen() : storage;
    const read = again.document<Uint8Array>("blobs", raw);
    const readParts = again.map<Uint8Array>("parts", raw);
    assert.ok(Buffer.from((await read.get(romeo))!).equals(large));
    assert.equal((await read.get(juliet))?.length, 0);
    assert.ok(Buffer.from((await readParts.get(romeo, "large"))!).equals(large));
    assert.deepEqual(Buffer.from((await readParts.get(romeo, "every"))!), Buffer.from(every));
  },

  "names that objects have by birth are owners and names like any other": async (storage) => {
    const documents = storage.document<string>("constructor");
    const maps = storage.map<string>("valueof");
    for (const name of odd) {
      assert.equal(await documents.get(owner(name)), undefined);
      assert.deepEqual([...(await maps.all(owner(name)))], []);
    }
    for (const name of odd)
      await storage.commit([documents.set(owner(name), name), maps.set(romeo, name, name)]);
    for (const name of odd) assert.equal(await documents.get(owner(name)), name);
    assert.deepEqual([...(await maps.all(romeo)).keys()].sort(), [...odd].sort());
  },

  "a map keeps named values, in the order of the names": async (storage) => {
    const rosters = storage.map<number>("roster");
    const names = ["b", "", "a", "nurse@capulet.example", "a'; --", "ü", "z\u{10400}", "z\ufffd"];
    await storage.commit(names.map((name, at) => rosters.set(romeo, name, at)));
    await storage.commit([
      rosters.set(romeo, "b", 70),
      rosters.remove(romeo, "a"),
      rosters.remove(romeo, "none"),
    ]);
    assert.equal(await rosters.get(romeo, "b"), 70);
    assert.equal(await rosters.get(romeo, "a"), undefined);
    assert.equal(await rosters.get(juliet, "b"), undefined);
    const sorted = ["", "a'; --", "b", "nurse@capulet.example", "z\ufffd", "z\u{10400}", "ü"];
    assert.deepEqual([...(await rosters.all(romeo)).keys()], sorted);
    assert.deepEqual(await rosters.names(romeo), sorted);
    assert.deepEqual(await rosters.names(juliet), []);
    await storage.commit([rosters.removeAll(romeo), rosters.set(romeo, "new", 1)]);
    assert.deepEqual([...(await rosters.all(romeo))], [["new", 1]]);
  },

  "owners are paged by domain in the order of code points": async (storage) => {
    const documents = storage.document<number>("settings");
    const maps = storage.map<number>("block-list");
    const locals = ["b", "a", "c", "", "ab", "é", "\u{10428}", "日本"];
    for (const local of locals)
      await storage.commit([documents.set(owner(local), 1), maps.set(owner(local), "x", 1)]);
    await storage.commit([documents.set(nurse, 1), maps.set(nurse, "x", 1)]);
    const sorted = ["", "a", "ab", "b", "c", "é", "日本", "\u{10428}"];
    for (const store of [documents, maps]) {
      const seen: string[] = [];
      for (let after: string | undefined; ; ) {
        const page = await store.owners({
          domain: "example.org",
          limit: 3,
          ...(after === undefined ? {} : { after }),
        });
        seen.push(...page.map(({ local }) => local));
        if (page.length < 3) break;
        after = page.at(-1)!.local;
      }
      assert.deepEqual(seen, sorted);
      assert.deepEqual((await store.owners({ domain: "capulet.example", limit: 9 })).map(String), [
        `${nurse}`,
      ]);
      assert.deepEqual(await store.owners({ domain: "nowhere.example", limit: 9 }), []);
    }
    assert.equal(await documents.count("example.org"), sorted.length);
    assert.equal(await documents.count("nowhere.example"), 0);
    await storage.commit([documents.remove(owner("a")), maps.remove(owner("a"), "x")]);
    assert.equal(await documents.count("example.org"), sorted.length - 1);
    assert.equal((await maps.owners({ domain: "example.org", limit: 99 })).length, sorted.length - 1);
  },
};
