import assert from "node:assert/strict";
import { test } from "node:test";
import { LeapingWorld } from "../../test/support/leaping-world.ts";
import { createLog } from "./log.ts";
import { sparingLog } from "./sparing-log.ts";

function harness(): { world: LeapingWorld; lines: string[]; log: ReturnType<typeof sparingLog> } {
  const world = new LeapingWorld();
  const lines: string[] = [];
  const write = (line: string): void => void lines.push(line.slice(13).trimEnd());
  return {
    world,
    lines,
    log: sparingLog(createLog({ level: "info", format: "text", now: () => 0, write }), world),
  };
}

test("ten lines of an event, and how many more there were", () => {
  const { world, lines, log } = harness();
  for (let n = 0; n < 4000; n++) log.error("a message could not be stored", { n });
  log.warn("something else");
  assert.equal(lines.length, 11);
  assert.equal(lines[9], "ERROR a message could not be stored n=9");
  assert.equal(lines[10], "WARN  something else");
  world.leap(60_000);
  assert.deepEqual(lines.slice(11), [
    'ERROR said less often than it happened line="a message could not be stored" more=3990',
  ]);
  log.error("a message could not be stored");
  assert.equal(lines.length, 13);
});

test("what happens a few times is said as it is; nothing is left behind", () => {
  const { world, lines, log } = harness();
  for (let n = 0; n < 10; n++) log.warn("slow");
  world.leap(60_000);
  assert.equal(lines.length, 10);
  assert.equal(world.timers, 0);
});

test("a log with fields counts together with the one it comes from; info is never left out", () => {
  const { world, lines, log } = harness();
  for (let n = 0; n < 20; n++) log.with({ extension: "roster" }).error("a handler failed", { n });
  assert.equal(lines.length, 10);
  assert.equal(lines[0], "ERROR a handler failed extension=roster n=0");
  for (let n = 0; n < 20; n++) log.info("logged in");
  assert.equal(lines.length, 30);
  world.leap(60_000);
  assert.equal(lines.at(-1), 'ERROR said less often than it happened line="a handler failed" more=10');
});
