import assert from "node:assert/strict";
import { exchange, request, until } from "../support/http.ts";
import { child, Romeo, text } from "../support/romeo.ts";
import { story, type TestServer } from "../support/server.ts";
import { WebBrowser } from "../support/web-browser.ts";

const admins = { accounts: ["alice", "bob"], configuration: "admins: [alice@h.test]" };

/** The secret part of the link that the start has printed. */
function tokenOf(server: TestServer): string {
  const [origin, token] = server.running.firstLogin!.split("/admin/setup#");
  assert.equal(origin, `http://localhost:${server.httpPort}`);
  return token!;
}

const setup = { user: "root", password: "first secret" };

story("the first administrator is made by the link, once", {}, async (server) => {
  const token = tokenOf(server);
  const [first, second] = [new WebBrowser(server), new WebBrowser(server)];
  const wrong = await first.ask("POST /admin/api/setup", { ...setup, token: token.slice(1) });
  assert.equal(wrong.status, 404);
  // What came to nothing can be tried again.
  for (const user of ["", "a b", "root@elsewhere.test", "root@h.test/phone"])
    assert.equal((await first.ask("POST /admin/api/setup", { ...setup, user, token })).status, 400, user);
  assert.equal((await first.ask("POST /admin/api/setup", { ...setup, password: "", token })).status, 400);
  const race = await Promise.all(
    [first, second].map((one, index) =>
      one.ask("POST /admin/api/setup", { ...setup, user: `root${index}`, token }),
    ),
  );
  assert.deepEqual(race.map(({ status }) => status).sort(), [200, 404]);
  const made = race.find(({ status }) => status === 200)!;
  assert.match(
    made.headers.get("set-cookie")!,
    /^tercet-admin=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
  );
  const { account } = made.body as { readonly account: string };
  assert.match(account, /^root[01]@h\.test$/);
  first.enter(made);
  assert.equal(
    (await first.command("registered_users", { host: "h.test" })).text,
    `["${account.slice(0, 5)}"]`,
  );
  assert.equal(await new WebBrowser(server).login(account, setup.password), 200);
  assert.equal((await first.ask("POST /admin/api/setup", { ...setup, user: "root2", token })).status, 404);
});

story(
  "who is there already becomes the administrator by their own password",
  { accounts: ["alice"] },
  async (server) => {
    const token = tokenOf(server);
    const browser = new WebBrowser(server);
    const ask = (password: string) =>
      browser.ask("POST /admin/api/setup", { user: "alice", password, token });
    assert.equal((await ask("another")).status, 409);
    assert.equal((await ask("secret")).status, 200);
  },
);

story("another link comes by the command, and takes the place of the first one", {}, async (server) => {
  const old = tokenOf(server);
  const { out, exit } = await server.command("setup_link");
  assert.equal(exit, 0);
  const [, token] = out.trim().split("#");
  const browser = new WebBrowser(server);
  assert.equal((await browser.ask("POST /admin/api/setup", { ...setup, token: old })).status, 404);
  assert.equal((await browser.ask("POST /admin/api/setup", { ...setup, token })).status, 200);
  browser.enter(await browser.ask("POST /admin/api/login", setup));
  // A page must not be able to make more administrators.
  assert.equal((await browser.command("setup_link")).status, 400);
});

story("no link where somebody administers the server", admins, async (server) => {
  assert.equal(server.running.firstLogin, undefined);
});

story("administrators log in by their password, nobody else", admins, async (server) => {
  const browser = new WebBrowser(server);
  for (const [user, password, status] of [
    ["alice", "wrong", 401],
    ["alice@elsewhere.test", "secret", 401],
    ["nobody", "secret", 401],
    ["bob", "secret", 403],
    ["alice", "secret", 200],
    ["alice@h.test", "secret", 200],
  ] as const)
    assert.equal(await browser.login(user, password), status, `${user} ${password}`);
  const { body } = await browser.ask("GET /admin/api/session");
  assert.equal((body as { readonly account: string }).account, "alice@h.test");
});

story("the cookie alone does nothing", admins, async (server) => {
  const browser = new WebBrowser(server);
  assert.equal((await browser.ask("GET /admin/api/session")).status, 401);
  await browser.login("alice");
  assert.equal((await browser.command("status")).status, 200);
  const { csrf } = browser;
  for (const wrong of ["", `${csrf.slice(1)}x`]) {
    browser.csrf = wrong;
    for (const head of ["POST /api/status", "POST /admin/api/logout"])
      assert.equal((await browser.ask(head, {})).status, 403, `${head} ${wrong}`);
    assert.equal((await browser.ask("GET /admin/api/commands")).status, 403);
  }
  browser.csrf = csrf;
  browser.cookie = "";
  const answer = await browser.command("status");
  assert.equal(answer.status, 401);
  // Else the browser asks for a password of its own.
  assert.equal(answer.headers.has("www-authenticate"), false);
});

story("a session ends by logging out, here and everywhere", admins, async (server) => {
  const [one, two, three] = [new WebBrowser(server), new WebBrowser(server), new WebBrowser(server)];
  for (const browser of [one, two, three]) await browser.login("alice");
  const left = await one.ask("POST /admin/api/logout", {});
  assert.match(left.headers.get("set-cookie")!, /^tercet-admin=; .*Max-Age=0/);
  assert.deepEqual([await one.isIn(), await two.isIn(), await three.isIn()], [false, true, true]);
  await two.ask("POST /admin/api/logout", { everywhere: true });
  assert.deepEqual([await two.isIn(), await three.isIn()], [false, false]);
});

const two = { ...admins, configuration: "admins: [alice@h.test, bob@h.test]" };

story("a new password, a ban and the end of the account end its sessions", two, async (server) => {
  const browser = new WebBrowser(server);
  await browser.login("alice");
  await server.command("change_password", "alice", "h.test", "another");
  assert.equal(await browser.isIn(), false);
  assert.equal(await browser.login("alice", "another"), 200);
  await server.command("ban_account", "alice", "h.test", "enough");
  assert.equal(await browser.isIn(), false);
  assert.equal(await browser.login("alice", "another"), 401);
  assert.equal(await browser.login("bob"), 200);
  await server.command("unregister", "bob", "h.test");
  assert.equal(await browser.isIn(), false);
});

story("a command that takes long is followed, found again and ended", admins, async (server) => {
  const browser = new WebBrowser(server);
  await browser.login("alice");
  const begun = await browser.ask("POST /admin/api/calls", { command: "status", arguments: {} });
  assert.equal(begun.status, 202);
  const { id } = begun.body as { readonly id: string };
  const { text, headers } = await browser.ask(`GET /admin/api/follow?id=${id}`);
  assert.equal(headers.get("content-type"), "text/event-stream; charset=utf-8");
  assert.match(text, /data: \{"status":200,"value":"The node tercet@h\.test is started/);
  const list = (await browser.ask("GET /admin/api/calls")).body as readonly { readonly id: string }[];
  assert.deepEqual(
    list.map((one) => one.id),
    [id],
  );
  assert.equal((await browser.ask("POST /admin/api/cancel", { id })).status, 404);
  assert.equal((await browser.ask("GET /admin/api/follow?id=nothing")).status, 404);
});

story(
  "forms of commands are those that the account may run",
  {
    accounts: ["alice"],
    configuration: `admins: [alice@h.test]
api_permissions:
  reading:
    from: [web]
    who: admin
    what: [status, find_users]`,
  },
  async (server) => {
    const browser = new WebBrowser(server);
    await browser.login("alice");
    const commands = (await browser.ask("GET /admin/api/commands")).body as readonly {
      readonly name: string;
    }[];
    assert.deepEqual(
      commands.map(({ name }) => name),
      ["find_users", "status"],
    );
    assert.equal((await browser.command("registered_vhosts")).status, 403);
    assert.equal((await browser.ask("GET /admin/api/figures")).status, 403);
  },
);

story("users are found by a part of their names, some at a time", admins, async (server) => {
  for (const name of ["carol", "carla", "dave", "zoe"]) await server.register(name);
  const browser = new WebBrowser(server);
  await browser.login("alice");
  const find = async (search: string, after: string, limit: number): Promise<readonly string[]> => {
    const { body } = await browser.command("find_users", { host: "h.test", search, after, limit });
    return (body as readonly { readonly user: string }[]).map(({ user }) => user);
  };
  assert.deepEqual(await find("", "", 3), ["alice", "bob", "carla"]);
  assert.deepEqual(await find("", "carla", 3), ["carol", "dave", "zoe"]);
  assert.deepEqual(await find("CAR", "", 50), ["carla", "carol"]);
  assert.deepEqual(await find("a", "alice", 2), ["carla", "carol"]);
  assert.deepEqual(await find("nobody", "", 2), []);
  await server.command("ban_account", "zoe", "h.test", "enough");
  const { out } = await server.command("find_users", "h.test", "", "", "10");
  assert.match(out, /^alice\t0\tadministrator$/m);
  assert.match(out, /^zoe\t0\tbanned$/m);
  assert.equal(
    (await browser.command("find_users", { host: "h.test", search: "", after: "", limit: 0 })).status,
    400,
  );
});

story(
  "a kindly stop is called off: the users are told, and clients can log in again",
  admins,
  async (server) => {
    const bob = await Romeo.login(server, "bob");
    const browser = new WebBrowser(server);
    await browser.login("alice");
    const begun = await browser.ask("POST /admin/api/calls", {
      command: "stop_kindly",
      arguments: { delay: 3600, announcement: "back at noon" },
    });
    const { id } = begun.body as { readonly id: string };
    assert.equal(text(child(await bob.expect("message"), "subject")), "Server stop in 3600 seconds!");
    assert.equal((await browser.ask("POST /admin/api/cancel", { id })).status, 200);
    assert.equal(text(child(await bob.expect("message"), "subject")), "Server stop cancelled");
    const { text: followed } = await browser.ask(`GET /admin/api/follow?id=${id}`);
    assert.match(followed, /Waiting 3600 seconds.*"status":400,.*It was cancelled/s);
    const { port } = server.running.listeners.find(({ service }) => service === "client-tls")!;
    const again = await Romeo.login({ host: server.host, tlsPort: port }, "bob");
    await again.close();
    // Another one can begin.
    await server.command("stop_kindly", "0", "now");
    assert.equal(await server.running.stopped, "asked");
  },
);

story("the log comes with its last lines, for those who may see its level", admins, async (server) => {
  const browser = new WebBrowser(server);
  await browser.login("alice");
  const fields = `Cookie: ${browser.cookie}\nX-CSRF-Token: ${browser.csrf}`;
  const came = await exchange(server.httpPort, request(`GET /admin/api/log\n${fields}`), async (received) => {
    await until(() => received().includes('"event":"web login"'));
    await server.command("get_loglevel");
    await until(() => received().includes('"command":"get_loglevel"'));
    await browser.ask("POST /admin/api/logout", { everywhere: true });
  });
  assert.match(came, /data: \{"time":"[^"]+","level":"info","event":"web login",/);
});

story("the configuration is read, checked and changed", admins, async (server) => {
  const browser = new WebBrowser(server);
  await browser.login("alice");
  const file = (await browser.ask("GET /admin/api/configuration")).body as {
    readonly text: string;
    readonly version: string;
  };
  assert.match(file.text, /admins: \[alice@h\.test\]/);
  const plan = async (more: string) => browser.ask("POST /admin/api/plan", { text: `${file.text}${more}\n` });
  const wrong = await plan("limits: {client: {resources: many}}");
  assert.equal(wrong.status, 422);
  const { problems } = wrong.body as { readonly problems: readonly object[] };
  const { message, line } = problems[0] as { readonly message: string; readonly line: number };
  assert.match(message, /resources/);
  assert.equal(line, file.text.split("\n").length);
  const right = await plan("limits: {client: {resources: 3}}");
  assert.deepEqual(
    (right.body as { readonly changes: readonly { readonly option: string }[] }).changes.map(
      ({ option }) => option,
    ),
    ["limits.client.resources"],
  );
  const change = (version: string, more: string) =>
    browser.ask("POST /admin/api/configuration", { text: `${file.text}${more}\n`, version });
  assert.equal((await change("another", "# mine")).status, 409);
  const restart = await change(file.version, "storage: memory\nstorage: sqlite");
  assert.equal(restart.status, 422);
  assert.equal((await change(file.version, "limits: {client: {resources: 3}}")).status, 200);
  assert.equal((await change(file.version, "# later")).status, 409);
  const now = (await browser.ask("GET /admin/api/configuration")).body as { readonly text: string };
  assert.match(now.text, /resources: 3/);
  assert.equal((await browser.ask("GET /admin/api/schema")).status, 200);
});
