import assert from "node:assert/strict";
import { exchange, request } from "../../support/http.ts";
import { type Arena, type Code, times } from "../arena.ts";

/** The status of the first answer, and how many answers came. */
async function answers(arena: Arena, bytes: string, then?: () => unknown): Promise<string> {
  const came = await exchange(arena.server.httpPort, bytes, then);
  const statuses = [...came.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => status);
  return statuses.join(" ");
}

export const smuggling: Code = async (arena) => {
  const hidden = "GET /hidden HTTP/1.1\r\nHost: h.test\r\n\r\n";
  const head = "POST / HTTP/1.1\r\nHost: h.test\r\n";
  for (const [name, fields] of [
    ["length and chunks", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"],
    ["two lengths", "Content-Length: 0\r\nContent-Length: 40\r\n"],
    ["a length with a sign", "Content-Length: +0\r\n"],
    ["a length in another base", "Content-Length: 0x0\r\n"],
    ["a list of lengths", "Content-Length: 0, 40\r\n"],
    ["chunks that are not last", "Transfer-Encoding: chunked, identity\r\n"],
    ["a field with a space before the colon", "Transfer-Encoding : chunked\r\n"],
    ["an encoding behind a control", "Transfer-Encoding:\x0bchunked\r\n"],
    ["a folded field", "X: a\r\n Transfer-Encoding: chunked\r\n"],
    ["a bare line feed", "X: a\nTransfer-Encoding: chunked\r\n"],
    ["a bare carriage return", "X: a\rTransfer-Encoding: chunked\r\n"],
    ["a zero byte", "X: a\0b\r\n"],
    ["a second host", "Host: evil.test\r\nConnection: close\r\n"],
  ] as const) {
    assert.equal(await answers(arena, `${head}${fields}\r\n0\r\n\r\n${hidden}`), "400", name);
  }
  const chunked = `${head}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n`;
  for (const chunk of [
    "-1\r\n",
    "0x5\r\nhello\r\n",
    "5\nhello\n",
    "fffffffffffffffff\r\n",
    "5 \r\nhello\r\n",
  ]) {
    const came = await answers(arena, `${chunked}${chunk}0\r\n\r\n${hidden}`);
    assert.doesNotMatch(came, /200|404 404/, JSON.stringify(chunk));
  }
};

export const headerFloods: Code = async (arena) => {
  assert.equal(await answers(arena, request(`GET /\nX: ${"a".repeat(times(20_000, 1_000_000))}`)), "431");
  assert.equal(await answers(arena, request(`GET /${"\nX: a".repeat(150)}`)), "431");
  assert.equal(await answers(arena, request(`GET /${"a".repeat(9000)}`)), "414");
};

export const slowRequests: Code = async (arena) => {
  for (const begun of ["GET / HTTP/1.1\r\nHost: h.test\r\nX: ", "GET"]) {
    assert.equal(await answers(arena, begun, () => arena.pass(12)), "408");
  }
  const silent = await answers(arena, "", () => arena.pass(12));
  assert.equal(silent, "");
};

export const proxyHeaders: Code = async (arena) => {
  for (const fields of [
    "X-Forwarded-Host: evil.test",
    "X-Forwarded-For: 127.0.0.1\nX-Forwarded-Proto: https",
    "Forwarded: for=127.0.0.1;host=evil.test;proto=https",
  ]) {
    assert.equal(await answers(arena, request(`GET /nothing\n${fields}`)), "404", fields);
  }
  for (const bytes of [
    "PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\nGET / HTTP/1.1\r\nHost: h.test\r\n\r\n",
    "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\x7f\0\0\x01\x7f\0\0\x01\0\x01\0\x02",
  ]) {
    assert.equal(await answers(arena, bytes), "400", JSON.stringify(bytes));
  }
};

export const foreignHosts: Code = async (arena) => {
  for (const host of ["evil.test", "h.test.evil.test", "localhost.evil.test"]) {
    assert.equal(await answers(arena, request(`GET /\nHost: ${host}`)), "421", host);
    assert.equal(await answers(arena, request(`GET http://${host}/\nHost: h.test`)), "421", host);
  }
  for (const host of ["", "h.test@evil.test", "h.test evil.test", "h.test/evil", "h.test:80:80"]) {
    assert.equal(await answers(arena, request(`GET /\nHost: ${host}`)), "400", host);
  }
};

/** The status of a call of the API. */
async function call(arena: Arena, name: string, fields: string, body = "{}"): Promise<string> {
  const typed = `POST /api/${name}\nHost: h.test\nContent-Type: application/json${fields === "" ? "" : `\n${fields}`}`;
  return answers(arena, request(typed, body));
}

const basic = (account: string): string =>
  `Authorization: Basic ${Buffer.from(`${account}:secret`).toString("base64")}`;

async function tokenOf(arena: Arena, account: string, seconds: number, scopes: string): Promise<string> {
  const { out, exit } = await arena.server.command("oauth_issue_token", account, String(seconds), scopes);
  assert.equal(exit, 0, out);
  return `Authorization: Bearer ${out.split("\t")[0]}`;
}

export const apiTokens: Code = async (arena) => {
  const all = await tokenOf(arena, "alice@h.test", 60, "ejabberd:admin");
  const some = await tokenOf(arena, "alice@h.test", 60, "status");
  const users = await tokenOf(arena, "mal@h.test", 60, "ejabberd:admin");
  assert.equal(await call(arena, "status", all), "200");
  assert.equal(await call(arena, "status", some), "200");
  for (const [fields, name, status] of [
    ["", "status", "401"],
    ["Authorization: Bearer", "status", "401"],
    [`${all.slice(0, -1)}x`, "status", "401"],
    [all.replace("Bearer", "Basic"), "status", "401"],
    // What a token is good for, and what its account may do: the lesser of the two.
    [some, "registered_vhosts", "403"],
    [users, "status", "403"],
    [basic("mal@h.test"), "status", "403"],
    [basic("alice@evil.test"), "status", "401"],
    [basic("alice"), "status", "401"],
  ] as const) {
    assert.equal(await call(arena, name, fields), status, `${fields} ${name}`);
  }
  for (const body of [
    '{"role":"admin"}',
    '{"__proto__":{}}',
    '{"constructor":{}}',
    '{"caller":{"front":"control"}}',
  ])
    assert.equal(await call(arena, "status", all, body), "400", body);
  for (const body of ['{"role":"admin"}', '{"__proto__":{"account":"alice@h.test"}}'])
    assert.equal(await call(arena, "status", users, body), "403", body);
  arena.world.leap(61_000);
  assert.equal(await call(arena, "status", all), "401");
};

/** Lines of the figures, without their values. */
async function figures(arena: Arena): Promise<readonly string[]> {
  const text = await exchange(arena.server.httpPort, request("GET /metrics"));
  return text
    .split("\r\n\r\n")[1]!
    .split("\n")
    .filter((line) => /^[a-z]/.test(line))
    .map((line) => line.replace(/ \S+$/, ""));
}

export const madeUpNames: Code = async (arena) => {
  await call(arena, "status", "");
  await answers(arena, request("GET /nothing"));
  const before = await figures(arena);
  assert.ok(before.length > 50);
  for (let count = 0; count < times(20, 20_000); count++) {
    assert.equal(await answers(arena, request(`GET /made-up-${count}?${count}`)), "404");
    assert.equal(await call(arena, `made_up_${count}`, ""), "404");
    assert.equal(await call(arena, "status", basic(`made-up-${count}@stranger-${count}.test`)), "401");
    assert.equal(await call(arena, "status", "", `{"made_up_${count}":1}`), "401");
    assert.equal(await answers(arena, request(`GET /\nX-Made-Up-${count}: 1`)), "404");
  }
  assert.deepEqual(await figures(arena), before);
};
