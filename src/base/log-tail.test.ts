import assert from "node:assert/strict";
import { test } from "node:test";
import { createLog, type LogThreshold } from "./log.ts";
import { LogTail } from "./log-tail.ts";

test("lines go where they went, are kept, and come to those who follow", () => {
  const level: LogThreshold = { level: "info" };
  const written: string[] = [];
  const log = createLog({ level, format: "text", now: () => 0, write: (line) => written.push(line) });
  const tail = new LogTail({ now: () => 0 });
  const tailed = tail.around(log, level);
  tailed.info("first");
  const followed: string[] = [];
  const stop = tail.follow((line) => followed.push(line));
  tailed.with({ user: "alice" }).warn("second", { count: 2 });
  tailed.debug("quiet");
  level.level = "debug";
  assert.equal(tailed.debugging, true);
  tailed.debug("third");
  stop();
  tailed.info("fourth");
  assert.equal(written.length, 4);
  const events = (lines: readonly string[]): readonly unknown[] =>
    lines.map((line) => (JSON.parse(line) as { readonly event: string }).event);
  assert.deepEqual(events(tail.lines), ["first", "second", "third", "fourth"]);
  assert.deepEqual(events(followed), ["second", "third"]);
  assert.deepEqual(JSON.parse(followed[0]!), {
    time: "1970-01-01T00:00:00.000Z",
    level: "warn",
    event: "second",
    user: "alice",
    count: 2,
  });
});

test("only the last lines are kept", () => {
  const level: LogThreshold = { level: "info" };
  const tail = new LogTail({ now: () => 0 });
  const log = tail.around(createLog({ level, format: "text", now: () => 0, write() {} }), level);
  for (let count = 0; count < 1200; count++) log.info(`line ${count}`);
  assert.equal(tail.lines.length, 500);
  assert.match(tail.lines[0]!, /line 700/);
});
