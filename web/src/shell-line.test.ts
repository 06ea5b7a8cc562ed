import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import type { CommandArgument, CommandForm } from "./command-form.ts";
import { apiLine, jsonValue, shellWord, tercetctlLine } from "./shell-line.ts";

function argument(name: string, more: Partial<CommandArgument> = {}): CommandArgument {
  return { name, kind: "string", doc: "", secret: false, content: false, confirm: false, ...more };
}

function form(name: string, ...args: readonly CommandArgument[]): CommandForm {
  return { name, args, tags: [], summary: "", doc: "", permission: "change", result: { kind: "code" } };
}

test("a shell gives back every word", () => {
  for (const word of ["a", "", "two words", "it's", `"$HOME" \`id\` \\`, "a\nb", "*", "~", "-x", "zażółć"])
    assert.equal(execFileSync("sh", ["-c", `printf %s ${shellWord(word)}`]).toString(), word);
  assert.equal(shellWord("alice@h.test"), "alice@h.test");
});

const register = form("register", argument("user"), argument("host"), argument("password", { secret: true }));
const given = { user: "it's", host: "h.test", password: "balcony" };

test("the line for a terminal has every argument but secrets, in order", () => {
  assert.equal(tercetctlLine(register, given), `tercetctl register 'it'\\''s' h.test -`);
  assert.equal(tercetctlLine(register, {}), "tercetctl register '' '' -");
});

test("the call of the API is JSON without secrets", () => {
  const line = apiLine(register, given, "http://localhost:5280", "admin@h.test");
  assert.match(line, /^curl --user admin@h\.test --json '.*' http:\/\/localhost:5280\/api\/register$/);
  assert.doesNotMatch(line, /balcony/);
  const words = execFileSync("sh", ["-c", `${line.replace("curl", "printf '%s\\n'")}`])
    .toString()
    .split("\n");
  assert.deepEqual(JSON.parse(words[3]!), { user: "it's", host: "h.test", password: "…" });
});

test("values become what the API takes", () => {
  assert.equal(jsonValue(argument("delay", { kind: "integer" }), "60"), 60);
  assert.equal(jsonValue(argument("delay", { kind: "integer" }), "soon"), "soon");
  assert.equal(jsonValue(argument("text"), "60"), "60");
  assert.deepEqual(jsonValue(argument("to", { kind: "[string]" }), " a, b\nc\n"), ["a", "b", "c"]);
  assert.deepEqual(jsonValue(argument("to", { kind: "[string]" }), ""), []);
});
