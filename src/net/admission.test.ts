import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLog } from "../../test/support/silent-log.ts";
import { SteppedWorld } from "../../test/support/stepped-world.ts";
import { createLog } from "../base/log.ts";
import { Admission, type ConnectionLimits, DEFAULT_LIMITS } from "./admission.ts";

const SMALL: ConnectionLimits = {
  unauthenticatedPerAddress: 2,
  perAddress: 3,
  unauthenticated: 4,
  total: 6,
  ratePerAddress: 1000,
  burstPerAddress: 1000,
};

test("unauthenticated connections of an address are limited, logging in makes room", () => {
  const admission = new Admission(new SteppedWorld(), silentLog(), SMALL);
  const first = admission.admit("192.0.2.1");
  const second = admission.admit("192.0.2.1");
  assert.ok(first && second);
  assert.equal(admission.admit("192.0.2.1"), undefined);
  first.authenticated();
  first.authenticated();
  assert.equal(admission.unauthenticated, 1);
  const third = admission.admit("192.0.2.1");
  assert.ok(third);
  third.authenticated();
  assert.equal(admission.admit("192.0.2.1"), undefined, "three in all");
  first.leave();
  first.leave();
  assert.ok(admission.admit("192.0.2.1"));
});

test("all addresses together are limited", () => {
  const admission = new Admission(new SteppedWorld(), silentLog(), SMALL);
  const places = [1, 2, 3, 4].map((n) => admission.admit(`192.0.2.${n}`));
  assert.equal(admission.admit("192.0.2.9"), undefined, "four that have not logged in");
  for (const place of places) place?.authenticated();
  for (const n of [5, 6]) admission.admit(`192.0.2.${n}`)?.authenticated();
  assert.equal(admission.open, 6);
  assert.equal(admission.admit("192.0.2.9"), undefined, "six in all");
});

test("the rate of new connections of an address is limited", () => {
  const world = new SteppedWorld();
  const limits = { ...DEFAULT_LIMITS, ratePerAddress: 2, burstPerAddress: 3 };
  const admission = new Admission(world, silentLog(), limits);
  const admitted = (): boolean => {
    const place = admission.admit("192.0.2.1");
    place?.leave();
    return place !== undefined;
  };
  assert.deepEqual([1, 2, 3, 4].map(admitted), [true, true, true, false]);
  world.pass(500);
  assert.deepEqual([1, 2].map(admitted), [true, false]);
});

test("refusals make one log line, and addresses without connections are forgotten", () => {
  const world = new SteppedWorld();
  const lines: string[] = [];
  const log = createLog({
    level: "info",
    format: "json",
    now: () => 0,
    write: (line) => lines.push(line),
  });
  const admission = new Admission(world, log, SMALL);
  const places = [admission.admit("192.0.2.1"), admission.admit("192.0.2.1")];
  for (let i = 0; i < 100; i++) admission.admit("192.0.2.1");
  assert.equal(lines.length, 0);
  world.pass(10_000);
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? "", /"count":100/);
  assert.equal(admission.addresses, 1);
  for (const place of places) place?.leave();
  world.pass(10_000);
  assert.equal(admission.addresses, 0);
  assert.equal(world.timers, 0);
});

test("the addresses of an IPv6 network of 64 bits count as one", () => {
  const admission = new Admission(new SteppedWorld(), silentLog(), SMALL);
  assert.ok(admission.admit("2001:db8:0:7::1"));
  assert.ok(admission.admit("2001:db8:0:7:ffff::"));
  assert.equal(admission.admit("2001:db8:0:7::3"), undefined);
  assert.ok(admission.admit("2001:db8:0:8::1"));
});
