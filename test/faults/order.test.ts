// What is delivered or acknowledged has been synced before. A kill alone cannot show it, for what was written and not synced outlives the process.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { bind } from "../support/romeo.ts";
import { FaultyServer } from "./faulty-server.ts";
import { PlainClient, plainLogin } from "./plain-client.ts";
import { cannotTrace, parseTrace, type SystemCall, Trace } from "./system-calls.ts";

const SM = "urn:xmpp:sm:3";
const MESSAGES = 120;
/** Sent at once. */
const BURST = 12;

const word = (n: number): string => `word-${n}-of-the-trace`;

/** Where a call stands that fits, the first one that begins behind `after`. */
function find(
  calls: readonly SystemCall[],
  names: RegExp,
  what: (text: string) => boolean,
  after = -1,
): SystemCall | undefined {
  return calls.find(({ name, text, begun }) => begun >= after && names.test(name) && what(text));
}

const READS = /^(?:read|readv|recvfrom|recvmsg)$/;
const WRITES = /^(?:write|writev|sendto|sendmsg)$/;

/** Until when the log of commits with this word in it was synced, in lines of the trace. */
function synced(calls: readonly SystemCall[], n: number): { read: number; synced: number } {
  const read = find(calls, READS, (text) => text.includes("TCP:") && text.includes(word(n)));
  assert.ok(read !== undefined, `nobody has read message ${n}`);
  const isLog = (text: string): boolean => /^\d+<[^>]*tercet\.db-wal>/.test(text);
  const written = find(calls, /^pwrite/, (text) => isLog(text) && text.includes(word(n)), read.over);
  assert.ok(written !== undefined, `message ${n} was not written to the log of commits after it was read`);
  const sync = find(calls, /^fd?(?:ata)?sync$/, isLog, written.over);
  assert.ok(sync !== undefined, `nothing was synced after message ${n} was written`);
  return { read: read.over, synced: sync.over };
}

test("between reading a message and delivering or acknowledging it lies the sync of its commit", {
  skip: cannotTrace(),
}, async (t) => {
  await using server = await FaultyServer.make().start();
  await server.register("romeo", "juliet");
  const romeo = await plainLogin(server.process.port, "romeo");
  await bind(romeo, "r");
  romeo.write(`<enable xmlns='${SM}' resume='true'/><presence/>`);
  await romeo.find(({ name }) => name === "enabled", "<enabled/>");
  const juliet = await PlainClient.login(server.process.port, "juliet", "j");
  await juliet.ping();
  const trace = await Trace.of(server.pid, join(server.directory, "trace"));
  for (let first = 1; first <= MESSAGES; first += BURST) {
    let out = "";
    for (let n = first; n < first + BURST; n++)
      out += `<message to='juliet@h.test' type='chat' id='${n}'><body>${word(n)}</body></message>`;
    romeo.write(`${out}<r xmlns='${SM}'/>`);
    for (let n = first; n < first + BURST; n++)
      await juliet.find(({ name }) => name === "message", `message ${n}`);
  }
  // The initial presence counts too.
  const all = String(MESSAGES + 1);
  await romeo.find(({ name, attributes }) => name === "a" && attributes["h"] === all, "the last <a/>");
  const calls = await trace.end();
  const sync = Array.from({ length: MESSAGES }, (_, at) => synced(calls, at + 1));
  for (let n = 1; n <= MESSAGES; n++) {
    const delivery = find(calls, WRITES, (text) => text.includes("TCP:") && text.includes(word(n)));
    assert.ok(delivery !== undefined, `message ${n} was not delivered`);
    assert.ok(delivery.begun > sync[n - 1]!.synced, `message ${n} was delivered before it was synced`);
  }
  let answers = 0;
  for (const { name, text, begun } of calls) {
    if (!WRITES.test(name)) continue;
    for (const [, h] of text.matchAll(/<a xmlns='urn:xmpp:sm:3' h='(\d+)'/g)) {
      answers++;
      for (let n = 1; n < Number(h); n++)
        assert.ok(begun > sync[n - 1]!.synced, `h='${h}' was written before message ${n} was synced`);
    }
  }
  assert.ok(answers >= MESSAGES / BURST / 2, `${answers} acknowledgements were seen`);
  t.diagnostic(`${calls.length} system calls, ${answers} acknowledgements`);
});

test("a trace: calls of several threads, whole and in two parts", () => {
  const calls = parseTrace(
    [
      '10 read(20<TCP:[a]>, "one", 99) = 3',
      "11 fdatasync(21</d/tercet.db-wal> <unfinished ...>",
      '10 write(20<TCP:[a]>, "two", 3) = 3',
      "11 <... fdatasync resumed>) = 0",
      '12 <... read resumed>, "x", 9) = 1',
      "12 +++ exited with 0 +++",
    ].join("\n"),
  );
  assert.deepEqual(
    calls.map(({ name, begun, over }) => [name, begun, over]),
    [
      ["read", -1, 4],
      ["read", 0, 0],
      ["fdatasync", 1, 3],
      ["write", 2, 2],
    ],
  );
  assert.equal(calls[2]!.text, "21</d/tercet.db-wal>) = 0");
});
