// A store whose threads die, that is slow, or whose clock is set back, under a server with clients.

import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { child, type Element, text } from "../support/romeo.ts";
import { FaultyServer } from "./faulty-server.ts";
import { numbers, tell, waiting } from "./waiting-messages.ts";

/** Environment of a server with one of the faults of test/support/. */
function fault(file: string, more: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { NODE_OPTIONS: `--import ${new URL(`../support/${file}`, import.meta.url).pathname}`, ...more };
}

for (const thread of ["writer", "reader"]) {
  test(`the thread of the storage that is the ${thread} dies: the server ends with 1, and what was accepted is there`, async () => {
    await using server = FaultyServer.make();
    await server.start(fault("kill-storage-thread.ts", { KILLED_THREAD: thread }));
    await server.register("romeo", "juliet");
    const romeo = await server.login("romeo");
    let known = 0;
    const sending = (async () => {
      for (; ; known += 5) await tell(romeo, "juliet@h.test", 5, known + 1);
    })().catch(() => {});
    while (known < 50) await new Promise((turn) => setImmediate(turn));
    const { program } = server.process;
    program.kill("SIGUSR2");
    const { code, out } = await program.ended;
    await sending;
    assert.equal(code, 1);
    assert.match(
      out,
      /ERROR the store has failed .*the thread that (?:writes to|reads from) the disk is gone/,
    );
    // What was sent after the failure came back with an error, and its sender knows.
    const refused = romeo.stream.takeAll().filter((one) => one.attributes["type"] === "error").length;
    await server.start();
    const found = await waiting(server, "juliet");
    assert.ok(found.length >= known - refused, `${found.length} of ${known}, ${refused} refused`);
    assert.deepEqual(found, numbers(found.length));
  });
}

test("a clock that is set back by a day, and again before a start, changes neither order nor ids", async () => {
  const day = 86_400_000;
  await using server = FaultyServer.make();
  await server.start(fault("wrong-clock.ts", { CLOCK_STEP: `${-day}` }));
  await server.register("romeo", "juliet");
  const romeo = await server.login("romeo");
  const juliet = await server.login("juliet");
  const ids: string[] = [];
  const hear = async (first: number, last: number): Promise<void> => {
    for (let n = first; n <= last; n++) {
      const message = await juliet.find((one) => one.name === "message", `message ${n}`);
      assert.equal(text(child(message, "body")), `message ${n}`);
      ids.push(child(message, "stanza-id")?.attributes["id"] ?? "none");
    }
  };
  await juliet.ping();
  await tell(romeo, "juliet@h.test", 10);
  await hear(1, 10);
  server.process.program.kill("SIGUSR2");
  await tell(romeo, "juliet@h.test", 10, 11);
  await hear(11, 20);
  await juliet.close();
  await tell(romeo, "juliet@h.test", 10, 21);
  await server.end("SIGKILL");
  await server.start(fault("wrong-clock.ts", { CLOCK_OFF: `${-3 * day}` }));
  const again = await server.login("romeo");
  await tell(again, "juliet@h.test", 10, 31);
  assert.deepEqual(
    (await waiting(server, "juliet")).slice(-20),
    numbers(40).slice(20),
    "what waited is not in the order in which it was sent",
  );
  assert.equal(new Set(ids).size, 20, "two messages have the same id");
});

test("a disk that does not answer for a while holds up messages alone, and keeps their order", async () => {
  await using server = FaultyServer.make();
  const hold = join(server.directory, "hold");
  await server.start(fault("held-commits.ts", { COMMITS_HELD_BY: hold }));
  await server.register("romeo", "juliet");
  const [romeo, juliet, nurse] = [
    await server.login("romeo", "r"),
    await server.login("juliet", "j"),
    await server.login("juliet", "n"),
  ];
  await juliet.ping();
  writeFileSync(hold, "");
  const isMessage = (one: Element): boolean => one.name === "message";
  for (let n = 1; n <= 20; n++)
    romeo.send(`<message to='${juliet.jid}' type='chat' id='${n}'><body>message ${n}</body></message>`);
  // What a stream asks behind its messages waits for them (RFC 6120 §10.1).
  const answered = romeo.ping().then(() => true);
  // Others neither wait for the disk nor see anything early.
  for (let n = 0; n < 20; n++) await nurse.ping();
  nurse.send(`<presence to='${juliet.jid}'><status>quick</status></presence>`);
  await juliet.find((one) => text(child(one, "status")) === "quick", "presence");
  assert.ok(!juliet.stream.takeAll().some(isMessage), "a message came before it was committed");
  assert.equal(await Promise.race([answered, juliet.ping()]), undefined);
  rmSync(hold);
  for (let n = 1; n <= 20; n++) {
    const message = await juliet.find(isMessage, `message ${n}`);
    assert.equal(message.attributes["id"], String(n));
  }
  assert.ok(await answered);
});
