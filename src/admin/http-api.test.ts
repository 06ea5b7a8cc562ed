import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { FakeAdministration } from "../../test/support/fake-administration.ts";
import { openHttp } from "../../test/support/http.ts";
import { Jid } from "../xmpp/jid.ts";
import { type HttpApiOptions, httpApi } from "./http-api.ts";

// What mod_http_api of ejabberd 26.07 answers, but for 4xx where it says 500.

const LIMIT = { timeout: 10_000 };
const BASIC = `Authorization: Basic ${Buffer.from("admin@localhost:right:one").toString("base64")}`;

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly head: string;
}

interface Fake {
  readonly fake: FakeAdministration;
  readonly checked: string[];
  ask(head: string, body?: string | object): Promise<Answer>;
}

async function open(
  t: TestContext,
  more: Partial<HttpApiOptions> = {},
  address = "127.0.0.1",
): Promise<Fake> {
  const fake = new FakeAdministration();
  await fake.accounts.create(Jid.parse("admin@localhost")!, "right:one");
  fake.mayRun = ({ account }) => account?.local === "admin";
  const checked: string[] = [];
  const login: HttpApiOptions["login"] = {
    async check(user, password, from) {
      checked.push(`${user} ${password} ${from}`);
      if (password === "later") return { fault: "later" };
      const account = Jid.parse(user);
      if (account === undefined || password !== "right:one") return { fault: "refused" };
      return { account };
    },
  };
  const { calls, tokens } = fake;
  const rate = { perSecond: 1, atOnce: 1000 };
  const world = { monotonic: () => 0 };
  const bans = { of: ({ local }: Jid) => (local === "banned" ? { reason: "x", at: 0 } : undefined) };
  const page: HttpApiOptions["page"] = async () => undefined;
  const routes = httpApi({ page, calls, tokens, bans, login, rate, world, version: "0.1.0", ...more });
  const http = await openHttp(t, routes, { address });
  return {
    fake,
    checked,
    async ask(head, body = "") {
      const text = typeof body === "string" ? body : JSON.stringify(body);
      const typed =
        text === "" || /^content-type:/im.test(head) ? head : `${head}\nContent-Type: application/json`;
      const came = await http.ask(typed, text);
      const [before = "", after = ""] = came.split("\r\n\r\n");
      return {
        status: Number(before.slice(9, 12)),
        body: after === "" ? undefined : (JSON.parse(after) as unknown),
        head: before,
      };
    },
  };
}

const bob = { user: "bob", host: "localhost", password: "pw1" };

test("results are JSON as ejabberd's", LIMIT, async (t) => {
  const { ask, fake } = await open(t);
  const post = async (name: string, body: object): Promise<unknown> => {
    const answer = await ask(`POST /api/${name}\n${BASIC}`, body);
    assert.equal(answer.status, 200, name);
    return answer.body;
  };
  assert.equal(await post("register", bob), "User bob@localhost successfully registered");
  assert.equal(await post("check_account", { user: "bob", host: "localhost" }), 0);
  assert.equal(await post("check_account", { user: "zoe", host: "localhost" }), 1);
  assert.equal(await post("check-password", { ...bob, password: "wrong" }), 1);
  assert.deepEqual(await post("registered_users", { host: "localhost" }), ["admin", "bob"]);
  assert.equal(await post("connected_users_number", {}), 0);
  assert.deepEqual(await post("outcomes", {}), [
    { outcome: "delivered", count: 3 },
    { outcome: "bounced:service-unavailable", count: 1 },
  ]);
  const token = (await post("oauth_issue_token", {
    jid: "admin@localhost",
    ttl: 60,
    scopes: ["status"],
  })) as object;
  assert.deepEqual({ ...token, token: "" }, { token: "", scopes: ["status"], expires_in: "60 seconds" });
  assert.equal(fake.logged.filter((line) => line.includes('"front":"http"')).length, 8);
});

test("what is wrong with a call is said as ejabberd says it", LIMIT, async (t) => {
  const { ask } = await open(t);
  const post = async (name: string, body: string | object, status: number, said: unknown): Promise<void> => {
    const answer = await ask(`POST /api/${name}\n${BASIC}`, body);
    assert.deepEqual([answer.status, answer.body], [status, said], name);
  };
  const failed = (code: number, message: string): object => ({ code, message, status: "error" });
  await ask(`POST /api/register\n${BASIC}`, bob);
  await post("register", bob, 409, failed(10_090, "User bob@localhost already registered"));
  await post("register", { ...bob, host: "strange.test" }, 400, failed(10_001, "Unknown virtual host"));
  await post("registered_users", { host: "strange.test" }, 400, failed(10_001, "Unknown virtual host"));
  await post("registered_users", {}, 400, "Request have missing argument: host");
  await post("registered_users", { host: "localhost", x: 1 }, 400, "Request have unknown arguments: [x]");
  await post("registered_users", { host: 7 }, 400, failed(10_001, "'host' must be text, not '7'."));
  await post("nonexistent_command", {}, 404, failed(40, "Endpoint not found."));
  await post("registered_users/v9", { host: "localhost" }, 404, failed(40, "Endpoint not found."));
  await post("registered_users/x", { host: "localhost" }, 404, failed(40, "Endpoint not found."));
  await post("__proto__", {}, 404, failed(40, "Endpoint not found."));
  await post("registered_users", "{", 400, "The body is no JSON.");
  await post("registered_users", "\u0000", 400, "The body is no JSON.");
  for (const body of ["[]", "null", '"x"', "1"])
    await post("registered_users", body, 400, "The body has to be a JSON object with the arguments.");
  const stats = await ask(`POST /api/stats\n${BASIC}`, { name: "bogus" });
  assert.equal(stats.status, 400);
});

test("a crash is 500 without a word of it", LIMIT, async (t) => {
  const { ask, fake } = await open(t);
  const answer = await ask(`POST /api/break\n${BASIC}`, { how: "quietly" });
  assert.equal(answer.status, 500);
  assert.doesNotMatch(JSON.stringify(answer.body), /secret|TypeError|\.ts/);
  assert.ok(fake.logged.some((line) => line.includes("secret of the inside")));
});

test("GET asks what only reads and has no secrets, with its arguments in the query", LIMIT, async (t) => {
  const { ask } = await open(t);
  assert.deepEqual((await ask(`GET /api/registered_users?host=localhost\n${BASIC}`)).body, ["admin"]);
  assert.equal((await ask(`GET /api/status\n${BASIC}`)).status, 200);
  assert.equal((await ask(`GET /api/registered_users?host=a&host=localhost\n${BASIC}`)).status, 400);
  for (const path of [
    "unregister?user=admin&host=localhost",
    "check_password?user=admin&host=localhost&password=x",
  ]) {
    const answer = await ask(`GET /api/${path}\n${BASIC}`);
    assert.equal(answer.status, 405, path);
    assert.match(answer.head, /\r\nAllow: POST, OPTIONS\r\n/);
  }
});

test("bodies are JSON, said so or sent by a curl that was not told otherwise", LIMIT, async (t) => {
  const { ask } = await open(t);
  for (const [type, status] of [
    ["application/json; charset=utf-8", 200],
    ["application/x-www-form-urlencoded", 200],
    ["text/plain", 415],
    ["multipart/form-data; boundary=x", 415],
  ] as const) {
    const answer = await ask(`POST /api/status\n${BASIC}\nContent-Type: ${type}`, "{}");
    assert.equal(answer.status, status, type);
  }
  assert.equal((await ask(`POST /api/status\n${BASIC}`, `{"a":"${"x".repeat(300_000)}"}`)).status, 413);
  assert.equal((await ask(`POST /api/status\n${BASIC}`)).status, 200);
});

test("Basic is an account and its password, checked from the caller's address", LIMIT, async (t) => {
  const { ask, checked, fake } = await open(t);
  const basic = (text: string): string =>
    `Authorization: Basic ${Buffer.from(text, "latin1").toString("base64")}`;
  assert.equal((await ask(`GET /api/status\n${BASIC}`)).status, 200);
  assert.deepEqual(checked, ["admin@localhost right:one 127.0.0.1"]);
  for (const wrong of ["admin@localhost:wrong", "admin@localhost", ":", "", "\xff:x"]) {
    const answer = await ask(`GET /api/status\n${basic(wrong)}`);
    assert.equal(answer.status, 401, wrong);
    assert.match(answer.head, /\r\nWWW-Authenticate: Basic realm="administration", charset="UTF-8", Bearer /);
  }
  assert.equal((await ask(`GET /api/status\n${basic("admin@localhost:later")}`)).status, 503);
  assert.equal((await ask("GET /api/status\nAuthorization: Digest x")).status, 401);
  assert.equal((await ask("GET /api/status\nAuthorization: x")).status, 401);
  const refused = fake.logged.filter((line) => line.includes('"event":"login refused"'));
  assert.equal(refused.length, 7);
  assert.doesNotMatch(fake.logged.join(""), /right:one|wrong/);
});

test("who has logged in and has no right gets 403, who has not 401", LIMIT, async (t) => {
  const { ask } = await open(t);
  const strange = await ask("GET /api/status");
  assert.deepEqual([strange.status, (strange.body as { code: number }).code], [401, 10]);
  const plain = await ask(
    `POST /api/stop\nAuthorization: Basic ${Buffer.from("bob@localhost:right:one").toString("base64")}`,
  );
  assert.deepEqual(
    [plain.status, plain.body],
    [
      403,
      {
        code: 32,
        message: "AccessRules: Account does not have the right to perform the operation.",
        status: "error",
      },
    ],
  );
});

test("a rule may let somebody in without a login, but nobody behind a proxy", LIMIT, async (t) => {
  const { ask, fake } = await open(t);
  fake.mayRun = ({ address }, { name }) => address === "127.0.0.1" && name === "status";
  assert.equal((await ask("GET /api/status")).status, 200);
  assert.equal((await ask("POST /api/stop")).status, 401);
  assert.equal((await ask("GET /api/status\nX-Forwarded-For: 192.0.2.1")).status, 401);
});

test("a token stands for its account as far as its scopes go", LIMIT, async (t) => {
  const { ask, fake } = await open(t);
  const admin = Jid.parse("admin@localhost")!;
  fake.mayRun = ({ scopes, account }, { name }) =>
    account?.local === "admin" && (scopes?.includes(name) ?? true);
  const token = await fake.tokens.issue(admin, 60, ["status", "oauth_issue_token"]);
  const bearer = `Authorization: Bearer ${token}`;
  assert.equal((await ask(`GET /api/status\n${bearer}`)).status, 200);
  const outside = await ask(`POST /api/register\n${bearer}`, bob);
  assert.deepEqual([outside.status, (outside.body as { code: number }).code], [403, 11]);
  const wider = { jid: "admin@localhost", ttl: 60, scopes: ["ejabberd:admin"] };
  assert.equal((await ask(`POST /api/oauth_issue_token\n${bearer}`, wider)).status, 400);
  const line = fake.logged.find((one) => one.includes('"command":"status"'))!;
  assert.match(
    line,
    /"account":"admin@localhost","address":"127\.0\.0\.1","bearer":"[0-9a-f]{16}","result":"done"/,
  );
  assert.doesNotMatch(fake.logged.join(""), new RegExp(token));
  for (const wrong of ["x", "", token.slice(0, -1)])
    assert.equal((await ask(`GET /api/status\nAuthorization: Bearer ${wrong}`)).status, 401, wrong);
  await fake.accounts.create(Jid.parse("banned@localhost")!, "x");
  const banned = await fake.tokens.issue(Jid.parse("banned@localhost")!, 60, ["status"]);
  assert.equal((await ask(`GET /api/status\nAuthorization: Bearer ${banned}`)).status, 403);
  await fake.tokens.revoke(token);
  assert.equal((await ask(`GET /api/status\n${bearer}`)).status, 401);
});

test("passwords and tokens that others could have read are not taken", LIMIT, async (t) => {
  const { ask, checked } = await open(t, {}, "192.0.2.1");
  assert.equal((await ask(`GET /api/status\n${BASIC}`)).status, 403);
  assert.equal((await ask("GET /api/status\nAuthorization: Bearer tct_x")).status, 403);
  assert.deepEqual(checked, []);
});

test("calls are limited for each address and each token", LIMIT, async (t) => {
  const { ask, fake } = await open(t, { rate: { perSecond: 1, atOnce: 3 } });
  const token = await fake.tokens.issue(Jid.parse("admin@localhost")!, 60, ["ejabberd:admin"]);
  const statuses: number[] = [];
  for (let count = 0; count < 3; count++)
    statuses.push((await ask(`GET /api/status\nAuthorization: Bearer ${token}`)).status);
  assert.deepEqual(statuses, [200, 200, 200]);
  const over = await ask("GET /api/status");
  assert.equal(over.status, 429);
  assert.match(over.head, /\r\nRetry-After: 1\r\n/);
});

test("the OpenAPI document describes every command", LIMIT, async (t) => {
  const { ask, fake } = await open(t);
  const { body } = await ask("GET /api/openapi.json");
  const document = body as {
    openapi: string;
    paths: Record<string, { post: { requestBody: { content: Record<string, { schema: object }> } } }>;
  };
  assert.equal(document.openapi, "3.1.0");
  assert.deepEqual(
    Object.keys(document.paths),
    fake.calls.registry.all().map(({ name }) => `/${name}`),
  );
  const { schema } = document.paths["/register"]!.post.requestBody.content["application/json"]!;
  assert.deepEqual((schema as { required: string[] }).required, ["user", "host", "password"]);
});
