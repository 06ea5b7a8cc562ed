// docs/ARCHITECTURE.md shows the path of a message, file by file. Here a message takes it, and the page is held to what was recorded.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { type Call, recordCalls } from "../support/call-recorder.ts";
import { Romeo } from "../support/romeo.ts";
import { TestServer } from "../support/server.ts";

const page = readFileSync(new URL("../../docs/ARCHITECTURE.md", import.meta.url), "utf8");

/** Layers whose every file on the way stands on the page; the vocabulary below them and the inside of a store need not. */
const complete = /^src\/(?:net|streams|routing|auth|server)\//;

function part(name: string): string {
  const [start, end] = [page.indexOf(`<!-- ${name} -->`), page.indexOf(`<!-- end ${name} -->`)];
  assert.ok(start >= 0 && end > start, `the page has no part "${name}"`);
  return page.slice(start, end);
}

function spans(text: string): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, span]) => span!);
}

/** The steps as functions: before the colon stand a file and what is called in it. */
function steps(): readonly Call[] {
  return [...part("journey").matchAll(/^\d+\. ([^:]+):/gm)].flatMap(([, head]) => {
    const [file, ...names] = spans(head!);
    return names.map((name) => ({ file: file!, name }));
  });
}

async function recordMessage(server: TestServer): Promise<readonly Call[]> {
  const romeo = await Romeo.login(server, "romeo");
  const juliet = await Romeo.login(server, "juliet");
  const calls = await recordCalls(async () => {
    romeo.send(`<message to='${juliet.jid}' type='chat'><body>Soft!</body></message>`);
    await juliet.expect("message");
    // The server's side learns some turns later that the socket has taken it.
    for (let turn = 0; turn < 100; turn++) await setImmediate();
  });
  await romeo.close();
  await juliet.close();
  return calls;
}

test("the path of a message is the one that the page shows", async () => {
  const server = await TestServer.start({ driver: "sqlite", accounts: ["romeo", "juliet"] });
  try {
    const calls = await recordMessage(server);
    const shown: readonly string[] = calls.map(({ file, name }) => `${file} ${name}`);
    let at = -1;
    for (const { file, name } of steps()) {
      const next = shown.indexOf(`${file} ${name}`, at + 1);
      assert.ok(
        next > at,
        `after step ${shown[at] ?? "0"} the page says ${file} ${name}; recorded:\n${shown.join("\n")}`,
      );
      at = next;
    }
    const named = new Set(spans(part("journey") + part("helpers of the journey")));
    const missing = new Set(
      calls.map(({ file }) => file).filter((file) => complete.test(file) && !named.has(file)),
    );
    assert.deepEqual([...missing], [], "files on the way that the page does not name");
    const ran = new Set(calls.map(({ file }) => file));
    const idle = [...named].filter(
      (span) => span.startsWith("src/") && span.endsWith(".ts") && !ran.has(span),
    );
    assert.deepEqual(idle, [], "files that the page names and no message passes");
  } finally {
    await server.stop();
  }
});
