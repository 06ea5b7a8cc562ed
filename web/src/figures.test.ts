import assert from "node:assert/strict";
import { test } from "node:test";
import { type Figures, ratesOf } from "./figures.ts";

const none: Figures = {
  time: 1000,
  uptimeSeconds: 0,
  sessions: 0,
  stanzas: 0,
  outcomes: {},
  memory: 0,
  cpu: 0,
  messages: 0,
  loopDelay: 0,
  commits: 0,
};

test("rates are per second, and an outcome that is new counts from nothing", () => {
  const later = {
    ...none,
    time: 3000,
    stanzas: 10,
    messages: 6,
    commits: 4,
    outcomes: { stored: 4, delivered: 6 },
    cpu: 500_000,
  };
  assert.deepEqual(ratesOf([none, later]), [
    { stanzas: 5, messages: 3, commits: 2, cpu: 25, outcomes: { stored: 2, delivered: 3 } },
  ]);
});

test("a server that was started anew, or a clock that was set back, gives no rate", () => {
  assert.deepEqual(
    ratesOf([
      { ...none, stanzas: 5 },
      { ...none, time: 3000 },
    ]),
    [],
  );
  assert.deepEqual(ratesOf([none, { ...none, time: 500 }]), []);
  assert.deepEqual(ratesOf([none]), []);
});
