import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { memoryStorage } from "../../../test/support/memory-store.ts";
import type { Change, DocumentStore, LogStore, MapStore, Storage } from "../../kernel/storage.ts";
import type { Jid } from "../../xmpp/jid.ts";
import { outcome, owner, text } from "../contract/subject.ts";
import { SqliteStorage } from "./sqlite-storage.ts";

interface Stores {
  readonly storage: Storage;
  readonly cards: DocumentStore<number>;
  readonly rosters: MapStore<number>;
  readonly log: LogStore<string>;
}

/** A change on either driver. Owners are numbers below 4; `step` says how far the key of an append lies above the last one. */
type Step =
  | { readonly do: "set" | "create" | "remove" | "clear"; readonly owner: number; readonly name: number }
  | { readonly do: "append"; readonly owners: readonly number[]; readonly step: number }
  | { readonly do: "trim"; readonly owner: number; readonly newest?: number; readonly back?: number }
  | { readonly do: "cut"; readonly owner: number; readonly with?: number; readonly back?: readonly number[] };

const person = fc.nat({ max: 3 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    arbitrary: fc.record({
      do: fc.constant("append" as const),
      owners: fc.array(person, { minLength: 1, maxLength: 3 }),
      // 0 is a key that was used: the commit fails.
      step: fc.oneof(
        { arbitrary: fc.integer({ min: 1, max: 3 }), weight: 30 },
        { arbitrary: fc.constant(0), weight: 1 },
      ),
    }),
    weight: 6,
  },
  {
    arbitrary: fc.record({
      do: fc.constantFrom("set" as const, "create" as const, "remove" as const, "clear" as const),
      owner: person,
      name: person,
    }),
    weight: 4,
  },
  {
    arbitrary: fc.record(
      { do: fc.constant("trim" as const), owner: person, newest: fc.nat(5), back: fc.nat(9) },
      {
        requiredKeys: ["do", "owner"],
      },
    ) as fc.Arbitrary<Step>,
    weight: 1,
  },
  {
    arbitrary: fc.record(
      {
        do: fc.constant("cut" as const),
        owner: person,
        with: person,
        back: fc.array(fc.nat(9), { maxLength: 4 }),
      },
      { requiredKeys: ["do", "owner"] },
    ) as fc.Arbitrary<Step>,
    weight: 2,
  },
);
/** Commits that are handed over in one turn of the loop. */
const turn = fc.array(fc.array(step, { maxLength: 4 }), { minLength: 1, maxLength: 4 });

function people(run: number): readonly Jid[] {
  return [0, 1, 2, 3].map((at) => owner(`p${at}`, `run${run}.example`));
}

/** The change that a step is, and the highest key after it. */
function changeOf(
  { cards, rosters, log }: Stores,
  who: readonly Jid[],
  made: Step,
  last: number,
): [Change, number] {
  switch (made.do) {
    case "append": {
      const owners = made.owners.map((at) => ({ owner: who[at]!, with: who[(at + made.step) % 4]! }));
      const key = Math.max(1, last + made.step);
      return [log.append(owners, key, `${key}`), key];
    }
    case "trim": {
      const keep = {
        ...(made.newest === undefined ? {} : { newest: made.newest }),
        ...(made.back === undefined ? {} : { since: last - made.back }),
      };
      return [log.trim(who[made.owner]!, keep), last];
    }
    case "cut": {
      const query = {
        ...(made.with === undefined ? {} : { with: who[made.with]! }),
        ...(made.back === undefined ? {} : { keys: made.back.map((back) => last - back) }),
      };
      return [log.remove(who[made.owner]!, query), last];
    }
    case "set":
      return [rosters.set(who[made.owner]!, `${made.name}`, last), last];
    case "remove":
      return [rosters.remove(who[made.owner]!, `${made.name}`), last];
    case "clear":
      return [made.name === 0 ? rosters.removeAll(who[made.owner]!) : cards.remove(who[made.owner]!), last];
    case "create":
      return [cards.create(who[made.owner]!, last), last];
  }
}

/** Everything that can be seen of these people. */
async function sight({ cards, rosters, log }: Stores, who: readonly Jid[], last: number): Promise<unknown> {
  const domain = who[0]!.domain;
  const seen = who.map(async (jid, at) => ({
    card: await cards.get(jid),
    roster: [...(await rosters.all(jid))],
    log: await log.page(jid, { limit: 100 }),
    newest: await log.page(jid, { limit: 3, newest: true, before: last }),
    with: await log.page(jid, { limit: 4, with: who[(at + 1) % 4]!, after: last - 20 }),
    counts: [
      await log.count(jid),
      await log.count(jid, { after: last - 5, with: who[at]! }),
      await log.count(jid, { after: last - 9, before: last - 2 }),
    ],
    got: await log.get(jid, [last, last - 1, last - 4]),
  }));
  const owners = [cards, rosters, log].map((store) => store.owners({ domain, limit: 3 }));
  return [
    await Promise.all(seen),
    (await Promise.all(owners)).map(String),
    await cards.count(domain),
    await log.lastKey(),
  ];
}

function storesOf(storage: Storage): Stores {
  return {
    storage,
    cards: storage.document("cards"),
    rosters: storage.map("rosters"),
    log: storage.log("log", text),
  };
}

test("random turns have the same outcomes and the same sight as in memory", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "tercet-model-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const options = { indexAfter: 4, sweepAfter: 2, remembered: 6 };
  let sqlite = storesOf(await SqliteStorage.open(directory, options));
  const memory = storesOf(memoryStorage());
  let run = 0;
  let last = 0;
  const handOver = (
    stores: Stores,
    who: readonly Jid[],
    commits: readonly (readonly Step[])[],
  ): Promise<string[]> => {
    let key = last;
    const outcomes = commits.map((steps) => {
      const batch = steps.map((made) => {
        const [change, next] = changeOf(stores, who, made, key);
        key = next;
        return change;
      });
      return outcome(stores.storage.commit(batch));
    });
    return Promise.all(outcomes);
  };
  await fc.assert(
    fc.asyncProperty(fc.array(turn, { minLength: 1, maxLength: 8 }), fc.boolean(), async (turns, reopen) => {
      const who = people(run++);
      for (const commits of turns) {
        const expected = await handOver(memory, who, commits);
        assert.deepEqual(await handOver(sqlite, who, commits), expected);
        last = await memory.log.lastKey();
        assert.deepEqual(await sight(sqlite, who, last), await sight(memory, who, last));
      }
      if (!reopen) return;
      await sqlite.storage[Symbol.asyncDispose]();
      sqlite = storesOf(await SqliteStorage.open(directory, options));
      assert.deepEqual(await sight(sqlite, who, last), await sight(memory, who, last));
    }),
    { numRuns: Number(process.env.RUNS ?? 25) },
  );
  await sqlite.storage[Symbol.asyncDispose]();
});
