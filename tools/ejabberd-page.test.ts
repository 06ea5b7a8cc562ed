import assert from "node:assert/strict";
import { test } from "node:test";
import * as result from "../src/kernel/command-results.ts";
import { command } from "../src/kernel/commands.ts";
import { commandTestsPage, testsOf } from "./command-tests.ts";
import { ejabberdCommands, ejabberdPage, explained } from "./ejabberd-page.ts";

const known = {
  tags: { accounts: ["register", "invite"], rooms: ["create_room"], both: ["register"] },
  absentTags: { rooms: "Comes with rooms." },
  absent: { invite: "Comes with invitations." },
};

const [register, ours] = ["register", "ours"].map((name) =>
  command({ name, tags: [], summary: name, args: {}, result: result.code(), permission: "read", run() {} }),
);

test("every documented name is there, and there are 224 of them", () => {
  const names = new Set(Object.values(ejabberdCommands().tags).flat());
  assert.equal(names.size, 224);
});

test("each name is here or explained, never neither and never both", () => {
  const all = explained(known, new Set(["register"]));
  assert.deepEqual(
    [...all],
    [
      ["register", ""],
      ["invite", "Comes with invitations."],
      ["create_room", "Comes with rooms."],
    ],
  );
  assert.throws(() => explained(known, new Set()), /register is neither a command nor explained/);
  assert.throws(() => explained(known, new Set(["register", "invite"])), /invite is a command and explained/);
  const stale = { ...known, absent: { ...known.absent, gone: "x" } };
  assert.throws(() => explained(stale, new Set(["register"])), /gone is no command of ejabberd/);
});

test("the page counts and links", () => {
  const page = ejabberdPage([register!, ours!], known);
  assert.match(page, /each of the 3 commands/);
  assert.match(page, /, by its tags\. 1 of them are here/);
  assert.match(page, /Beside them there are `ours`\./);
  assert.match(page, /\| `register` \| \[here\]\(commands\.md#register\) \|/);
});

test("a command that no test calls is a fault", () => {
  const files = [{ path: "test/stories/a.test.ts", text: 'server.command("register")' }];
  assert.deepEqual(testsOf([register!], files).get("register"), ["test/stories/a.test.ts"]);
  assert.throws(() => testsOf([register!, ours!], files), /no test calls ours/);
  assert.match(commandTestsPage([register!], files), /\| `register` \| \[test\/stories\/a\.test\.ts\]/);
});
