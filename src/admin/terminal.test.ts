import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { FakeAdministration } from "../../test/support/fake-administration.ts";
import { ownerContext } from "../../test/support/owner-context.ts";
import { Jid } from "../xmpp/jid.ts";
import { run } from "./terminal.ts";

// What ejabberdctl prints and returns, measured with ejabberd 26.07.

let fake = new FakeAdministration();
beforeEach(() => {
  fake = new FakeAdministration();
});

async function call(
  ...words: string[]
): Promise<{ out: string; exit: number; notes: string[]; waits: boolean }> {
  const notes: string[] = [];
  let waits = false;
  const context = {
    ...ownerContext(),
    note: (text: string) => void notes.push(text),
    waitForEnd() {
      waits = true;
    },
  };
  const json = words[0] === "--json";
  const printed = await run(fake.calls, { words: json ? words.slice(1) : words, json }, context);
  return { ...printed, notes, waits };
}

async function expect(words: string[], out: string, exit = 0): Promise<void> {
  const printed = await call(...words);
  assert.deepEqual({ out: printed.out, exit: printed.exit }, { out, exit }, words.join(" "));
}

test("register: done, again, empty password, bad names, unknown host", async () => {
  await expect(["register", "alice", "localhost", "pw1"], "User alice@localhost successfully registered\n");
  await expect(
    ["register", "Alice", "LOCALHOST", "pw1"],
    "Error: conflict: User alice@localhost already registered\n",
    1,
  );
  const refused = (user: string, why: string): string =>
    `Error: cannot_register: Can't register user ${user}@localhost at node tercet@localhost: ${why}\n`;
  await expect(
    ["register", "bob", "localhost", ""],
    refused("bob", "The password contains unacceptable characters"),
    1,
  );
  for (const user of ["bad user", "ba@d", "", "ſ"]) {
    const { out, exit } = await call("register", user, "localhost", "pw");
    assert.match(out, /^Error: cannot_register: Can't register user .*: Malformed username\n$/);
    assert.equal(exit, 1);
  }
  await expect(
    ["register", "alice", "nowhere.test", "pw"],
    "Error: cannot_register: Unknown virtual host\n",
    1,
  );
  await expect(
    ["register", "alice", "not a host", "pw"],
    "Error: cannot_register: Unknown virtual host\n",
    1,
  );
});

test("registered_users and registered_vhosts", async () => {
  await expect(["registered_users", "localhost"], "");
  for (const user of ["carol", "alice", "bob"]) await call("register", user, "localhost", "pw");
  await call("register", "dave", "example.test", "pw");
  await expect(["registered_users", "localhost"], "alice\nbob\ncarol\n");
  await expect(["registered-users", "localhost"], "alice\nbob\ncarol\n");
  await expect(["registered_users", "nowhere"], 'Error: error\nError: "Unknown virtual host"\n', 1);
  await expect(["registered_vhosts"], "localhost\nexample.test\n");
});

test("registered_users goes through all pages", async () => {
  for (let i = 0; i < 2500; i++) fake.accounts.passwords.set(`user${i}@localhost`, "pw");
  const { out } = await call("registered_users", "localhost");
  assert.equal(new Set(out.trimEnd().split("\n")).size, 2500);
});

test("check_account, check_password and change_password", async () => {
  await call("register", "alice", "localhost", "pw1");
  await expect(["check_account", "alice", "localhost"], "");
  for (const address of [
    ["zoe", "localhost"],
    ["alice", "nowhere"],
    ["ba@d", "localhost"],
  ]) {
    await expect(["check_account", ...address], "Error: false\n", 1);
    await expect(["check_password", ...address, "pw1"], "Error: false\n", 1);
  }
  await expect(["check_password", "alice", "localhost", "pw1"], "");
  await expect(["check_password", "alice", "localhost", "wrong"], "Error: false\n", 1);
  await expect(["change_password", "alice", "localhost", "pw2"], "");
  await expect(["check_password", "alice", "localhost", "pw2"], "");
  await expect(
    ["change_password", "zoe", "localhost", "pw"],
    "Error: not_found: There is no account zoe@localhost.\n",
    1,
  );
  await expect(
    ["change_password", "alice", "localhost", ""],
    "Error: bad_argument: The password contains unacceptable characters\n",
    1,
  );
});

test("unregister removes the account, and is silent about an account that is not there", async () => {
  await call("register", "dave", "example.test", "pw");
  await expect(["unregister", "dave", "example.test"], "");
  assert.equal(fake.accounts.passwords.size, 0);
  const again = await call("unregister", "dave", "example.test");
  assert.deepEqual(again, {
    out: "",
    exit: 0,
    notes: ["There was no account dave@example.test."],
    waits: false,
  });
  await expect(["unregister", "dave", "nowhere"], 'Error: error\nError: "Unknown virtual host"\n', 1);
});

test("connected_users, connected_users_number", async () => {
  await expect(["connected_users"], "");
  await expect(["connected_users_number"], "0\n");
  fake.connected.push(Jid.parse("alice@localhost/phone")!, Jid.parse("alice@localhost/tv in the hall")!);
  await expect(["connected_users"], "alice@localhost/phone\nalice@localhost/tv in the hall\n");
  await expect(["connected_users_number"], "2\n");
});

test("status, stop, stats, outcomes", async () => {
  await expect(
    ["status"],
    "The node tercet@localhost is started with status: started\ntercet 0.1.0 is running in that node\n",
  );
  assert.deepEqual(await call("stop"), { out: "", exit: 0, notes: [], waits: true });
  assert.equal(fake.stops, 1);
  await call("register", "alice", "localhost", "pw");
  await call("register", "dave", "example.test", "pw");
  await expect(["stats", "registeredusers"], "2\n");
  await call("unregister", "zoe", "localhost");
  await expect(["stats", "registeredusers"], "2\n");
  await expect(["stats", "stanzas"], "4\n");
  await expect(["stats", "uptimeseconds"], "62\n");
  await expect(
    ["stats", "registeredUser"],
    "Error: bad_argument: There is no figure 'registeredUser'. Did you mean 'registeredusers'?\n",
    1,
  );
  await expect(
    ["stats", "__proto__"],
    "Error: bad_argument: There is no figure '__proto__'. There are: registeredusers, onlineusers, onlineusersnode, stanzas, uptimeseconds.\n",
    1,
  );
  await expect(["outcomes"], "delivered\t3\nbounced:service-unavailable\t1\n");
});

test("an unknown command, with a suggestion where one is near", async () => {
  await expect(
    ["registered_user"],
    "Error: unknown command 'registered_user'. Did you mean 'registered_users'?\n",
    1,
  );
  await expect(["nonexistent_command"], "Error: unknown command 'nonexistent_command'.\n", 1);
  await expect(["help", "registr"], "Error: unknown command 'registr'. Did you mean 'register'?\n", 1);
});

test("a wrong number of arguments shows the help of the command first, exit 2", async () => {
  const { out, exit } = await call("register", "alice");
  assert.equal(exit, 2);
  assert.match(out, /^ {2}register user host password\n/);
  assert.match(out, /\nError: the command 'register' requires 2 more argument\.\n$/);
  const many = await call("status", "a", "b");
  assert.match(many.out, /\nError: the command 'status' requires 2 less argument\.\n$/);
  assert.equal(many.exit, 2);
});

test("help: all commands, one, a tag, the tags", async () => {
  const all = await call("help");
  assert.equal(all.exit, 0);
  assert.equal((await call()).out, all.out);
  for (const name of ["register user host password", "connected_users ", "help [COMMAND"])
    assert.ok(all.out.includes(`\n  ${name}`), name);
  const one = await call("help", "change-password");
  assert.match(one.out, /^ {2}change_password user host newpass\n/);
  assert.match(one.out, /newpass \(string\) +The new password\./);
  const tag = await call("help", "session");
  assert.match(tag.out, /connected_users/);
  assert.doesNotMatch(tag.out, /register/);
  assert.match(
    (await call("help", "tags")).out,
    /^ {2}accounts +ban_account, change_password, check_account,/m,
  );
});

test("a command that breaks says nothing of the inside, the log does", async () => {
  await expect(
    ["break", "x"],
    "Error: internal: The command failed inside the server; its log says why.\n",
    1,
  );
  assert.match(fake.logged.join(), /secret of the inside: x/);
});

test("--json gives values, and errors with their kind", async () => {
  await expect(
    ["--json", "register", "alice", "localhost", "pw"],
    '"User alice@localhost successfully registered"\n',
  );
  await expect(["--json", "registered_users", "localhost"], '["alice"]\n');
  await expect(["--json", "connected_users_number"], "0\n");
  await expect(["--json", "check_account", "alice", "localhost"], "true\n");
  await expect(["--json", "check_account", "zoe", "localhost"], "false\n", 1);
  await expect(
    ["--json", "outcomes"],
    '[{"outcome":"delivered","count":3},{"outcome":"bounced:service-unavailable","count":1}]\n',
  );
  const failure = async (...words: string[]) => {
    const { out, exit } = await call("--json", ...words);
    return [JSON.parse(out), exit];
  };
  const conflict = { status: "error", kind: "conflict", message: "User alice@localhost already registered" };
  assert.deepEqual(await failure("register", "alice", "localhost", "pw"), [conflict, 1]);
  const [wrong, exit] = await failure("status", "x");
  assert.deepEqual([wrong.kind, exit], ["wrong_arguments", 2]);
  assert.equal((await failure("stauts"))[0].message, "unknown command 'stauts'. Did you mean 'status'?");
});

test("text of users breaks neither lines nor columns nor a terminal", async () => {
  fake.accounts.list = async () => ["a\nb", "c\u001b[31m", "d\u202ee"];
  await expect(["registered_users", "localhost"], "a b\nc [31m\nd\ufffde\n");
  const { out } = await call("bad\u001b]0;x\u0007");
  assert.equal(out, "Error: unknown command 'bad ]0;x '.\n");
});

test("help fits an ordinary terminal, no word of it is lost", async () => {
  const { out } = await call("help");
  const { out: one } = await call("help", "register");
  for (const text of [out, one]) assert.doesNotMatch(text, /.{81}/);
  assert.ok(
    one.replace(/\s+/g, " ").includes(`Register a user. ${fake.calls.registry.get("register")?.doc}`),
  );
});
