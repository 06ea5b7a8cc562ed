import assert from "node:assert/strict";
import { test } from "node:test";
import { assetAnswer, pageAnswer, type WebFiles } from "./web-files.ts";

const built: WebFiles = {
  state: "built",
  page: { type: "text/html", body: Buffer.from("<p>") },
  assets: new Map([["main-1.js", { type: "text/javascript", body: Buffer.from("1") }]]),
};

test("the page is asked for anew, its files never; nothing inline may run", () => {
  const page = pageAnswer(built, 404);
  assert.equal(page.status, 404);
  assert.equal(page.headers?.["Cache-Control"], "no-cache");
  const policy = String(page.headers?.["Content-Security-Policy"]);
  assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self'/);
  assert.doesNotMatch(policy, /unsafe|https?:|\*/);
  assert.equal(
    assetAnswer(built, "main-1.js")?.headers?.["Cache-Control"],
    "public, max-age=31536000, immutable",
  );
  assert.equal(assetAnswer(built, "main-2.js"), undefined);
  assert.equal(assetAnswer({ state: "building" }, "main-1.js"), undefined);
});

test("while the pages are built a page says so and looks again", () => {
  const { status, headers, body } = pageAnswer({ state: "building" }, 200);
  assert.deepEqual([status, headers?.["Retry-After"]], [503, "2"]);
  assert.match(String(body), /being built.*/);
  assert.match(String(body), /<script src="\/admin\/assets\/waiting\.js">/);
  assert.equal(assetAnswer({ state: "building" }, "waiting.js")?.status, 200);
});

test("a build that failed is said with its reason, as text, and nobody looks again", () => {
  const { status, headers, body } = pageAnswer({ state: "failed", reason: "no <script>'room'" }, 200);
  assert.deepEqual([status, headers?.["Retry-After"]], [503, undefined]);
  assert.match(String(body), /<pre>no &#60;script&#62;&#39;room&#39;<\/pre>/);
  assert.doesNotMatch(String(body), /<script/);
});
