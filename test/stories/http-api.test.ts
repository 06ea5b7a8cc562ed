import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { test } from "node:test";
import { exchange, request } from "../support/http.ts";
import { LeapingWorld } from "../support/leaping-world.ts";
import { Romeo } from "../support/romeo.ts";
import { drivers, story, TestServer } from "../support/server.ts";

const ADMIN = "admins: [admin@h.test]";

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

interface Asking {
  readonly user?: string;
  readonly token?: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly https?: boolean;
}

/** `POST /api/NAME` as a program would. */
function ask(server: TestServer, name: string, body: object, how: Asking = {}): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const basic = how.user === undefined ? {} : { auth: how.user };
  const bearer = how.token === undefined ? {} : { Authorization: `Bearer ${how.token}` };
  const options = {
    ...basic,
    method: "POST",
    host: "127.0.0.1",
    path: `/api/${name}`,
    agent: false,
    headers: { Host: "h.test", "Content-Type": "application/json", ...bearer, ...how.fields },
  };
  const tls = { servername: "h.test", rejectUnauthorized: false, ALPNProtocols: ["h2", "http/1.1"] };
  const sent =
    how.https === true
      ? httpsRequest({ ...options, ...tls, port: server.httpsPort })
      : httpRequest({ ...options, port: server.httpPort });
  sent.on("error", reject);
  sent.on("response", (response) => {
    let text = "";
    response.setEncoding("utf8");
    response.on("data", (more: string) => {
      text += more;
    });
    response.on("end", () => resolve({ status: response.statusCode!, body: JSON.parse(text) as unknown }));
  });
  sent.end(JSON.stringify(body));
  return promise;
}

const asAdmin = { user: "admin@h.test:secret" };

story(
  "an account that is registered over HTTP logs in, is kicked and removed",
  { accounts: ["admin"], configuration: ADMIN },
  async (server) => {
    const juliet = { user: "juliet", host: "h.test", password: "capulet" };
    assert.deepEqual(await ask(server, "register", juliet, asAdmin), {
      status: 200,
      body: "User juliet@h.test successfully registered",
    });
    assert.equal((await ask(server, "register", juliet, asAdmin)).status, 409);
    const client = await Romeo.login(server, "juliet", { password: "capulet", resource: "balcony" });
    assert.deepEqual((await ask(server, "connected_users", {}, asAdmin)).body, ["juliet@h.test/balcony"]);
    const kicked = ask(server, "unregister", { user: "juliet", host: "h.test" }, asAdmin);
    assert.equal((await client.stream.next()).name, "error");
    assert.deepEqual(await kicked, { status: 200, body: 0 });
    assert.deepEqual((await ask(server, "registered_users", { host: "h.test" }, asAdmin)).body, ["admin"]);
  },
);

story(
  "a token does what its scopes say until it is revoked, and goes with its account",
  { accounts: ["admin", "other"], configuration: "admins: [admin@h.test, other@h.test]" },
  async (server) => {
    const scopes = ["connected_users_number", "tag:oauth"];
    const order = { jid: "admin@h.test", ttl: 3600, scopes };
    const issued = (await ask(server, "oauth_issue_token", order, asAdmin)).body as { token: string };
    const how = { token: issued.token };
    assert.deepEqual(await ask(server, "connected_users_number", {}, how), { status: 200, body: 0 });
    assert.equal((await ask(server, "stop", {}, how)).status, 403);
    const [shown] = (await ask(server, "oauth_list_tokens", {}, how)).body as Record<string, unknown>[];
    assert.deepEqual([shown!["user"], shown!["scopes"]], ["admin@h.test", scopes]);
    assert.match(
      (await server.command("oauth_list_tokens")).out,
      /^[0-9a-f]{16}\tadmin@h\.test\tconnected_users_number,tag:oauth\t\d+ seconds\n$/,
    );
    assert.equal((await server.command("oauth_revoke_token", String(shown!["token"]))).exit, 0);
    assert.equal((await ask(server, "connected_users_number", {}, how)).status, 401);

    const { out } = await server.command("oauth_issue_token", "other@h.test", "60", "ejabberd:admin");
    const another = { token: out.split("\t")[0]! };
    assert.equal((await ask(server, "status", {}, another)).status, 200);
    await server.command("unregister", "other", "h.test");
    await server.register("other");
    assert.equal((await ask(server, "status", {}, another)).status, 401);
    assert.doesNotMatch(server.lines.join(""), new RegExp(`${issued.token}|${another.token}`));
  },
);

story(
  "rights are those of the configuration",
  {
    hosts: ["h.test", "other.test"],
    accounts: ["admin", "mal"],
    configuration: `${ADMIN}
api_permissions:
  console: {from: control, who: all, what: "*"}
  everybody: {from: http, who: {ip: 127.0.0.0/8}, what: connected_users_number}
  administrators: {who: {access: {allow: {acl: admin}}}, what: ["*", "!stop"]}
`,
  },
  async (server) => {
    assert.equal((await ask(server, "connected_users_number", {})).status, 200);
    assert.equal((await ask(server, "status", {})).status, 401);
    assert.equal((await ask(server, "status", {}, { user: "mal@h.test:secret" })).status, 403);
    assert.equal((await ask(server, "status", {}, { user: "mal@evil.test:secret" })).status, 401);
    // The same name on another host is somebody else (CVE-2020-8086).
    await server.register("admin", "secret", "other.test");
    assert.equal((await ask(server, "status", {}, { user: "admin@other.test:secret" })).status, 403);
    assert.equal((await ask(server, "status", {}, asAdmin)).status, 200);
    assert.equal((await ask(server, "stop", {}, asAdmin)).status, 403);
  },
);

story(
  "the API inside TLS has the certificate of the hosts",
  { accounts: ["admin"], configuration: ADMIN },
  async (server) => {
    const inside = await ask(server, "connected_users_number", {}, { ...asAdmin, https: true });
    assert.deepEqual(inside, { status: 200, body: 0 });
  },
);

for (const driver of drivers()) {
  test(`wrong passwords over HTTP slow logins to the account from this address, of clients too (${driver})`, async () => {
    const world = new LeapingWorld();
    const server = await TestServer.start({ driver, world, accounts: ["admin"], configuration: ADMIN });
    const clock = setInterval(() => world.leap(100), 5);
    try {
      for (let count = 0; count < 5; count++)
        assert.equal((await ask(server, "status", {}, { user: "admin@h.test:wrong" })).status, 401);
      const begun = world.monotonic();
      const client = await Romeo.login(server, "admin");
      assert.ok(world.monotonic() - begun >= 4000);
      const asked = world.monotonic();
      assert.equal((await ask(server, "status", {}, asAdmin)).status, 200);
      assert.ok(world.monotonic() - asked >= 2000);
      await client.close();
    } finally {
      clearInterval(clock);
      await server.stop();
    }
  });
}

story(
  "the figures are there for this machine, and tell what has happened",
  { accounts: ["romeo", "juliet"] },
  async (server) => {
    const romeo = await Romeo.login(server, "romeo");
    const juliet = await Romeo.login(server, "juliet");
    romeo.send(`<message type='chat' to='${juliet.jid}'><body>hi</body></message>`);
    await juliet.next();
    const text = await exchange(server.httpPort, request("GET /metrics"));
    assert.match(
      text,
      /^HTTP\/1\.1 200 .*\r\nContent-Type: text\/plain; version=0\.0\.4; charset=utf-8\r\n/s,
    );
    for (const line of [
      "tercet_sessions 2",
      'tercet_stanzas_total{kind="message",outcome="delivered"} 1',
      'tercet_logins_total{result="done"} 2',
      'tercet_tls_handshakes_total{result="done"} 2',
      'tercet_connections{protocol="xmpp"} 2',
      'tercet_connections{protocol="http"} 1',
    ])
      assert.ok(text.split("\n").includes(line), `${line}\n${text}`);
    assert.match(
      await exchange(server.httpPort, request("GET /metrics\nX-Forwarded-For: 192.0.2.1")),
      /^HTTP\/1\.1 404 /,
    );
    await romeo.close();
    await juliet.close();
  },
);
