import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { exchange, openHttp, request, type TestHttp } from "../../test/support/http.ts";
import type { HttpRequest, HttpRoute } from "../kernel/http.ts";

const LIMIT = { timeout: 10_000 };

function echo(more: Partial<HttpRoute> = {}): HttpRoute {
  return {
    path: "/echo",
    methods: ["GET", "POST"],
    largestBody: 100,
    handle: ({ method, path, query, body }) => ({
      status: 200,
      headers: { "Content-Type": "text/plain" },
      body: `${method} ${path} ${query} ${body}`,
    }),
    ...more,
  };
}

const open = (t: TestContext, ...routes: HttpRoute[]): Promise<TestHttp> => openHttp(t, routes);

function status(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);
}

test("a route gets the request whole, and its answer leaves with the common fields", LIMIT, async (t) => {
  const http = await open(t, echo());
  const answer = await http.ask("POST /echo?a=1", "hello");
  assert.equal(status(answer), 200);
  assert.match(answer, /\r\n\r\nPOST \/echo a=1 hello$/);
  for (const field of [
    "X-Content-Type-Options: nosniff",
    "X-Frame-Options: DENY",
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'",
    "Cache-Control: no-store",
    "Referrer-Policy: no-referrer",
    "Content-Type: text/plain",
  ]) {
    assert.ok(answer.includes(`\r\n${field}\r\n`), field);
  }
  assert.doesNotMatch(answer, /^(?:server|x-powered-by):/im);
});

test(
  "HEAD is GET without the body, OPTIONS names the methods, others get 405 with them",
  LIMIT,
  async (t) => {
    const http = await open(t, echo());
    const head = await http.ask("HEAD /echo");
    assert.equal(status(head), 200);
    assert.match(head, /\r\nContent-Length: 11\r\n/);
    assert.match(head, /\r\n\r\n$/);
    assert.match(
      await http.ask("OPTIONS /echo"),
      /^HTTP\/1\.1 204 .*\r\nAllow: GET, POST, HEAD, OPTIONS\r\n/s,
    );
    const refused = await http.ask("DELETE /echo");
    assert.equal(status(refused), 405);
    assert.match(refused, /\r\nAllow: GET, POST, HEAD, OPTIONS\r\n/);
  },
);

test("what is not there is 404; the longest path that fits answers", LIMIT, async (t) => {
  const http = await open(
    t,
    echo({ path: "/api/" }),
    echo({ path: "/api/deeper/", handle: () => ({ status: 200, body: "deeper" }) }),
  );
  for (const path of ["/", "/echo", "/api", "/ap"])
    assert.equal(status(await http.ask(`GET ${path}`)), 404, path);
  assert.match(await http.ask("GET /api/x"), /GET \/api\/x/);
  assert.match(await http.ask("GET /api/deeper/x"), /deeper$/);
  assert.throws(() => http.routes.add(echo({ path: "/api/" })), /two routes/);
});

test("a path in disguise is no path", LIMIT, async (t) => {
  const http = await open(t, echo({ path: "/api/" }));
  for (const path of [
    "/api/../etc",
    "/api/%2e%2e/etc",
    "/api/.",
    "/api//x",
    "/api/%2fx",
    "/api/%5cx",
    "/api/\\x",
    "/api/%00",
    "/api/%0a",
    "/api/%zz",
    "/api/%ff",
    "api/x",
    "*",
    "ftp://localhost/api/x",
  ]) {
    assert.equal(status(await http.ask(`GET ${path}`)), 400, path);
  }
  assert.match(await http.ask("GET /api/%7e%C3%A9"), /GET \/api\/~Ã©/);
  assert.equal(status(await http.ask(`GET /api/${"a".repeat(9000)}`)), 414);
});

test("a body of another type is 415, one that is too large 413, also in chunks", LIMIT, async (t) => {
  const http = await open(t, echo({ types: ["application/json"] }));
  const typed = await http.ask("POST /echo\nContent-Type: text/plain", "{}");
  assert.equal(status(typed), 415);
  assert.match(typed, /\r\nAccept: application\/json\r\n/);
  assert.equal(
    status(await http.ask("POST /echo\nContent-Type: Application/JSON; charset=utf-8", "{}")),
    200,
  );
  assert.equal(status(await http.ask("POST /echo\nContent-Type: application/json", "x".repeat(101))), 413);
  const chunks = "Transfer-Encoding: chunked\nContent-Type: application/json";
  assert.equal(status(await http.ask(`POST /echo\n${chunks}`, `${"1\r\nx\r\n".repeat(101)}0\r\n\r\n`)), 413);
  assert.match(await http.ask(`POST /echo\n${chunks}`, "2\r\n{}\r\n0\r\n\r\n"), / \{\}$/);
});

test("who asks before sending too much is refused before", LIMIT, async (t) => {
  const http = await open(t, echo());
  const refused = await exchange(
    http.port,
    request("POST /echo\nExpect: 100-continue\nContent-Length: 5000000"),
  );
  assert.equal(status(refused), 413);
  assert.match(await http.ask("POST /echo\nExpect: 100-continue", "hi"), /^HTTP\/1\.1 100 .* hi$/s);
});

test("only names of the server are answered, whatever the proxies say", LIMIT, async (t) => {
  const seen: string[] = [];
  const http = await open(
    t,
    echo({
      handle({ host, origin, address, local }: HttpRequest) {
        seen.push([host, origin, address, local].join(" "));
        return { status: 200 };
      },
    }),
  );
  for (const host of ["h.test", "H.TEST.:80", "localhost:5280", "a.localhost", "192.0.2.1", "[::1]:5280"]) {
    assert.equal(status(await http.ask(`GET /echo\nHost: ${host}`)), 200, host);
  }
  assert.deepEqual(seen, [
    "h.test http://h.test 127.0.0.1 true",
    "h.test http://h.test:80 127.0.0.1 true",
    "localhost http://localhost:5280 127.0.0.1 true",
    "a.localhost http://a.localhost 127.0.0.1 true",
    "192.0.2.1 http://192.0.2.1 127.0.0.1 true",
    "::1 http://[::1]:5280 127.0.0.1 true",
  ]);
  assert.equal(status(await http.ask("GET http://h.test/echo\nHost: evil.test")), 200);
  for (const host of ["evil.test", "localhost.evil.test", "h.test.evil"]) {
    assert.equal(status(await http.ask(`GET /echo\nHost: ${host}`)), 421, host);
  }
  for (const host of ["", "h.test/x", "a@h.test", "h.test:x", "h.test, evil.test", "h.test\nHost: h.test"]) {
    assert.equal(status(await http.ask(`GET /echo\nHost: ${host}`)), 400, host);
  }
  assert.equal(status(await http.ask("GET http://evil.test/echo\nHost: h.test")), 421);
  seen.length = 0;
  for (const field of ["X-Forwarded-For: 192.0.2.9", "Forwarded: for=192.0.2.9", "X-Real-IP: 192.0.2.9"]) {
    await http.ask(`GET /echo\n${field}`);
  }
  assert.deepEqual(new Set(seen), new Set(["localhost http://localhost 127.0.0.1 false"]));
});

test("a route for this machine alone is not there for others", LIMIT, async (t) => {
  const route = echo({ onlyLocal: true });
  assert.equal(status(await (await open(t, route)).ask("GET /echo")), 200);
  assert.equal(status(await (await open(t, route)).ask("GET /echo\nX-Forwarded-For: 127.0.0.1")), 404);
  const abroad = await openHttp(t, [route], { address: "192.0.2.1" });
  assert.equal(status(await abroad.ask("GET /echo")), 404);
});

test("pages of other origins are refused, links are followed", LIMIT, async (t) => {
  const http = await open(t, echo(), echo({ path: "/open", anyOrigin: true }));
  const own = "Origin: http://localhost:5280\nHost: localhost:5280";
  for (const fields of [
    own,
    "Origin: https://localhost:5280\nHost: localhost:5280",
    "Sec-Fetch-Site: same-origin",
    "Sec-Fetch-Site: none",
    "Sec-Fetch-Site: cross-site\nSec-Fetch-Mode: navigate",
  ]) {
    assert.equal(status(await http.ask(`GET /echo\n${fields}`)), 200, fields);
  }
  for (const fields of [
    "Origin: https://evil.test",
    "Origin: null",
    "Origin: http://localhost:3000\nHost: localhost:5280",
    "Sec-Fetch-Site: cross-site",
    "Sec-Fetch-Site: same-site\nSec-Fetch-Mode: no-cors",
  ]) {
    assert.equal(status(await http.ask(`GET /echo\n${fields}`)), 403, fields);
    assert.equal(status(await http.ask(`GET /open\n${fields}`)), 200, fields);
  }
  assert.equal(
    status(await http.ask("POST /echo\nSec-Fetch-Site: cross-site\nSec-Fetch-Mode: navigate")),
    403,
  );
});

test(
  "a handler that throws costs its request: 500 without a word of it, the log has it",
  LIMIT,
  async (t) => {
    const broken = echo({
      handle() {
        throw new TypeError("secret inside");
      },
    });
    const http = await open(t, broken, echo({ path: "/fine" }));
    const answer = await http.ask("GET /echo");
    assert.equal(status(answer), 500);
    assert.doesNotMatch(answer, /secret|TypeError|\.ts/);
    assert.ok(http.lines.some((line) => line.includes("secret inside")));
    assert.equal(status(await http.ask("GET /fine")), 200);
  },
);

test("several requests on one connection are answered one after the other", LIMIT, async (t) => {
  let running = 0;
  const slow = echo({
    async handle({ query }) {
      assert.equal(++running, 1);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      return { status: 200, body: `<${query}>` };
    },
  });
  const http = await open(t, slow);
  const one = "GET /echo?1 HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const answer = await exchange(http.port, one + one.replace("?1", "?2") + request("GET /echo?3"));
  assert.deepEqual(answer.match(/<.*?>/g), ["<1=>", "<2=>", "<3=>"]);
  assert.equal(http.opened(), 1);
  // Who sends without end and reads nothing is cut off.
  const many = await exchange(http.port, one.repeat(100));
  assert.ok((many.match(/HTTP\/1\.1 200/g) ?? []).length < 17);
});
