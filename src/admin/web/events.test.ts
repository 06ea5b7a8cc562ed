import assert from "node:assert/strict";
import { test } from "node:test";
import { SteppedWorld } from "../../../test/support/stepped-world.ts";
import { eventStream } from "./events.ts";

async function* values(go: Promise<void>, left: () => void): AsyncIterable<unknown> {
  try {
    yield { text: "two\nlines" };
    await go;
    yield 2;
  } finally {
    left();
  }
}

function open(signal: AbortSignal, world: SteppedWorld) {
  const go = Promise.withResolvers<void>();
  const left = Promise.withResolvers<void>();
  const { body } = eventStream(values(go.promise, left.resolve), signal, world);
  const pieces = (body as AsyncIterable<string>)[Symbol.asyncIterator]();
  return { pieces, go: go.resolve, left: left.promise };
}

test("each value is one event, silence is broken, and the end is the end", async () => {
  const world = new SteppedWorld();
  const { pieces, go, left } = open(new AbortController().signal, world);
  const next = async (): Promise<unknown> => (await pieces.next()).value;
  assert.equal(await next(), ": open\n\n");
  assert.equal(await next(), 'data: {"text":"two\\nlines"}\n\n');
  const silence = next();
  await new Promise((resolve) => setImmediate(resolve));
  world.pass(15_000);
  assert.equal(await silence, ": still here\n\n");
  go();
  assert.equal(await next(), "data: 2\n\n");
  assert.equal((await pieces.next()).done, true);
  await left;
  assert.equal(world.timers, 0);
});

test("whoever goes away is waited for no more", async () => {
  const world = new SteppedWorld();
  const gone = new AbortController();
  const { pieces, go, left } = open(gone.signal, world);
  await pieces.next();
  await pieces.next();
  const last = pieces.next();
  await new Promise((resolve) => setImmediate(resolve));
  gone.abort();
  assert.equal((await last).done, true);
  go();
  await left;
  assert.equal(world.timers, 0);
});
