import assert from "node:assert/strict";
import { type Cases, fault, foreignChange, juliet, nurse, outcome, owner, romeo, text } from "./subject.ts";

/** Batches: all or nothing, in order. */
export const commitCases: Cases = {
  "a batch goes over several stores, and a later change sees an earlier one": async (storage) => {
    const cards = storage.document<number>("vcard");
    const rosters = storage.map<number>("roster");
    const messages = storage.log<string>("messages", text);
    await storage.commit([
      cards.set(romeo, 1),
      cards.remove(romeo),
      cards.create(romeo, 2),
      rosters.set(romeo, "juliet", 3),
      messages.append([{ owner: romeo, with: juliet }], 10, "hi"),
    ]);
    assert.equal(await cards.get(romeo), 2);
    assert.equal(await rosters.get(romeo, "juliet"), 3);
    assert.deepEqual(await messages.page(romeo, { limit: 9 }), [{ key: 10, with: `${juliet}`, value: "hi" }]);
    await storage.commit([]);
  },

  "a conflict fails its own commit whole, and no other": async (storage) => {
    const accounts = storage.document<string>("accounts");
    const rosters = storage.map<number>("roster");
    const messages = storage.log<string>("messages", text);
    await storage.commit([accounts.create(romeo, "first"), rosters.set(romeo, "a", 1)]);
    const outcomes = await Promise.all([
      outcome(storage.commit([accounts.create(juliet, "first")])),
      outcome(
        storage.commit([
          rosters.set(owner("stranger", "stranger.example"), "b", 2),
          rosters.removeAll(romeo),
          messages.append([{ owner: romeo, with: nurse }], 5, "lost"),
          messages.remove(romeo),
          accounts.create(romeo, "second"),
          rosters.set(romeo, "c", 3),
        ]),
      ),
      outcome(storage.commit([accounts.create(juliet, "second")])),
      outcome(
        storage.commit([
          rosters.set(romeo, "d", 4),
          rosters.set(owner("stranger", "stranger.example"), "e", 5),
          messages.append([{ owner: romeo, with: nurse }], 5, "kept"),
        ]),
      ),
      outcome(storage.commit([accounts.create(nurse, "a"), accounts.create(nurse, "b")])),
    ]);
    assert.deepEqual(outcomes, ["done", "conflict", "conflict", "done", "conflict"]);
    assert.equal(await accounts.get(romeo), "first");
    assert.equal(await accounts.get(juliet), "first");
    assert.equal(await accounts.get(nurse), undefined);
    assert.deepEqual([...(await rosters.all(romeo)).keys()], ["a", "d"]);
    assert.deepEqual([...(await rosters.all(owner("stranger", "stranger.example")))], [["e", 5]]);
    assert.deepEqual(
      (await messages.page(romeo, { limit: 9 })).map(({ value }) => value),
      ["kept"],
    );
  },

  "commits resolve in the order of the calls": async (storage) => {
    const values = storage.document<number>("values");
    const resolved: number[] = [];
    const commits = Array.from({ length: 300 }, (_, at) =>
      storage.commit([values.set(romeo, at)]).then(() => resolved.push(at)),
    );
    await commits[100];
    assert.ok(((await values.get(romeo)) ?? -1) >= 100);
    await Promise.all(commits);
    assert.deepEqual(
      resolved,
      commits.map((_, at) => at),
    );
    assert.equal(await values.get(romeo), 299);
  },

  "many commits from everywhere, with reads between them": async (storage) => {
    const values = storage.map<number>("values");
    const worker = async (id: number): Promise<void> => {
      const me = owner(`worker-${id}`);
      for (let turn = 0; turn < 20; turn++) {
        await storage.commit([values.set(me, `${turn}`, turn), values.set(romeo, `${id}`, turn)]);
        assert.equal((await values.all(me)).size, turn + 1);
        assert.equal(await values.get(romeo, `${id}`), turn);
      }
    };
    await Promise.all(Array.from({ length: 20 }, (_, id) => worker(id)));
    assert.equal((await values.owners({ domain: "example.org", limit: 99 })).length, 21);
  },

  "names of stores are checked, and each has one shape": async (storage, reopen, persists) => {
    for (const name of ["", "A", "a b", 'a"; DROP TABLE stores', "a_b", "-a", "1a", "a".repeat(49), "ü"])
      assert.throws(() => storage.document(name), TypeError, name);
    const cards = storage.document<number>("vcard");
    assert.equal(storage.document<number>("vcard"), cards);
    assert.throws(() => storage.map("vcard"), TypeError);
    await storage.commit([cards.set(romeo, 1)]);
    const again = await reopen();
    if (persists) assert.throws(() => again.log("vcard", text), TypeError);
  },

  "a change of another storage is refused": async (storage) => {
    const cards = storage.document<number>("vcard");
    await assert.rejects(storage.commit([cards.set(romeo, 1), foreignChange]), TypeError);
    assert.equal(await cards.get(romeo), undefined);
  },

  "closing commits what was handed over, then refuses": async (storage, reopen, persists) => {
    const cards = storage.document<number>("vcard");
    const last = storage.commit([cards.set(romeo, 7)]);
    const again = await reopen();
    await last;
    await assert.rejects(storage.commit([cards.set(romeo, 8)]), fault("closed"));
    await assert.rejects(cards.get(romeo), fault("closed"));
    if (persists) assert.equal(await again.document<number>("vcard").get(romeo), 7);
  },
};
