import assert from "node:assert/strict";
import { WebBrowser } from "../../support/web-browser.ts";
import type { Arena, Code } from "../arena.ts";

async function administrator(arena: Arena): Promise<WebBrowser> {
  const browser = new WebBrowser(arena.server);
  assert.equal(await browser.login("alice"), 200);
  return browser;
}

/** What changes something, and what only shows. */
const REQUESTS = [
  ["POST /api/unregister", { user: "bob", host: "h.test" }],
  ["POST /admin/api/calls", { command: "stop", arguments: {} }],
  ["POST /admin/api/logout", { everywhere: true }],
  ["GET /admin/api/session", undefined],
  ["GET /admin/api/commands", undefined],
] as const;

export const crossSiteRequests: Code = async (arena) => {
  const browser = await administrator(arena);
  for (const [head, body] of REQUESTS) {
    for (const fields of [
      "Origin: https://evil.test",
      "Origin: http://localhost.evil.test",
      "Origin: null",
      "Sec-Fetch-Site: cross-site",
      "Sec-Fetch-Site: same-site",
    ])
      assert.equal((await browser.ask(`${head}\n${fields}`, body)).status, 403, `${head} ${fields}`);
  }
  const upgrade =
    "Origin: https://evil.test\nUpgrade: websocket\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: x";
  assert.equal((await browser.ask(`GET /admin/api/figures\n${upgrade}`)).status, 403);
  assert.equal(await browser.isIn(), true);
};

export const forgedRequests: Code = async (arena) => {
  const browser = await administrator(arena);
  const { csrf } = browser;
  const other = await administrator(arena);
  // An old browser says nothing of where a request comes from, and has the cookie with it all the same.
  for (const token of ["", "x", csrf.slice(0, -1), other.csrf]) {
    browser.csrf = token;
    for (const [head, body] of REQUESTS.filter(([one]) => one !== "GET /admin/api/session"))
      assert.equal((await browser.ask(head, body)).status, 403, `${head} ${token}`);
  }
  browser.csrf = csrf;
  // What a form can send is no JSON.
  for (const type of ["text/plain", "multipart/form-data", "application/x-www-form-urlencoded"]) {
    const { status } = await browser.ask(
      `POST /admin/api/logout\nContent-Type: ${type}\nContent-Length: 2\n\n{}`,
    );
    assert.ok([400, 415].includes(status), `${type}: ${status}`);
  }
  const answer = await browser.ask("POST /admin/api/login", { user: "alice", password: "secret" });
  assert.match(answer.headers.get("set-cookie")!, /; HttpOnly; SameSite=Strict$/);
  assert.equal(await browser.isIn(), true);
};

export const setupTakeOver: Code = async (arena) => {
  const browser = new WebBrowser(arena.server);
  const { out } = await arena.server.command("setup_link");
  const [, token] = out.trim().split("#");
  const ask = (one: unknown, user: string) =>
    browser.ask("POST /admin/api/setup", { token: one, user, password: "a secret" });
  for (const guess of ["", "x", token!.slice(1), token!.toLowerCase(), `${token}=`])
    assert.equal((await ask(guess, "mallory")).status, 404, guess);
  for (const guess of [null, 1, {}, [token]]) assert.equal((await ask(guess, "mallory")).status, 400);
  assert.equal((await ask(token, "mallory@elsewhere.test")).status, 400);
  // Somebody who is there already is not taken over by the link alone.
  assert.equal((await ask(token, "alice")).status, 409);
  const race = await Promise.all(["root1", "root2", "root3"].map((user) => ask(token, user)));
  assert.deepEqual(race.map(({ status }) => status).sort(), [200, 404, 404]);
  assert.equal((await ask(token, "root4")).status, 404);
  // 503 while the pages are being built.
  assert.ok([404, 503].includes((await browser.ask("GET /admin/setup")).status));
};
