import assert from "node:assert/strict";
import { test } from "node:test";
import { SteppedWorld } from "../../test/support/stepped-world.ts";
import { RegistrationPace } from "./register.ts";

const MINUTE = 60_000;

/** How many of `count` registrations are allowed. */
function allowed(pace: RegistrationPace, count: number, address: (index: number) => string): number {
  let sum = 0;
  for (let index = 0; index < count; index++) if (pace.take(address(index))) sum++;
  return sum;
}

test("an address registers a burst at once, then one for each interval", () => {
  const world = new SteppedWorld();
  const pace = new RegistrationPace(world, { interval: 10 * MINUTE, burst: 30 });
  const one = (): string => "192.0.2.1";
  assert.equal(allowed(pace, 1000, one), 30);
  world.pass(10 * MINUTE - 1);
  assert.equal(allowed(pace, 1000, one), 0);
  world.pass(1);
  assert.equal(allowed(pace, 1000, one), 1);
  world.pass(50 * MINUTE);
  assert.equal(allowed(pace, 1000, one), 5);
  world.pass(24 * 60 * MINUTE);
  assert.equal(allowed(pace, 1000, one), 30);
  assert.equal(pace.take("192.0.2.2"), true);
});

test("a network of 64 bits is one address", () => {
  const pace = new RegistrationPace(new SteppedWorld(), { interval: 10 * MINUTE, burst: 30 });
  assert.equal(
    allowed(pace, 1000, (index) => `2001:db8:0:7::${index.toString(16)}`),
    30,
  );
  assert.equal(pace.take("2001:db8:0:8::1"), true);
});

test("what came to nothing does not count, and nothing is won by it", () => {
  const pace = new RegistrationPace(new SteppedWorld(), { interval: MINUTE, burst: 2 });
  for (let n = 0; n < 100; n++) {
    assert.equal(pace.take("192.0.2.1"), true);
    pace.giveBack("192.0.2.1");
  }
  assert.equal(
    allowed(pace, 10, () => "192.0.2.1"),
    2,
  );
  pace.giveBack("192.0.2.9");
  assert.equal(
    allowed(pace, 10, () => "192.0.2.9"),
    2,
  );
});

test("without an interval there is no limit", () => {
  const pace = new RegistrationPace(new SteppedWorld(), { interval: 0, burst: 1 });
  assert.equal(
    allowed(pace, 100, () => "192.0.2.1"),
    100,
  );
});
