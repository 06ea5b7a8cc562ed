import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { InputQueue, type Release } from "./input-queue.ts";

interface Gate {
  readonly opened: Promise<void>;
  open(): Promise<void>;
}

function gate(): Gate {
  const { promise, resolve } = Promise.withResolvers<void>();
  return {
    opened: promise,
    async open() {
      resolve();
      await turns();
    },
  };
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

test("what does not wait is done at once", () => {
  const queue = new InputQueue();
  const done: string[] = [];
  queue.add(true, () => () => void done.push("message"));
  queue.add(false, () => () => void done.push("iq"));
  assert.deepEqual(done, ["message", "iq"]);
  assert.equal(queue.length, 0);
});

test("messages are submitted together and released in the order of arrival", async () => {
  const queue = new InputQueue();
  const log: string[] = [];
  const gates = [gate(), gate(), gate()];
  gates.forEach((one, index) => {
    queue.add(true, async () => {
      log.push(`submit ${index}`);
      await one.opened;
      return () => void log.push(`release ${index}`);
    });
  });
  assert.deepEqual(log, ["submit 0", "submit 1", "submit 2"]);
  await gates[2]!.open();
  await gates[1]!.open();
  assert.equal(log.length, 3);
  await gates[0]!.open();
  assert.deepEqual(log.slice(3), ["release 0", "release 1", "release 2"]);
});

test("an iq begins when everything before it was released, and holds what follows", async () => {
  const queue = new InputQueue();
  const log: string[] = [];
  const commit = gate();
  const answer = gate();
  queue.add(true, async () => {
    await commit.opened;
    return () => void log.push("message");
  });
  queue.add(false, () => {
    log.push("iq begins");
    return async () => {
      await answer.opened;
      log.push("iq ends");
    };
  });
  for (const name of ["second", "third"]) {
    queue.add(true, () => {
      log.push(`submit ${name}`);
      return () => void log.push(name);
    });
  }
  assert.deepEqual(log, []);
  await commit.open();
  assert.deepEqual(log, ["message", "iq begins"]);
  let settled = false;
  void queue.settled().then(() => {
    settled = true;
  });
  await turns();
  assert.equal(settled, false);
  await answer.open();
  assert.deepEqual(log.slice(2), ["iq ends", "submit second", "submit third", "second", "third"]);
  assert.equal(settled, true);
});

/** Stanzas with random waits before and during their release. */
const stanzas = fc.array(
  fc.record({
    message: fc.boolean(),
    waits: fc.nat({ max: 3 }),
    late: fc.nat({ max: 3 }),
    arrives: fc.nat({ max: 2 }),
  }),
  { maxLength: 30 },
);

test("whatever waits how long: the order of release is the order of arrival, and nothing but messages begins early", async () => {
  await fc.assert(
    fc.asyncProperty(stanzas, async (list) => {
      const queue = new InputQueue();
      const released: number[] = [];
      const wait = async (turnsToWait: number): Promise<void> => {
        for (let turn = 0; turn < turnsToWait; turn++) await Promise.resolve();
      };
      for (const [index, { message, waits, late, arrives }] of list.entries()) {
        const release: Release =
          late === 0 || message
            ? () => void released.push(index)
            : async () => {
                await wait(late);
                released.push(index);
              };
        queue.add(message, () => {
          const before = list.slice(0, index);
          const allowed = message
            ? before.every((other, at) => other.message || released.includes(at))
            : released.length === index;
          assert.ok(allowed, `${index} began too early`);
          return waits === 0 ? release : wait(waits).then(() => release);
        });
        await wait(arrives);
      }
      await queue.settled();
      assert.deepEqual(
        released,
        list.map((_one, index) => index),
      );
    }),
    { numRuns: 300 },
  );
});
