import assert from "node:assert/strict";
import { test } from "node:test";
import { linePoints } from "./chart-line.ts";
import { byTag, type CommandForm, search } from "./command-form.ts";
import { Format } from "./format.ts";
import { fieldsOf, isShown, type LogLine } from "./log-line.ts";
import { addProgress } from "./progress-lines.ts";
import { fits, type SessionRow, splitJid } from "./session-row.ts";

test("a full address in parts", () => {
  assert.deepEqual(splitJid("a@h.test/b/c@d"), { user: "a", host: "h.test", resource: "b/c@d" });
  assert.deepEqual(splitJid("a@h.test"), { user: "a", host: "h.test", resource: "" });
});

test("a session fits when each word is somewhere in it", () => {
  const row: SessionRow = {
    jid: "alice@h.test/Phone",
    connection: "c2s_tls",
    ip: "192.0.2.1",
    port: 1,
    priority: 0,
    uptime: 1,
    status: "dnd",
    statustext: "Busy",
  };
  for (const filter of ["", "phone", "ALICE dnd", "192.0 busy"]) assert.ok(fits(row, filter), filter);
  for (const filter of ["bob", "alice xa"]) assert.ok(!fits(row, filter), filter);
});

test("durations have two units at most", () => {
  const format = new Format("en");
  const shown = [0, 5, 65, 3600, 3661, 90_061, 86_400].map((seconds) => format.duration(seconds));
  assert.deepEqual(shown, ["0 s", "5 s", "1 min 5 s", "1 h", "1 h 1 min", "1 d 1 h", "1 d"]);
  assert.equal(new Format("pl").number(12.34), "12,3");
  assert.equal(format.number(1234.5), "1,235");
});

test("a line of progress goes on where it says so", () => {
  const pieces = ["[1/2 0s] Doing... ", "ok", "[2/2 1s] Ending... ", "ok"];
  assert.deepEqual(pieces.reduce<readonly string[]>(addProgress, []), [
    "[1/2 0s] Doing... ok",
    "[2/2 1s] Ending... ok",
  ]);
});

test("commands are found by name, words of the name, tag and summary", () => {
  const form = (name: string, tag: string, summary: string): CommandForm => ({
    name,
    tags: [tag],
    summary,
    doc: "",
    permission: "read",
    args: [],
    result: { kind: "code" },
  });
  const all = [
    form("kick_user", "session", "End all sessions"),
    form("register", "accounts", "Register a user"),
  ];
  const found = (text: string): readonly string[] => search(all, text).map(({ name }) => name);
  assert.deepEqual(found(""), ["kick_user", "register"]);
  assert.deepEqual(found("user"), ["kick_user", "register"]);
  assert.deepEqual(found("kick user"), ["kick_user"]);
  assert.deepEqual(found("ACCOUNTS"), ["register"]);
  assert.deepEqual(
    byTag(all).map(([tag]) => tag),
    ["accounts", "session"],
  );
});

test("a line ends at the right, has zero at the bottom and its highest point near the top", () => {
  assert.equal(linePoints([]), "");
  assert.equal(linePoints([0]), "240.0,55.0");
  const points = linePoints([0, 10]).split(" ");
  assert.equal(points.at(-1), "240.0,5.9");
  assert.match(points[0]!, /,55\.0$/);
  assert.equal(linePoints(Array.from({ length: 500 }, () => 1)).split(" ").length, 90);
});

test("lines of the log by level and words", () => {
  const line: LogLine = {
    time: "t",
    level: "warn",
    event: "login refused",
    number: 1,
    address: "192.0.2.1",
    count: 3,
  };
  assert.deepEqual(fieldsOf(line), [
    ["address", "192.0.2.1"],
    ["count", "3"],
  ]);
  for (const [level, search] of [
    ["debug", ""],
    ["warn", "LOGIN 192.0"],
    ["info", "count=3"],
  ] as const)
    assert.ok(isShown(line, level, search), `${level} ${search}`);
  assert.ok(!isShown(line, "error", ""));
  assert.ok(!isShown(line, "debug", "logout"));
});
