import assert from "node:assert/strict";
import { test } from "node:test";
import * as argument from "./command-arguments.ts";
import * as result from "./command-results.ts";
import { CommandError, CommandRegistry, command, UnknownCommand, WrongArgumentCount } from "./commands.ts";

const context = { note() {}, waitForEnd() {} };

const add = command({
  name: "add_numbers",
  tags: ["test"],
  summary: "Add two numbers",
  args: { a: argument.integer("The first."), b: argument.integer("The second.") },
  result: result.integer("The sum."),
  permission: "read",
  run: ({ a, b }) => a + b,
});

const resources = command({
  name: "list_rows",
  tags: ["test"],
  summary: "List rows",
  args: {},
  result: result.rows("jid", "port"),
  permission: "read",
  run: () => [{ jid: "romeo@montague.example/orchard", port: 5222 }],
});

function registry(): CommandRegistry {
  const commands = new CommandRegistry();
  commands.add(add, resources);
  return commands;
}

test("a command is found by its name, with - or _", async () => {
  for (const name of ["add_numbers", "add-numbers"]) {
    assert.deepEqual(await registry().call(name, ["2", "40"], context), { command: add, value: 42 });
  }
});

test("a misspelt name gets the nearest one, a strange one none", async () => {
  await assert.rejects(registry().call("add_number", [], context), (error: UnknownCommand) => {
    assert.equal(error.message, "unknown command 'add_number'");
    assert.equal(error.suggestion, "add_numbers");
    return true;
  });
  await assert.rejects(registry().call("nonexistent_command", [], context), { suggestion: undefined });
  await assert.rejects(registry().call("__proto__", [], context), UnknownCommand);
});

test("the number of arguments is checked before anything runs", async () => {
  await assert.rejects(registry().call("add_numbers", [], context), {
    message: "the command 'add_numbers' requires 2 more argument.",
    missing: 2,
  });
  await assert.rejects(
    registry().call("add_numbers", ["1", "2", "3"], context),
    (error: WrongArgumentCount) => {
      assert.equal(error.missing, -1);
      return error instanceof WrongArgumentCount;
    },
  );
});

test("an integer is digits, nothing else", async () => {
  for (const word of ["", " 1", "0x10", "1e3", "1.5", "٣", "99999999999999999999"]) {
    await assert.rejects(registry().call("add_numbers", ["1", word], context), CommandError, word);
  }
});

test("two commands cannot share a name", () => {
  assert.throws(() => registry().add(add), /two commands are called add_numbers/);
});

test("the type of a result is the type of what run returns", () => {
  command({
    name: "wrong",
    tags: [],
    summary: "",
    args: { user: argument.text("Who.") },
    result: result.integer("How many."),
    permission: "read",
    // @ts-expect-error: a text is not an integer
    run: ({ user }) => user,
  });
  command({
    name: "wrong_rows",
    tags: [],
    summary: "",
    args: {},
    result: result.rows("jid", "port"),
    permission: "read",
    // @ts-expect-error: the column port is missing
    run: () => [{ jid: "x" }],
  });
});
