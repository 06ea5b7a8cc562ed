import assert from "node:assert/strict";
import { test } from "node:test";
import * as argument from "./command-arguments.ts";
import * as result from "./command-results.ts";
import {
  CommandError,
  CommandRegistry,
  command,
  readObject,
  readWords,
  UnknownCommand,
  WrongArgumentCount,
  WrongArguments,
} from "./commands.ts";

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
  result: result.rows({ jid: "string", port: "integer" }),
  permission: "read",
  run: () => [{ jid: "romeo@montague.example/orchard", port: 5222 }],
});

function registry(): CommandRegistry {
  const commands = new CommandRegistry();
  commands.add(add, resources);
  return commands;
}

test("a command is found by its name, with - or _", () => {
  for (const name of ["add_numbers", "add-numbers"]) assert.equal(registry().require(name), add);
});

test("a misspelt name gets the nearest one, a strange one none", () => {
  assert.throws(
    () => registry().require("add_number"),
    (error: UnknownCommand) => {
      assert.equal(error.message, "unknown command 'add_number'");
      assert.equal(error.suggestion, "add_numbers");
      return true;
    },
  );
  assert.throws(() => registry().require("nonexistent_command"), { suggestion: undefined });
  assert.throws(() => registry().require("__proto__"), UnknownCommand);
});

test("words become values; their number is checked first", () => {
  assert.deepEqual(readWords(add, ["2", "40"]), { a: 2, b: 40 });
  assert.throws(() => readWords(add, []), {
    message: "the command 'add_numbers' requires 2 more argument.",
    missing: 2,
  });
  assert.throws(
    () => readWords(add, ["1", "2", "3"]),
    (error: WrongArgumentCount) => {
      assert.equal(error.missing, -1);
      return error instanceof WrongArgumentCount;
    },
  );
});

test("an integer is digits, nothing else", () => {
  for (const word of ["", " 1", "0x10", "1e3", "1.5", "٣", "99999999999999999999"]) {
    assert.throws(() => readWords(add, ["1", word]), CommandError, word);
    assert.throws(() => readObject(add, { a: 1, b: word }), CommandError, word);
  }
  for (const value of [1.5, null, true, [], {}, 2 ** 53]) {
    assert.throws(() => readObject(add, { a: 1, b: value }), CommandError, String(value));
  }
});

test("an object has just the members that are arguments", () => {
  assert.deepEqual(readObject(add, { b: 40, a: "2" }), { a: 2, b: 40 });
  assert.throws(() => readObject(add, { a: 1 }), { kind: "missing", names: ["b"] });
  assert.throws(() => readObject(add, { a: 1, b: 2, c: 3, d: 4 }), { kind: "unknown", names: ["c", "d"] });
  assert.throws(() => readObject(add, JSON.parse('{"a":1,"b":2,"__proto__":{}}')), WrongArguments);
  assert.throws(() => readObject(add, Object.create({ a: 1, b: 2 })), WrongArguments);
});

test("lists have commas as words and are arrays in JSON; a choice is one of its words", () => {
  const groups = argument.list("Groups.");
  assert.deepEqual(groups.parse("a,b"), ["a", "b"]);
  assert.deepEqual(groups.parse(""), []);
  assert.deepEqual(groups.fromJson(["a", "b,c"]), ["a", "b,c"]);
  assert.deepEqual(groups.fromJson("a,b"), ["a", "b"]);
  assert.equal(groups.fromJson(["a", 1]), undefined);
  const level = argument.choice(["info", "warn"], "How much.");
  assert.equal(level.parse("warn"), "warn");
  assert.equal(level.fromJson("loud"), undefined);
});

test("what is secret does not stand in the error about it", () => {
  const change = command({
    ...add,
    name: "change",
    args: { newpass: argument.newPassword("It.") },
    run: () => 0,
  });
  assert.throws(
    () => readObject(change, { newpass: 12345 }),
    (error: CommandError) => !error.message.includes("12345"),
  );
});

test("of several signatures the newest up to a version is taken, or the oldest", () => {
  const commands = registry();
  const second = command({ ...add, version: 2, run: () => 2 });
  commands.add(second);
  assert.equal(commands.get("add_numbers"), second);
  assert.equal(commands.get("add_numbers", 3), second);
  assert.equal(commands.get("add_numbers", 1), add);
  const newer = command({ ...add, name: "newer", version: 3, run: () => 3 });
  commands.add(newer);
  assert.equal(commands.get("newer", 1), newer);
  assert.equal(commands.all().length, 3);
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
    result: result.rows({ jid: "string", port: "integer" }),
    permission: "read",
    // @ts-expect-error: the column port is missing
    run: () => [{ jid: "x" }],
  });
});
