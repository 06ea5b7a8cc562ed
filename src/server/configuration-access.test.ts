import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { jid } from "../../test/support/stanzas.ts";
import { ConfiguredRights } from "../auth/rights.ts";
import type { Caller } from "../kernel/caller.ts";
import { readConfiguration } from "./configuration.ts";
import { extensions } from "./extensions.ts";

let folder = "";
before(() => {
  folder = mkdtempSync(join(tmpdir(), "tercet-rights-"));
});
after(() => rmSync(folder, { recursive: true }));

/** Rights as of a configuration with the hosts a.test and b.test; sam@a.test is stored as an administrator. */
async function rightsOf(text: string): Promise<ConfiguredRights> {
  const file = join(folder, "tercet.yml");
  writeFileSync(file, `hosts: [a.test, b.test]\n${text}`);
  const { access, hosts } = await readConfiguration({ file, extensions });
  const stored = jid("sam@a.test");
  return new ConfiguredRights({
    settings: access,
    hosts: new Set(hosts),
    stored: (account) => account.equals(stored),
  });
}

/** Whether the acl `x` of this definition has the person in it. */
async function has(definition: string, account: string | undefined, address?: string): Promise<boolean> {
  const rights = await rightsOf(`acl:\n  x: ${definition}\naccess_rules: {x: {allow: x}}\n`);
  return rights.allows("x", { account: account === undefined ? undefined : jid(account), address });
}

const CONDITIONS: readonly (readonly [definition: string, inside: string[], outside: string[]])[] = [
  ["all", ["a@a.test", "x.test"], []],
  ["none", [], ["a@a.test"]],
  ["{user: Alice}", ["alice@a.test", "alice@b.test/r"], ["alice@c.test", "alicea@a.test", "a.test"]],
  ["{user: alice@c.test}", ["alice@c.test"], ["alice@a.test"]],
  ["{user: [alice, {bob: b.test}]}", ["alice@a.test", "bob@b.test"], ["bob@a.test"]],
  ["[{user: alice}, {user: bob}]", ["alice@a.test", "bob@a.test"], ["carol@a.test"]],
  ["{user_regexp: '^t[0-9]+$'}", ["t1@a.test"], ["t1@c.test", "xt1@a.test"]],
  ["{user_regexp: '^t@c.test'}", ["tim@c.test"], ["tim@a.test"]],
  ["{user_glob: 't?st[!0-4]*'}", ["test9a@a.test"], ["test3@a.test", "atest9@a.test", "test9@c.test"]],
  ["{server: C.test}", ["x@c.test", "c.test"], ["x@a.test"]],
  ["{server_regexp: '^icq[.]'}", ["icq.c.test", "1@icq.c.test"], ["x@a.test"]],
  ["{server_glob: '*.c.test'}", ["x@y.c.test"], ["x@c.test"]],
  ["{resource: phone}", ["a@a.test/phone"], ["a@a.test", "a@a.test/Phone"]],
  ["{resource_glob: 'lap*'}", ["a@a.test/laptop"], ["a@a.test/xlap"]],
  ["{resource_regexp: top}", ["a@a.test/laptop"], ["a@a.test/phone"]],
  ["{node_regexp: {'^y$': '^c.(test|org)$'}}", ["y@c.test", "y@c.org"], ["y@c.net", "yy@c.org"]],
  ["{node_glob: {'y*': '*.test'}}", ["yy@c.test"], ["y@c.org"]],
];

for (const [definition, inside, outside] of CONDITIONS) {
  test(`acl ${definition}`, async () => {
    for (const account of inside) assert.ok(await has(definition, account), account);
    for (const account of outside) assert.ok(!(await has(definition, account)), account);
  });
}

test("a condition on the address", async () => {
  assert.ok(await has("{ip: [127.0.0.1/8, '::1']}", undefined, "127.3.4.5"));
  assert.ok(await has("{ip: [127.0.0.1/8, '::1']}", "a@a.test", "::1"));
  assert.ok(!(await has("{ip: 10.0.0.0/8}", "a@a.test", "11.0.0.1")));
  assert.ok(!(await has("{ip: 10.0.0.0/8}", "a@a.test")), "nobody knows the address");
});

test("the first clause all of whose conditions hold decides, and no is the answer where none does", async () => {
  const rights = await rightsOf(`
acl: {banned: {user: eve}, staff: {user: [alice, eve]}}
access_rules:
  short: staff
  ordered: [{deny: banned}, {allow: staff}]
  mapping: {deny: banned, allow: all}
  open: [{deny: banned}, allow]
  both: {allow: [staff, {ip: 10.0.0.0/8}]}
  together: {allow: {acl: staff, ip: 10.0.0.0/8}}
  lists: {deny: {user: [eve, bob]}, allow: all}
  shut: []
`);
  const allows = (rule: string, user: string, address = "192.0.2.1"): boolean =>
    rights.allows(rule, { account: jid(`${user}@a.test`), address });
  const expected: Record<string, boolean[]> = {
    short: [true, true, false],
    ordered: [true, false, false],
    mapping: [true, false, true],
    open: [true, false, true],
    both: [false, false, false],
    together: [false, false, false],
    lists: [true, false, false],
    shut: [false, false, false],
    all: [true, true, true],
    none: [false, false, false],
    loopback: [false, false, false],
    undefined: [false, false, false],
  };
  for (const [rule, wanted] of Object.entries(expected))
    assert.deepEqual(
      ["alice", "eve", "bob"].map((user) => allows(rule, user)),
      wanted,
      rule,
    );
  assert.ok(allows("both", "alice", "10.0.0.1") && allows("together", "alice", "10.0.0.1"));
  assert.ok(!allows("both", "bob", "10.0.0.1"));
  assert.ok(allows("loopback", "bob", "127.0.0.1") && allows("loopback", "bob", "::1"));
});

test("a shaper rule keeps the order of its clauses, numbers too", async () => {
  const rights = await rightsOf(`
admins: [root@a.test]
shaper: {slow: 1000, fast: {rate: 5000, burst_size: 20000}, free: none}
shaper_rules:
  speed: {none: admin, fast: {user: alice}, slow: {user: bob}, free: {user: carol}}
  many: {5000: admin, 100: all}
  few: [{10: {user: alice}}, {infinity: admin}, 5]
  plain: 7
`);
  const who = (user: string) => ({ account: jid(`${user}@a.test`), address: undefined });
  const speeds = ["root", "alice", "bob", "carol", "dave"].map((user) => rights.shaper("speed", who(user)));
  assert.deepEqual(speeds, [
    "none",
    { bytesPerSecond: 5000, burst: 20_000 },
    { bytesPerSecond: 1000, burst: 1000 },
    "none",
    undefined,
  ]);
  assert.deepEqual(
    ["root", "bob"].map((user) => rights.limit("many", who(user))),
    [5000, 100],
  );
  assert.deepEqual(
    ["alice", "root", "bob"].map((user) => rights.limit("few", who(user))),
    [10, Number.POSITIVE_INFINITY, 5],
  );
  assert.equal(rights.limit("plain", who("bob")), 7);
  assert.equal(rights.limit("missing", who("bob")), undefined);
  assert.equal(rights.shaper("none", who("bob")), "none");
});

test("administrators are those of the file, of the acl and of the data directory, and nobody of that name elsewhere", async () => {
  const rights = await rightsOf("admins: [root@a.test]\nacl: {admin: {user: alice}}\n");
  const are = ["root@a.test", "root@a.test/r", "sam@a.test", "alice@a.test", "alice@b.test"];
  const areNot = ["root@b.test", "sam@b.test", "root@evil.test", "alice@evil.test", "a.test", "bob@a.test"];
  assert.deepEqual(
    are.filter((one) => !rights.isAdministrator(jid(one))),
    [],
  );
  assert.deepEqual(
    areNot.filter((one) => rights.isAdministrator(jid(one))),
    [],
  );
});

const status = { name: "status", tags: ["server"] };
const stop = { name: "stop", tags: ["server"] };
const register = { name: "register", tags: ["accounts"] };

function caller(front: Caller["front"], account?: string, more: Partial<Caller> = {}): Caller {
  const bare = account === undefined ? undefined : jid(account);
  return { front, account: bare, address: "192.0.2.1", scopes: undefined, ...more };
}

test("unless said otherwise administrators may everything but stop, and the socket everything", async () => {
  const rights = await rightsOf("admins: [root@a.test]\n");
  for (const front of ["http", "xmpp", "web"] as const) {
    assert.ok(rights.mayRun(caller(front, "root@a.test"), register));
    assert.ok(!rights.mayRun(caller(front, "root@a.test"), stop));
    for (const nobody of ["bob@a.test", "root@b.test", "root@evil.test", undefined])
      assert.ok(!rights.mayRun(caller(front, nobody), status), String(nobody));
  }
  assert.ok(rights.mayRun(caller("control"), stop));
});

test("a token gives no more than its scopes, and no more than its account", async () => {
  const rights = await rightsOf("admins: [root@a.test]\n");
  const may = (account: string, scopes: string[], command = register): boolean =>
    rights.mayRun(caller("http", account, { scopes }), command);
  assert.ok(may("root@a.test", ["register"]) && may("root@a.test", ["tag:accounts"]));
  assert.ok(may("root@a.test", ["ejabberd:admin"]));
  assert.ok(!may("root@a.test", ["ejabberd:admin"], stop), "what its account may not");
  assert.ok(!may("root@a.test", ["status"]) && !may("root@a.test", []) && !may("root@a.test", ["*"]));
  assert.ok(!may("bob@a.test", ["register", "ejabberd:admin"]));
});

test("groups of permissions", async () => {
  const rights = await rightsOf(`
acl: {staff: {user: alice}}
access_rules: {near: {allow: {ip: 10.0.0.0/8}}}
api_permissions:
  public: {who: {ip: 127.0.0.1/8}, what: [status, "!register"]}
  helpdesk: {from: mod_http_api, who: [{access: near}, staff], what: ["[tag:accounts]", "!unregister"]}
  bots: {who: {oauth: {scope: bot, access: {allow: staff}}}, what: "*"}
  nobody: {what: "*"}
  nothing: {who: all}
  shut: {who: all, what: [status, "!*"]}
`);
  assert.ok(rights.mayRun(caller("web", undefined, { address: "127.0.0.1" }), status));
  assert.ok(!rights.mayRun(caller("web", undefined, { address: "127.0.0.1" }), register));
  assert.ok(rights.mayRun(caller("http", "alice@b.test"), register));
  assert.ok(!rights.mayRun(caller("xmpp", "alice@b.test"), register), "another front");
  assert.ok(!rights.mayRun(caller("http", "alice@b.test"), { name: "unregister", tags: ["accounts"] }));
  assert.ok(rights.mayRun(caller("http", "bob@a.test", { address: "10.1.1.1" }), register));
  assert.ok(!rights.mayRun(caller("http", "bob@a.test"), register));
  const scopes = ["bot", "status"];
  assert.ok(rights.mayRun(caller("xmpp", "alice@a.test", { scopes }), status));
  assert.ok(!rights.mayRun(caller("xmpp", "bob@a.test", { scopes }), status));
  assert.ok(!rights.mayRun(caller("xmpp", "alice@a.test", { scopes: ["status"] }), status), "no such scope");
  assert.ok(rights.mayRun(caller("control"), stop), "the owner of the data directory, in any case");
});

test("what is said of the socket holds for it", async () => {
  const rights = await rightsOf(
    `api_permissions: {"console commands": {from: ejabberd_ctl, who: all, what: ["*", "!stop"]}}\n`,
  );
  assert.ok(rights.mayRun(caller("control"), status));
  assert.ok(!rights.mayRun(caller("control"), stop));
});

test("other settings hold at once", async () => {
  const rights = await rightsOf("admins: [root@a.test]\n");
  const file = join(folder, "tercet.yml");
  writeFileSync(file, "hosts: [a.test]\nadmins: [alice@a.test]\n");
  rights.use((await readConfiguration({ file, extensions })).access);
  assert.ok(!rights.isAdministrator(jid("root@a.test")));
  assert.ok(rights.isAdministrator(jid("alice@a.test")));
});
