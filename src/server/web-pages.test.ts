import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { until } from "../../test/support/http.ts";
import { createLog } from "../base/log.ts";
import { BuiltPages } from "./web-pages.ts";
import { sourcesHash } from "./web-sources.ts";

const LIMIT = { timeout: 20_000 };

/** The folder `web/` of a clone whose script of the build is this. */
function clone(t: TestContext, script: string): string {
  const root = mkdtempSync(join(tmpdir(), "tercet-web-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const folder = join(root, "web");
  mkdirSync(join(folder, "src"), { recursive: true });
  writeFileSync(join(folder, "src/main.tsx"), "one");
  writeFileSync(join(folder, "index.html"), "<p>");
  writeFileSync(join(folder, "build.ts"), script);
  writeFileSync(join(root, "package-lock.json"), "{}");
  return folder;
}

function pagesOf(t: TestContext, folder: string): { readonly pages: BuiltPages; readonly lines: string[] } {
  const lines: string[] = [];
  const log = createLog({ level: "info", format: "json", now: () => 0, write: (line) => lines.push(line) });
  const pages = new BuiltPages({ folder, log });
  t.after(() => pages.close());
  return { pages, lines };
}

const WORKS = `import { mkdirSync, writeFileSync, appendFileSync } from "node:fs";
import { getPriority } from "node:os";
const out = process.argv[2]!;
mkdirSync(out + "/assets", { recursive: true });
writeFileSync(out + "/assets/main-1.js", "1");
writeFileSync(out + "/index.html", "built with priority " + getPriority());
`;

test("in a clone a process of low priority builds, once for the same sources", LIMIT, async (t) => {
  const folder = clone(t, WORKS);
  const first = pagesOf(t, folder);
  assert.deepEqual(first.pages.files(), { state: "building" });
  await until(() => first.pages.files().state !== "building");
  const files = first.pages.files();
  assert.ok(files.state === "built");
  assert.equal(files.page.body.toString(), "built with priority 19");
  assert.equal(files.assets.get("main-1.js")?.type, "text/javascript; charset=utf-8");
  assert.equal(pagesOf(t, folder).pages.files().state, "built");
  const before = sourcesHash(folder);
  writeFileSync(join(folder, "src/main.tsx"), "two");
  assert.notEqual(sourcesHash(folder), before);
  assert.equal(pagesOf(t, folder).pages.files().state, "building");
});

test("a build that fails says why", LIMIT, async (t) => {
  const { pages, lines } = pagesOf(t, clone(t, `process.stderr.write("no <room>"); process.exitCode = 1;`));
  pages.prepare();
  await until(() => pages.files().state !== "building");
  assert.deepEqual(pages.files(), { state: "failed", reason: "no <room>" });
  assert.match(lines.join(""), /"level":"warn","event":"the web admin could not be built"/);
});

test("a package has no sources and needs none", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "tercet-web-"));
  t.after(() => rmSync(folder, { recursive: true }));
  assert.equal(pagesOf(t, folder).pages.files().state, "failed");
  mkdirSync(join(folder, "dist/package/assets"), { recursive: true });
  writeFileSync(join(folder, "dist/package/index.html"), "packed");
  const files = pagesOf(t, folder).pages.files();
  assert.equal(files.state === "built" && files.page.body.toString(), "packed");
});
