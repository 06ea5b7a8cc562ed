import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { InputQueue, type Prepared, type Release, Submitted } from "./input-queue.ts";

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

test("messages are submitted without waiting for each other's commit, and released in the order of arrival", async () => {
  const queue = new InputQueue();
  const log: string[] = [];
  const gates = [gate(), gate(), gate()];
  gates.forEach((one, index) => {
    queue.add(true, () => {
      log.push(`submit ${index}`);
      return new Submitted(one.opened.then(() => () => void log.push(`release ${index}`)));
    });
  });
  assert.deepEqual(log, ["submit 0", "submit 1", "submit 2"]);
  await gates[2]!.open();
  await gates[1]!.open();
  assert.equal(log.length, 3);
  await gates[0]!.open();
  assert.deepEqual(log.slice(3), ["release 0", "release 1", "release 2"]);
});

test("what is not submitted yet holds what is behind it: the order of the store is the order of arrival", async () => {
  const queue = new InputQueue();
  const log: string[] = [];
  const [hook, commit] = [gate(), gate()];
  const submit = (name: string): Submitted<Release> => {
    log.push(`submit ${name}`);
    return new Submitted(commit.opened.then(() => () => void log.push(`release ${name}`)));
  };
  queue.add(true, () => hook.opened.then(() => submit("first")));
  queue.add(true, () => submit("second"));
  assert.deepEqual(log, []);
  await hook.open();
  assert.deepEqual(log, ["submit first", "submit second"]);
  await commit.open();
  assert.deepEqual(log.slice(2), ["release first", "release second"]);
});

test("an iq begins when everything before it was released, and holds what follows", async () => {
  const queue = new InputQueue();
  const log: string[] = [];
  const commit = gate();
  const answer = gate();
  queue.add(true, () => new Submitted(commit.opened.then(() => () => void log.push("message"))));
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

/** Stanzas with random waits: before they are submitted, for the store, and during their release. */
const stanzas = fc.array(
  fc.record({
    message: fc.boolean(),
    hooks: fc.nat({ max: 2 }),
    commit: fc.nat({ max: 4 }),
    late: fc.nat({ max: 3 }),
    arrives: fc.nat({ max: 2 }),
  }),
  { maxLength: 30 },
);

async function wait(turnsToWait: number): Promise<void> {
  for (let turn = 0; turn < turnsToWait; turn++) await Promise.resolve();
}

test("whatever waits how long: order of submission and of release are the order of arrival, and nothing begins too early", async () => {
  await fc.assert(
    fc.asyncProperty(stanzas, async (list) => {
      const queue = new InputQueue();
      const submitted: number[] = [];
      const released: number[] = [];
      for (const [index, { message, hooks, commit, late, arrives }] of list.entries()) {
        const release: Release =
          late === 0
            ? () => void released.push(index)
            : async () => {
                await wait(late);
                released.push(index);
              };
        const submit = (): Prepared => {
          submitted.push(index);
          return commit === 0 ? release : new Submitted(wait(commit).then(() => release));
        };
        queue.add(message, () => {
          const nothingBetween = list
            .slice(0, index)
            .every((other, at) => other.message || released.includes(at));
          const allowed = message ? nothingBetween && submitted.length === index : released.length === index;
          assert.ok(allowed, `${index} began too early`);
          return hooks === 0 ? submit() : wait(hooks).then(submit);
        });
        await wait(arrives);
      }
      await queue.settled();
      const arrival = list.map((_one, index) => index);
      assert.deepEqual([submitted, released], [arrival, arrival]);
    }),
    { numRuns: 300 },
  );
});
