import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryStorage } from "../../../test/support/memory-store.ts";
import { silentLog } from "../../../test/support/silent-log.ts";
import { SteppedWorld } from "../../../test/support/stepped-world.ts";
import { Jid } from "../../xmpp/jid.ts";
import { Reception } from "./reception.ts";
import { type Recorded, type SessionFacts, SessionRecords } from "./session-records.ts";

const romeo = Jid.parse("romeo@h.test")!;
const facts: SessionFacts = {
  resource: "r",
  since: 0,
  address: "127.0.0.1",
  loopback: true,
  max: 300_000,
  priority: 0,
  slots: {},
};

test("what is written of a session does not take back a count that is on its way with a message", async () => {
  const world = new SteppedWorld();
  const storage = memoryStorage();
  const records = new SessionRecords(storage, world, silentLog());
  const inbound = new Reception({ world, answer: () => {}, persist: undefined });
  const session: Recorded = {
    account: romeo,
    facts: () => facts,
    references: () => [],
    get handled() {
      return inbound.handled;
    },
    get counted() {
      return inbound.counted;
    },
    persisted: (count) => inbound.persisted(count),
  };
  const record = records.create("id", session);
  // A presence that is done with, and two messages whose commits are under way.
  inbound.arrived();
  inbound.began();
  inbound.finished();
  for (let n = 0; n < 2; n++) {
    inbound.arrived();
    inbound.began();
    await storage.commit([...record.changes(inbound.commits())]);
  }
  assert.equal(inbound.handled, 1);
  await record.save();
  const stored: number[] = [];
  for await (const { handled } of records.stored("h.test")) stored.push(handled);
  assert.deepEqual(stored, [3]);
  assert.equal(inbound.h, 1);
});
