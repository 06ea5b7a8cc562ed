import assert from "node:assert/strict";
import { connect } from "node:net";
import { type TestContext, test } from "node:test";
import { exchange, openHttp, request, type TestHttp, until } from "../../test/support/http.ts";
import type { HttpRoute } from "../kernel/http.ts";
import { HTTP_TIMEOUTS } from "./http-server.ts";

const LIMIT = { timeout: 10_000 };

const route: HttpRoute = {
  path: "/",
  methods: ["GET", "POST"],
  largestBody: 100,
  handle: () => ({ status: 200, body: "done" }),
};

const open = (t: TestContext, ...more: HttpRoute[]): Promise<TestHttp> => openHttp(t, [route, ...more]);

test("a header that does not end is 408 after ten seconds, silence nothing", LIMIT, async (t) => {
  const http = await open(t);
  const begun = "GET / HTTP/1.1\r\nHost: loc";
  const answer = await exchange(http.port, begun, async () => {
    await http.took(begun.length);
    http.world.pass(11_000);
  });
  assert.match(answer, /^HTTP\/1\.1 408 /);
  const silent = exchange(http.port, "");
  await until(() => http.opened() === 2);
  http.world.pass(11_000);
  assert.equal(await silent, "");
  assert.equal(http.lines.length, 0);
});

test("a body that does not end is 408 after half a minute", LIMIT, async (t) => {
  const http = await open(t);
  const head = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\nabc";
  const answer = await exchange(http.port, head, async () => {
    await until(() => http.deadline() === HTTP_TIMEOUTS.body);
    http.world.pass(29_000);
    http.world.pass(2000);
  });
  assert.match(answer, /^HTTP\/1\.1 408 /);
});

test("a connection stays for the next request, for a while", LIMIT, async (t) => {
  const http = await open(t);
  const one = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const answer = await exchange(http.port, one, async (received, send) => {
    await until(() => received().endsWith("done") && http.deadline() === HTTP_TIMEOUTS.idle);
    http.world.pass(70_000);
    send(one);
    await until(() => received().match(/done/g)?.length === 2 && http.deadline() === HTTP_TIMEOUTS.idle);
    http.world.pass(77_000);
  });
  assert.equal(answer.match(/HTTP\/1\.1 200 /g)?.length, 2);
});

test("an answer that nobody reads ends the connection", LIMIT, async (t) => {
  const begun = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  const endless: HttpRoute = {
    ...route,
    path: "/endless",
    handle: ({ signal }) => ({
      status: 200,
      body: (async function* () {
        begun.resolve();
        try {
          while (!signal.aborted) yield Buffer.alloc(100_000);
        } finally {
          gone.resolve();
        }
      })(),
    }),
  };
  const http = await open(t, endless);
  const socket = connect(http.port, "127.0.0.1").on("error", () => {});
  socket.pause();
  socket.write(request("GET /endless"));
  await begun.promise;
  // How long the kernel takes what nobody reads is its own affair.
  const clock = setInterval(() => http.world.pass(31_000), 5);
  await gone.promise;
  clearInterval(clock);
  socket.destroy();
});

test("a stream of pieces with long pauses stays", LIMIT, async (t) => {
  const next = Promise.withResolvers<void>();
  const live: HttpRoute = {
    ...route,
    path: "/live",
    handle: () => ({
      status: 200,
      body: (async function* () {
        yield "one ";
        await next.promise;
        yield "two";
      })(),
    }),
  };
  const http = await open(t, live);
  const answer = await exchange(http.port, request("GET /live"), async (received) => {
    await until(() => received().includes("one"));
    await http.took(1);
    http.world.pass(600_000);
    next.resolve();
  });
  assert.match(answer, /one .*two/s);
});

test("too much header is 431, in bytes and in fields", LIMIT, async (t) => {
  const http = await open(t);
  assert.match(await http.ask(`GET /\nX: ${"a".repeat(20_000)}`), /^HTTP\/1\.1 431 /);
  assert.match(await http.ask(`GET /${"\nX: a".repeat(200)}`), /^HTTP\/1\.1 431 /);
});

test("what is no HTTP/1.1 is 400 and the end", LIMIT, async (t) => {
  const http = await open(t);
  for (const bytes of [
    "hello\r\n\r\n",
    "\u0016\u0003\u0001\u0002\u0000",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "<?xml version='1.0'?><stream:stream>",
    "GET / HTTP/1.1\r\nHost: localhost\r\nX : a\r\n\r\n",
  ]) {
    const answer = await exchange(http.port, bytes);
    assert.match(answer, /^HTTP\/1\.1 400 .*"status":"error"/s, JSON.stringify(bytes));
  }
  assert.equal(http.lines.filter((line) => line.includes('"level":"error"')).length, 0);
});

test("the end of the server waits for answers and not for those who are silent", LIMIT, async (t) => {
  const begun = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const slow: HttpRoute = {
    ...route,
    path: "/slow",
    async handle() {
      begun.resolve();
      await go.promise;
      return { status: 200, body: "late" };
    },
  };
  const http = await open(t, slow);
  const silent = exchange(http.port, "");
  const asked = exchange(http.port, "GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await begun.promise;
  const closed = http.server.close();
  assert.equal(await silent, "");
  go.resolve();
  assert.match(await asked, /\r\nConnection: close\r\n.*late$/s);
  await closed;
});
