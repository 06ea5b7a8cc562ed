import assert from "node:assert/strict";
import { test } from "node:test";
import { SteppedWorld } from "../../../test/support/stepped-world.ts";
import { Reception } from "./reception.ts";

interface Fixture {
  readonly world: SteppedWorld;
  readonly reception: Reception;
  readonly answers: number[];
  readonly persisted: number[];
}

function fixture(count: number | undefined, persistent: boolean): Fixture {
  const world = new SteppedWorld();
  const answers: number[] = [];
  const persisted: number[] = [];
  const persist = async (handled: number): Promise<boolean> => persisted.push(handled) > 0;
  const parts = {
    world,
    answer: (h: number) => void answers.push(h),
    persist: persistent ? persist : undefined,
  };
  return { world, reception: new Reception(parts, count), answers, persisted };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

function handle(reception: Reception, committed: boolean): void {
  reception.arrived();
  reception.began();
  if (committed) reception.commits();
  reception.finished();
}

test("the count wraps at 2^32, what it stands for does not", async () => {
  const { reception, answers } = fixture(2 ** 32 - 1, false);
  reception.request();
  await turn();
  handle(reception, false);
  reception.request();
  await turn();
  handle(reception, false);
  reception.request();
  await turn();
  assert.deepEqual(answers, [2 ** 32 - 1, 0, 1]);
});

test("many requests get one answer; each covers all that stood before it", async () => {
  const { reception, answers } = fixture(undefined, false);
  handle(reception, false);
  for (let n = 0; n < 1000; n++) reception.request();
  await turn();
  assert.deepEqual(answers, [1]);
  reception.arrived();
  reception.request();
  reception.arrived();
  reception.request();
  await turn();
  assert.deepEqual(answers, [1]);
  reception.began();
  reception.finished();
  await turn();
  assert.deepEqual(answers, [1, 2]);
  reception.began();
  reception.finished();
  await turn();
  assert.deepEqual(answers, [1, 2, 3]);
});

test("what is committed with a message needs no commit of its own, anything else does", async () => {
  const { reception, answers, persisted } = fixture(undefined, true);
  handle(reception, true);
  reception.request();
  await turn();
  assert.deepEqual([answers, persisted], [[1], []]);
  handle(reception, false);
  reception.request();
  await turn();
  assert.deepEqual([answers, persisted], [[1, 2], [2]]);
  // The store has refused the commit: it is told anew.
  reception.arrived();
  reception.began();
  reception.commits();
  reception.refused();
  reception.finished();
  reception.request();
  await turn();
  assert.deepEqual(
    [answers, persisted],
    [
      [1, 2, 3],
      [2, 3],
    ],
  );
});

test("a message that was committed behind one that is no matter of the store does not speak for it before it is there", () => {
  const { reception } = fixture(undefined, true);
  for (let n = 0; n < 2; n++) reception.arrived();
  reception.began();
  reception.began();
  reception.commits();
  reception.finished();
  assert.equal(reception.h, 0);
  reception.finished();
  assert.equal(reception.h, 2);
});
