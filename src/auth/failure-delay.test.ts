import assert from "node:assert/strict";
import { test } from "node:test";
import { SteppedWorld } from "../../test/support/stepped-world.ts";
import { FailureDelay } from "./failure-delay.ts";

const ACCOUNT = "romeo@h.test";

function failing(delay: FailureDelay, address: string, times: number, account = ACCOUNT): number[] {
  return Array.from({ length: times }, () => {
    delay.failed(address, account);
    return delay.wait(address, account);
  });
}

test("three failures are free, then the wait doubles up to its end", () => {
  const delay = new FailureDelay(new SteppedWorld());
  assert.equal(delay.wait("192.0.2.1", ACCOUNT), 0);
  assert.deepEqual(failing(delay, "192.0.2.1", 8), [0, 0, 1000, 2000, 4000, 8000, 15_000, 15_000]);
  assert.equal(delay.wait("192.0.2.2", ACCOUNT), 0);
});

test("one failure is forgiven every half minute, and more than the longest wait is not remembered", () => {
  const world = new SteppedWorld();
  const delay = new FailureDelay(world);
  failing(delay, "192.0.2.1", 1000);
  const waits: number[] = [];
  for (let step = 0; step < 6; step += 1) {
    world.pass(30_000);
    waits.push(delay.wait("192.0.2.1", ACCOUNT));
  }
  assert.deepEqual(waits, [8000, 4000, 2000, 1000, 0, 0]);
});

test("time that has run towards forgiving a failure is not lost with the next failure", () => {
  const world = new SteppedWorld();
  const delay = new FailureDelay(world);
  failing(delay, "192.0.2.1", 3);
  world.pass(29_000);
  assert.deepEqual(failing(delay, "192.0.2.1", 1), [2000]);
  world.pass(1_000);
  assert.equal(delay.wait("192.0.2.1", ACCOUNT), 1000);
});

test("an IPv6 address counts with its /64, an IPv4 address for itself", () => {
  const delay = new FailureDelay(new SteppedWorld());
  failing(delay, "2001:db8:1:2::1", 3);
  for (const neighbour of ["2001:db8:1:2::2", "2001:DB8:1:2:3:4:5:6", "2001:db8:1:2:ffff::"])
    assert.equal(delay.wait(neighbour, ACCOUNT), 1000, neighbour);
  for (const stranger of ["2001:db8:1:3::1", "2001:db8::1:2:0:1", "::1", "192.0.2.1"])
    assert.equal(delay.wait(stranger, ACCOUNT), 0, stranger);
  failing(delay, "::1", 3);
  assert.equal(delay.wait("::1", ACCOUNT), 1000);
});

test("the table is bounded: the address that failed longest ago is forgotten", () => {
  const delay = new FailureDelay(new SteppedWorld(), { remembered: 2 });
  for (const last of [1, 2, 3]) failing(delay, `192.0.2.${last}`, 3);
  assert.deepEqual(
    [1, 2, 3].map((last) => delay.wait(`192.0.2.${last}`, ACCOUNT)),
    [0, 1000, 1000],
  );
});

test("every figure is an option", () => {
  const world = new SteppedWorld();
  const delay = new FailureDelay(world, { free: 1, first: 5, longest: 12, forgiveEvery: 10 });
  assert.deepEqual(failing(delay, "127.0.0.1", 4), [5, 10, 12, 12]);
  world.pass(30);
  assert.equal(delay.wait("127.0.0.1", ACCOUNT), 0);
});

test("a wrong password for one account stands in nobody else's way at that address", () => {
  const delay = new FailureDelay(new SteppedWorld());
  failing(delay, "192.0.2.1", 20);
  assert.equal(delay.wait("192.0.2.1", ACCOUNT), 15_000);
  assert.equal(delay.wait("192.0.2.1", "juliet@h.test"), 0);
});

test("trying one name after the other is slowed too", () => {
  const delay = new FailureDelay(new SteppedWorld());
  for (let name = 0; name < 29; name += 1) delay.failed("192.0.2.1", `u${name}@h.test`);
  assert.equal(delay.wait("192.0.2.1", "juliet@h.test"), 0);
  assert.deepEqual(failing(delay, "192.0.2.1", 1, "u29@h.test"), [1000]);
  assert.equal(delay.wait("192.0.2.1", "juliet@h.test"), 1000);
  assert.equal(delay.wait("192.0.2.2", "juliet@h.test"), 0);
});
