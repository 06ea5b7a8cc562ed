import assert from "node:assert/strict";
import { test } from "node:test";
import { ownerContext } from "../../test/support/owner-context.ts";
import { createLog } from "../base/log.ts";
import { Jid } from "../xmpp/jid.ts";
import * as argument from "./command-arguments.ts";
import { CommandCalls, NotAllowed } from "./command-calls.ts";
import * as result from "./command-results.ts";
import { CommandError, CommandRegistry, command, UnknownCommand, WrongArguments } from "./commands.ts";

const account = Jid.parse("admin@h.test")!;

function calls(allowed = true): { calls: CommandCalls; lines: () => Record<string, unknown>[] } {
  const registry = new CommandRegistry();
  registry.add(
    command({
      name: "tell",
      tags: ["test"],
      summary: "Tell somebody something",
      args: {
        user: argument.text("Whom."),
        password: argument.password("Why."),
        body: argument.content("What."),
      },
      result: result.code(),
      permission: "change",
      run({ user }) {
        if (user === "nobody") throw new CommandError("not_found", "There is no nobody.");
        if (user === "crash") throw new TypeError("inside");
        return user !== "no";
      },
    }),
  );
  const written: string[] = [];
  const log = createLog({ level: "info", format: "json", now: () => 0, write: (line) => written.push(line) });
  let time = 0;
  const world = { monotonic: () => (time += 5) };
  return {
    calls: new CommandCalls({ registry, log, world, rights: { mayRun: () => allowed } }),
    lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

const context = {
  ...ownerContext(),
  caller: { front: "http", account, address: "192.0.2.1", scopes: ["tell"], credential: "a1b2" } as const,
};

test("a call leaves one line: who, from where, what without secrets and content, and the result", async () => {
  const one = calls();
  await one.calls.withWords("tell", ["bob", "hunter2", "the body"], context);
  assert.deepEqual(one.lines(), [
    {
      time: "1970-01-01T00:00:00.000Z",
      level: "info",
      event: "command",
      command: "tell",
      arguments: '{"user":"bob"}',
      front: "http",
      account: "admin@h.test",
      address: "192.0.2.1",
      bearer: "a1b2",
      result: "done",
      ms: 5,
    },
  ]);
});

test("the line says how a call failed", async () => {
  const one = calls();
  await one.calls.withObject("tell", { user: "no", password: "", body: "" }, context);
  await assert.rejects(
    one.calls.withObject("tell", { user: "nobody", password: "", body: "" }, context),
    CommandError,
  );
  await assert.rejects(one.calls.withWords("tell", ["crash", "", ""], context), TypeError);
  await assert.rejects(one.calls.withObject("tell", { user: "x", role: "admin" }, context), WrongArguments);
  await assert.rejects(one.calls.withObject("made-up", {}, context), UnknownCommand);
  assert.deepEqual(
    one.lines().map(({ command: name, result: came }) => [name, came]),
    [
      ["tell", "no"],
      ["tell", "not_found"],
      ["tell", "failed"],
      ["tell", "wrong arguments"],
      ["unknown", "unknown"],
    ],
  );
});

test("who has no right learns nothing of the arguments and is in the log", async () => {
  const one = calls(false);
  await assert.rejects(one.calls.withObject("tell", {}, context), NotAllowed);
  const [line] = one.lines();
  assert.deepEqual([line!["level"], line!["result"]], ["warn", "not allowed"]);
  assert.deepEqual(one.calls.open(context.caller), []);
});
