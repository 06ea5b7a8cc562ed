import assert from "node:assert/strict";
import { test } from "node:test";
import { SteppedWorld } from "../../../test/support/stepped-world.ts";
import { createLog } from "../../base/log.ts";
import type { Caller } from "../../kernel/caller.ts";
import { CommandCalls } from "../../kernel/command-calls.ts";
import * as result from "../../kernel/command-results.ts";
import { CommandError, CommandRegistry, command } from "../../kernel/commands.ts";
import { Jid } from "../../xmpp/jid.ts";
import { type CallEvent, RunningCalls } from "./running-calls.ts";

const caller: Caller = {
  front: "web",
  account: Jid.parse("admin@h.test"),
  address: "127.0.0.1",
  scopes: undefined,
};

interface Setting {
  readonly running: RunningCalls;
  readonly world: SteppedWorld;
  readonly go: PromiseWithResolvers<void>;
}

function setting(): Setting {
  const go = Promise.withResolvers<void>();
  const registry = new CommandRegistry();
  registry.add(
    command({
      name: "wait",
      tags: ["test"],
      summary: "Wait",
      args: {},
      result: result.integer("Seven."),
      permission: "change",
      async run(_, { signal, progress, note }) {
        progress("[1/1 0s] Waiting... ", true);
        const aborted = new Promise<never>((_, reject) =>
          signal.addEventListener("abort", () => reject(new CommandError("error", "It was cancelled."))),
        );
        await Promise.race([go.promise, aborted]);
        progress("ok");
        note("A note.");
        return 7;
      },
    }),
    command({
      name: "break",
      tags: ["test"],
      summary: "Break",
      args: {},
      result: result.code(),
      permission: "change",
      run() {
        throw new TypeError("secret of the inside");
      },
    }),
  );
  const log = createLog({ level: "error", format: "json", now: () => 0, write() {} });
  const world = new SteppedWorld();
  const calls = new CommandCalls({ registry, log, rights: { mayRun: () => true }, world });
  return { running: new RunningCalls({ calls, world }), world, go };
}

async function all(running: RunningCalls, id: string): Promise<readonly CallEvent[]> {
  const events: CallEvent[] = [];
  for await (const event of running.follow(id, new AbortController().signal)!) events.push(event);
  return events;
}

const SAID = [
  { line: "[1/1 0s] Waiting... ", goesOn: true },
  { line: "ok", goesOn: false },
  { note: "A note." },
  { status: 200, value: 7 },
];

test("whoever follows a call sees all of it, early or late, and it runs without anybody", async () => {
  const { running, go } = setting();
  const id = running.start("wait", {}, caller)!;
  const early = all(running, id);
  const gone = new AbortController();
  const left = running.follow(id, gone.signal)![Symbol.asyncIterator]();
  assert.deepEqual((await left.next()).value, SAID[0]);
  const next = left.next();
  gone.abort();
  assert.equal((await next).done, true);
  assert.deepEqual(
    running.list().map(({ command: name, account, ended }) => [name, account, ended]),
    [["wait", "admin@h.test", false]],
  );
  go.resolve();
  assert.deepEqual(await early, SAID);
  assert.deepEqual(await all(running, id), SAID);
});

test("a call is cancelled once, and says what became of it", async () => {
  const { running } = setting();
  const id = running.start("wait", {}, caller)!;
  assert.equal(running.cancel(id), true);
  const events = await all(running, id);
  assert.deepEqual(events.at(-1), {
    status: 400,
    value: { code: 10_001, message: "It was cancelled.", status: "error" },
  });
  assert.equal(running.cancel(id), false);
  assert.equal(running.cancel("nothing"), false);
});

test("what failed inside says no more than that, what ended is forgotten after a minute", async () => {
  const { running, world } = setting();
  const id = running.start("break", {}, caller)!;
  const [event] = await all(running, id);
  assert.equal(event !== undefined && "status" in event && event.status, 500);
  assert.doesNotMatch(JSON.stringify(event), /secret/);
  world.pass(60_000);
  assert.equal(running.follow(id, new AbortController().signal), undefined);
  assert.deepEqual(running.list(), []);
});

test("so many run at a time and no more", () => {
  const { running } = setting();
  for (let count = 0; count < 64; count++) assert.ok(running.start("wait", {}, caller));
  assert.equal(running.start("wait", {}, caller), undefined);
});
