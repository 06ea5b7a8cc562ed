import assert from "node:assert/strict";
import type { Entry, LogStore, Owner, Storage } from "../../kernel/storage.ts";
import type { Jid } from "../../xmpp/jid.ts";
import { type Cases, fault, juliet, nurse, outcome, owner, raw, romeo, text } from "./subject.ts";

const both: readonly Owner[] = [
  { owner: romeo, with: juliet },
  { owner: juliet, with: romeo },
];
const withNurse: readonly Owner[] = [{ owner: romeo, with: nurse }];

/** Entries 1…20; every fourth is romeo's with the nurse, the others are in both logs. */
async function filled(storage: Storage): Promise<LogStore<string>> {
  const log = storage.log<string>("messages", text);
  for (let key = 1; key <= 20; key++)
    await storage.commit([log.append(key % 4 === 0 ? withNurse : both, key, `m${key}`)]);
  return log;
}

function keys(entries: readonly Entry<unknown>[]): number[] {
  return entries.map(({ key }) => key);
}

async function all(log: LogStore<string>, of: Jid): Promise<number[]> {
  return keys(await log.page(of, { limit: 1000 }));
}

export const logCases: Cases = {
  "an entry stands in the log of each of its owners": async (storage) => {
    const log = await filled(storage);
    assert.deepEqual(await log.page(romeo, { limit: 1 }), [{ key: 1, with: `${juliet}`, value: "m1" }]);
    assert.deepEqual(await log.page(juliet, { limit: 1 }), [{ key: 1, with: `${romeo}`, value: "m1" }]);
    assert.equal((await all(log, romeo)).length, 20);
    assert.equal((await all(log, juliet)).length, 15);
    assert.deepEqual(await all(log, nurse), []);
    assert.deepEqual(await all(log, owner("stranger")), []);
  },

  "pages: after, before, with, newest": async (storage) => {
    const log = await filled(storage);
    const page = async (query: Parameters<typeof log.page>[1]): Promise<number[]> =>
      keys(await log.page(romeo, query));
    assert.deepEqual(await page({ limit: 3 }), [1, 2, 3]);
    assert.deepEqual(await page({ limit: 3, after: 3 }), [4, 5, 6]);
    assert.deepEqual(await page({ limit: 3, newest: true }), [18, 19, 20]);
    assert.deepEqual(await page({ limit: 3, before: 18, newest: true }), [15, 16, 17]);
    assert.deepEqual(await page({ limit: 9, after: 5, before: 8 }), [6, 7]);
    assert.deepEqual(await page({ limit: 2, after: 5, before: 10, newest: true }), [8, 9]);
    assert.deepEqual(await page({ limit: 9, with: nurse }), [4, 8, 12, 16, 20]);
    assert.deepEqual(await page({ limit: 2, with: nurse, after: 4 }), [8, 12]);
    assert.deepEqual(await page({ limit: 2, with: nurse.withResource("x")!, newest: true }), [16, 20]);
    assert.deepEqual(await page({ limit: 2, with: owner("stranger") }), []);
    assert.deepEqual(await page({ limit: 0 }), []);
    assert.deepEqual(await page({ limit: 5, after: 20 }), []);
    assert.deepEqual(await page({ limit: 5, before: 1 }), []);
  },

  "get and count": async (storage) => {
    const log = await filled(storage);
    assert.deepEqual(keys(await log.get(juliet, [9, 3, 4, 77, 3])), [3, 9]);
    assert.equal((await log.get(juliet, [9]))[0]?.value, "m9");
    assert.deepEqual(await log.get(juliet, []), []);
    assert.equal(await log.count(romeo), 20);
    assert.equal(await log.count(romeo, { after: 15 }), 5);
    assert.equal(await log.count(romeo, { with: nurse }), 5);
    assert.equal(await log.count(romeo, { after: 8, with: nurse }), 3);
    assert.equal(await log.count(romeo, { before: 5 }), 4);
    assert.equal(await log.count(romeo, { after: 5, before: 16, with: nurse }), 2);
    assert.equal(await log.count(romeo, { after: 5, before: 6 }), 0);
    assert.equal(await log.count(romeo, { after: 9, before: 3 }), 0);
    await storage.commit([log.remove(romeo, { keys: [6] })]);
    assert.equal(await log.count(romeo, { after: 4, before: 9 }), 3);
    assert.equal(await log.count(owner("stranger")), 0);
  },

  "one owner twice is one entry; no owner, bad keys and used keys are refused": async (storage) => {
    const log = storage.log<string>("notes", text);
    const self = { owner: romeo, with: romeo };
    await storage.commit([log.append([self, { owner: romeo.withResource("x")!, with: romeo }], 4, "me")]);
    assert.deepEqual(await log.page(romeo, { limit: 9 }), [{ key: 4, with: `${romeo}`, value: "me" }]);
    assert.throws(() => log.append([], 5, "none"), TypeError);
    for (const key of [0, -1, 1.5, 2 ** 53, Number.NaN])
      assert.throws(() => log.append([self], key, "bad"), RangeError);
    const outcomes = await Promise.all([
      outcome(storage.commit([log.append([self], 6, "six")])),
      outcome(storage.commit([log.append([self], 7, "lost"), log.append([self], 6, "again")])),
      outcome(storage.commit([log.append([self], 5, "late")])),
      outcome(storage.commit([log.append([self], 7, "seven")])),
    ]);
    assert.deepEqual(outcomes, ["done", "failed", "failed", "done"]);
    assert.deepEqual(
      (await log.page(romeo, { limit: 9 })).map(({ value }) => value),
      ["me", "six", "seven"],
    );
    await assert.rejects(storage.commit([log.append([self], 7, "again")]), fault("failed"));
  },

  "keys up to 2^53 − 1, large and empty entries, many owners": async (storage, reopen, persists) => {
    const log = storage.log<Uint8Array>("blobs", raw);
    const top = Number.MAX_SAFE_INTEGER;
    const large = new Uint8Array(1_048_576).fill(7);
    const crowd = Array.from({ length: 300 }, (_, at) => ({ owner: owner(`u${at}`), with: romeo }));
    await storage.commit([
      log.append(crowd, 2 ** 31 + 1, large),
      log.append(both, 2 ** 40, new Uint8Array(0)),
    ]);
    await storage.commit([log.append(both, top, Buffer.from("last"))]);
    const again = (persists ? await reopen() : storage).log<Uint8Array>("blobs", raw);
    assert.deepEqual(keys(await again.page(romeo, { limit: 9 })), [2 ** 40, top]);
    assert.deepEqual(keys(await again.page(romeo, { limit: 1, newest: true })), [top]);
    assert.deepEqual(keys(await again.page(romeo, { limit: 9, after: top - 1 })), [top]);
    assert.equal((await again.get(romeo, [2 ** 40]))[0]?.value.length, 0);
    assert.ok(Buffer.from((await again.get(owner("u299"), [2 ** 31 + 1]))[0]!.value).equals(large));
    assert.equal(await again.lastKey(), top);
  },

  "owners of a log, as long as they have an entry": async (storage) => {
    const log = await filled(storage);
    await storage.commit([log.append([{ owner: owner("abram"), with: romeo }], 21, "hey")]);
    const locals = async (after?: string): Promise<string[]> =>
      (await log.owners({ domain: "example.org", limit: 2, ...(after === undefined ? {} : { after }) })).map(
        ({ local }) => local,
      );
    assert.deepEqual(await locals(), ["abram", "juliet"]);
    assert.deepEqual(await locals("juliet"), ["romeo"]);
    await storage.commit([log.remove(juliet)]);
    assert.deepEqual(await locals(), ["abram", "romeo"]);
    assert.deepEqual(await log.owners({ domain: "capulet.example", limit: 9 }), []);
  },
};

export const removalCases: Cases = {
  "trim keeps the newest, and what is recent": async (storage) => {
    const log = await filled(storage);
    await storage.commit([log.trim(romeo, { since: 3 })]);
    assert.deepEqual((await all(log, romeo)).slice(0, 2), [3, 4]);
    assert.deepEqual((await all(log, juliet)).slice(0, 2), [1, 2]);
    await storage.commit([log.trim(romeo, { newest: 5 })]);
    assert.deepEqual(await all(log, romeo), [16, 17, 18, 19, 20]);
    await storage.commit([log.trim(romeo, { newest: 4, since: 19 }), log.trim(romeo, {})]);
    assert.deepEqual(await all(log, romeo), [19, 20]);
    await storage.commit([log.trim(romeo, { newest: 9, since: 2 }), log.append(both, 21, "m21")]);
    assert.deepEqual(await all(log, romeo), [19, 20, 21]);
    assert.equal(await log.count(romeo), 3);
    await storage.commit([log.trim(romeo, { newest: 0 })]);
    assert.deepEqual(await all(log, romeo), []);
    assert.equal((await all(log, juliet)).length, 16);
  },

  "remove by peer, by key, by both, and all": async (storage) => {
    const log = await filled(storage);
    await storage.commit([log.remove(romeo, { keys: [1, 4, 99] })]);
    assert.deepEqual((await all(log, romeo)).slice(0, 4), [2, 3, 5, 6]);
    await storage.commit([log.remove(romeo, { with: nurse, keys: [2, 8] })]);
    assert.deepEqual((await all(log, romeo)).slice(0, 6), [2, 3, 5, 6, 7, 9]);
    assert.equal(await log.count(romeo, { with: nurse }), 3);
    await storage.commit([log.remove(romeo, { with: nurse })]);
    assert.equal(await log.count(romeo, { with: nurse }), 0);
    assert.equal(await log.count(romeo), 14);
    assert.deepEqual(await log.get(romeo, [1, 12, 13]).then(keys), [13]);
    await storage.commit([log.append(withNurse, 21, "back"), log.remove(juliet, { with: nurse })]);
    assert.deepEqual(keys(await log.page(romeo, { limit: 2, newest: true })), [19, 21]);
    await storage.commit([log.remove(romeo, { keys: [] })]);
    assert.equal(await log.count(romeo), 15);
    await storage.commit([log.remove(romeo), log.append(both, 22, "last")]);
    assert.deepEqual(await all(log, romeo), [22]);
    assert.equal(await log.count(juliet), 16);
  },

  "what was removed stays removed, and its keys stay used": async (storage, reopen, persists) => {
    const log = await filled(storage);
    assert.equal(await log.lastKey(), 20);
    assert.equal(await storage.log("fresh", text).lastKey(), 0);
    await storage.commit([log.trim(romeo, { newest: 2 }), log.remove(juliet)]);
    await storage.commit([log.remove(romeo, { keys: [20] })]);
    assert.equal(await log.lastKey(), 20);
    const reopened = await reopen();
    const again = reopened.log<string>("messages", text);
    assert.equal(await again.lastKey(), persists ? 20 : 0);
    assert.deepEqual(await all(again, romeo), persists ? [19] : []);
    assert.deepEqual(await all(again, juliet), []);
    if (persists) await assert.rejects(reopened.commit([again.append(both, 20, "again")]), fault("failed"));
    await reopened.commit([again.append(both, 21, "new")]);
    assert.deepEqual(await all(again, juliet), [21]);
  },

  "trimming at every append, with reads between": async (storage) => {
    const log = storage.log<string>("room-history", text);
    for (let key = 1; key <= 60; key++) {
      const done = storage.commit([log.append(both, key, `${key}`), log.trim(romeo, { newest: 5 })]);
      const seen = await all(log, romeo);
      assert.ok(seen.length <= 5 && (seen.at(-1) ?? 0) >= key - 1);
      await done;
      assert.equal((await all(log, romeo)).at(-1), key);
    }
    assert.deepEqual(await all(log, romeo), [56, 57, 58, 59, 60]);
    assert.equal(await log.count(juliet), 60);
  },
};
