import assert from "node:assert/strict";
import { test } from "node:test";
import { LeapingWorld } from "../../test/support/leaping-world.ts";
import { createLog } from "../base/log.ts";
import { healthLines } from "./open-storage.ts";

test("a disk that wavers is said to be full once, and to be well when it has been for a while", () => {
  const world = new LeapingWorld();
  const lines: string[] = [];
  const write = (line: string): void => void lines.push(line.slice(13).trimEnd());
  const log = createLog({ level: "info", format: "text", now: () => 0, write });
  const health = healthLines({ configuration: { data: "/data", storage: "sqlite" }, world, log });
  for (let n = 0; n < 50; n++) {
    health("full", "database or disk is full");
    world.leap(100);
    health(undefined, "");
    world.leap(100);
  }
  const refused =
    'ERROR the store refuses changes, messages are sent back directory=/data fault=full problem="database or disk is full"';
  assert.deepEqual(lines, [refused]);
  world.leap(5_000);
  assert.deepEqual(lines.slice(1), ["INFO  the store takes changes again directory=/data"]);
  health("full", "database or disk is full");
  health("read-only", "attempt to write a readonly database");
  assert.equal(lines.length, 4);
  assert.match(lines[3]!, /fault=read-only/);
});
