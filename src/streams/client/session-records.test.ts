import assert from "node:assert/strict";
import { test } from "node:test";
import { RoutingFixture } from "../../../test/support/routing-fixture.ts";
import { silentLog } from "../../../test/support/silent-log.ts";
import { jid } from "../../../test/support/stanzas.ts";
import { SteppedWorld } from "../../../test/support/stepped-world.ts";
import type { Reference } from "./acknowledgements.ts";
import { type Recorded, type SessionFacts, SessionRecords, type StoredSession } from "./session-records.ts";

/** A session as its record sees it. */
class Subject implements Recorded {
  readonly account;
  handled = 0;
  priority = 0;
  list: Reference[] = [];
  told: number[] = [];
  durable = 0;

  constructor(local: string) {
    this.account = jid(`${local}@h.test`);
  }

  facts(): SessionFacts {
    const { priority } = this;
    return { resource: "r", since: 1, address: "::1", loopback: true, max: 1000, priority, slots: {} };
  }

  references(): readonly Reference[] {
    return this.list;
  }

  persisted(handled: number): void {
    this.told.push(handled);
    this.durable = handled;
  }
}

function fixture(): {
  world: SteppedWorld;
  storage: RoutingFixture["storage"];
  records: SessionRecords;
  commits: string[][];
} {
  const world = new SteppedWorld();
  const { storage } = new RoutingFixture();
  const commits: string[][] = [];
  const commit = storage.commit.bind(storage);
  storage.commit = (batch) => {
    commits.push(batch.map(({ store }) => store));
    return commit(batch);
  };
  return { world, storage, records: new SessionRecords(storage, world, silentLog()), commits };
}

const turns = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

async function stored(records: SessionRecords): Promise<readonly StoredSession[]> {
  const all: StoredSession[] = [];
  for await (const one of records.stored("h.test")) all.push(one);
  return all;
}

test("a record is what was last written of it, and gone when it is removed", async () => {
  const { records } = fixture();
  const romeo = new Subject("romeo");
  const record = records.create("id", romeo);
  romeo.handled = 7;
  romeo.list = [[3, 1000]];
  await record.save();
  assert.deepEqual(romeo.told, [7]);
  const [one] = await stored(records);
  assert.deepEqual(
    [one!.account.toString(), one!.id, one!.handled, one!.references, one!.facts.resource],
    ["romeo@h.test", "id", 7, [[3, 1000]], "r"],
  );
  await record.remove();
  await record.save();
  assert.deepEqual(await stored(records), []);
});

test("nothing is written that the store has, and nothing of what was acknowledged in time", async () => {
  const { records, world, commits } = fixture();
  const romeo = new Subject("romeo");
  const record = records.create("id", romeo);
  await record.save();
  await record.save();
  assert.deepEqual(commits, [["sessions", "session-handled", "session-references"]]);
  romeo.list = [[1, 10]];
  record.touch(false);
  romeo.list = [];
  world.pass(250);
  await turns();
  assert.equal(commits.length, 1);
  romeo.handled = 8;
  romeo.priority = 5;
  record.touch(true);
  assert.deepEqual(
    record.changes(9).map(({ store }) => store),
    ["sessions", "session-handled"],
  );
  assert.deepEqual(
    record.changes(10).map(({ store }) => store),
    ["session-handled"],
  );
});

test("a count that is on its way with a message is not overtaken by an older one", async () => {
  const { records, storage } = fixture();
  const romeo = new Subject("romeo");
  const record = records.create("id", romeo);
  romeo.handled = 4;
  const committed = storage.commit(record.changes(5));
  await record.save();
  await committed;
  assert.equal((await stored(records))[0]!.handled, 5);
  assert.deepEqual(romeo.told, [4]);
});

test("what the store refuses is told as far as it goes, and tried again", async () => {
  const { records, storage, world } = fixture();
  const romeo = new Subject("romeo");
  const record = records.create("id", romeo);
  storage.obstacles.commit = () => {
    throw new Error("full");
  };
  romeo.handled = 2;
  assert.equal(await record.save(), false);
  assert.deepEqual(romeo.told, [2]);
  storage.obstacles.commit = undefined;
  world.pass(5_100);
  await turns();
  const [one] = await stored(records);
  assert.equal(one!.handled, 2);
});

test("all records of a host are found, however many accounts there are", async () => {
  const { records } = fixture();
  for (let n = 0; n < 250; n++) await records.create(`id${n}`, new Subject(`u${n}`)).save();
  assert.equal(new Set((await stored(records)).map(({ id }) => id)).size, 250);
});
